"""A trace keeps what was tried, as it was tried, and no longer than anybody reads."""

from __future__ import annotations

from contextlib import suppress

import pytest

from ragtime_assets.domain.episode.trace import LONGEST_OUTPUT, Trace, TraceStep, read_trace, written_trace
from ragtime_assets.errors import SourceGone, TimedOut


def test_a_note_is_a_step_with_what_it_was_about_and_is_shown_at_once() -> None:
    shown: list[TraceStep] = []
    trace = Trace(shown.append)
    trace.note("press", "the page went on", name="Play")
    (step,) = trace.steps
    assert (step.tool, step.output, step.arguments, step.outcome) == (
        "press",
        "the page went on",
        {"name": "Play"},
        "ok",
    )
    assert shown == [step]
    assert read_trace(written_trace(trace.steps)) == (step,)


@pytest.mark.parametrize("length", [LONGEST_OUTPUT, LONGEST_OUTPUT + 1])
def test_what_a_step_says_and_is_about_is_cut_to_what_is_read(length: int) -> None:
    trace = Trace()
    trace.note("read", "a" * length, page="b" * length)
    (step,) = trace.steps
    cut = length > LONGEST_OUTPUT
    for text, sign in ((step.output, "a"), (step.arguments["page"], "b")):
        assert text == (sign * (LONGEST_OUTPUT - 1) + "…" if cut else sign * LONGEST_OUTPUT)


@pytest.mark.parametrize(
    ("error", "is_late", "outcome"),
    [
        (TimedOut("late"), False, "timeout"),
        (TimeoutError(), False, "timeout"),
        (SourceGone("404"), False, "error"),
        (SourceGone("404"), True, "timeout"),
    ],
)
def test_a_tool_call_is_shown_when_it_starts_and_ends_as_it_ended(
    error: Exception, is_late: bool, outcome: str
) -> None:
    shown: list[TraceStep] = []
    trace = Trace(shown.append)
    with suppress(type(error)), trace.tool_call("investigator", "fetch", {"url": "u"}) as taken:
        taken.is_late = is_late
        raise error
    assert [(step.outcome, step.agent, step.arguments) for step in shown] == [
        ("started", "investigator", {"url": "u"}),
        (outcome, "investigator", {"url": "u"}),
    ]
    assert trace.steps == tuple(shown[1:])


def test_a_step_that_fails_says_with_what_and_one_with_nothing_to_tell_is_left_out() -> None:
    trace = Trace()
    with suppress(SourceGone), trace.step("fetch") as taken:
        taken.told = False
        raise SourceGone("404")
    with trace.step("fetch") as taken:
        taken.told = False
    assert [(step.outcome, step.output) for step in trace.steps] == [("failed", "SourceGone: 404")]


def test_a_refused_answer_is_a_step_with_its_attempt_and_all_complaints() -> None:
    trace = Trace()
    trace.refused("summary", "part 2", 3, ["too short", "no line"])
    trace.refused("summary", "", 1, [])
    assert all(step.at.tzinfo is not None for step in trace.steps)
    assert read_trace(written_trace(trace.steps)) == trace.steps
    assert [(step.tool, step.outcome, step.arguments, step.output, step.agent) for step in trace.steps] == [
        ("refused answer", "error", {"unit": "part 2", "attempt": "3"}, "too short; no line", "summary"),
        ("refused answer", "error", {"attempt": "1"}, "", "summary"),
    ]


def test_no_trace_has_no_steps() -> None:
    assert read_trace(None) == read_trace("") == ()
