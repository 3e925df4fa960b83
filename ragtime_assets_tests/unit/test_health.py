"""What is broken, grouped: exact counts, capped samples, and a remedy for everything that needs somebody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ragtime_assets.domain.facts import Table
from ragtime_assets.domain.health import (
    SAMPLE,
    Approvals,
    Cause,
    FailingFeed,
    Health,
    Stopped,
    UntoldCause,
    causes,
    in_words,
    sections,
)
from ragtime_assets.domain.phase_failure import PhaseFailure

HEALTHY = Health(at=datetime(2026, 3, 1, tzinfo=UTC), episodes=1_200, searchable=1_200, in_flight=0, waiting=0)
CAUSE = Cause(cause="NoSpeech", phase="transcript", episodes=3, said="silence", remedy="Listen.", sample=("one",))


def stopped(key: str, error_class: str = "NoSpeech", phase: str = "transcript", halt: str | None = None) -> Stopped:
    failure = PhaseFailure(
        error_class=error_class,
        message=f"{key} is silent",
        remedy=f"ragtime retry {key}",
        cause="",
        permanent=True,
        halt=halt,
    )
    return Stopped(key, phase, failure)


def test_causes_are_counted_exactly_and_named_by_a_few_of_their_episodes() -> None:
    many = [stopped(f"episode-{number:03}") for number in range(100)]
    first, second = causes([stopped("other", "TooLarge"), *many])
    assert (first.cause, first.episodes, len(first.sample)) == ("NoSpeech", 100, SAMPLE)
    assert (first.said, first.remedy) == ("episode-000 is silent", "ragtime retry KEY")
    assert (second.cause, second.episodes) == ("TooLarge", 1)


def test_one_cause_at_two_phases_is_two_and_a_halt_goes_by_its_state() -> None:
    found = causes([stopped("a", phase="summary"), stopped("b"), stopped("c", halt="duplicate")])
    assert [(one.cause, one.phase) for one in found] == [
        ("NoSpeech", "summary"),
        ("NoSpeech", "transcript"),
        ("duplicate", "transcript"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"failed": (CAUSE,)},
        {"unfinished": 1},
        {"approvals": Approvals(waiting=1)},
        {"feeds": (FailingFeed(url="https://a.example", failures=1, error="404"),)},
        {"untold": (UntoldCause(cause="NoSpeech", episodes=1, error="404"),)},
    ],
)
def test_what_does_not_come_right_by_itself_needs_somebody_and_has_a_section(changes: dict[str, object]) -> None:
    health = HEALTHY.model_copy(update=changes)
    assert health.needs_somebody
    assert len(list(sections(health))) == 1
    assert not HEALTHY.needs_somebody
    assert list(sections(HEALTHY)) == []


def test_what_nobody_knows_without_history_is_not_told_as_nothing() -> None:
    health = HEALTHY.model_copy(update={"unreachable": "it does not answer"})
    assert health.needs_somebody
    assert in_words(health) == "1,200 of 1,200 episodes can be searched, 0 wait for approval, 0 waiting"


def test_a_daemon_that_is_off_matters_when_something_waits() -> None:
    silent = HEALTHY.model_copy(update={"nobody_looks": "the daemon never ran"})
    assert not silent.needs_somebody
    for held_up in ("waiting", "in_flight"):
        assert silent.model_copy(update={held_up: 1}).needs_somebody


def test_the_corpus_is_told_in_a_line_and_each_cause_in_a_row() -> None:
    health = HEALTHY.model_copy(update={"failed": (CAUSE,)})
    assert in_words(health).startswith("1,200 of 1,200 episodes can be searched, 3 failed")
    assert list(sections(health)) == [
        (
            "What failed",
            Table(
                ("cause", "phase", "episodes", "said", "what to do", "among them"),
                (("NoSpeech", "transcript", "3", "silence", "Listen.", "one"),),
            ),
        )
    ]
