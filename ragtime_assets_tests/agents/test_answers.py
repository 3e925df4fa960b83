"""What a model can do instead of answering well: each has a named outcome and a row in the ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from ragtime_assets import errors
from ragtime_assets.agents.desk.questions import LONGEST_EXCHANGE
from ragtime_assets.domain.money.spending import Budget
from ragtime_assets_tests.agents.conftest import MODEL, NAMES, Bench, Names
from ragtime_assets_tests.openai_server import (
    Answer,
    cut,
    filtered,
    huge,
    never,
    output,
    page,
    raw,
    refusal,
    status,
    text,
    tool_call,
)

GOOD = output({"names": ["Django"]})


def test_a_good_answer_is_typed_and_costs_one_call(bench: Bench) -> None:
    bench.server.script(GOOD)
    assert bench.caller().call(NAMES, "Django played.", "c1") == Names(names=("Django",))
    (row,) = bench.rows()
    assert (row.outcome, row.key, row.phase, row.agent, row.unit) == ("ok", "one", "entities", "names", "c1")
    assert (row.provider, row.model, row.input_tokens, row.output_tokens) == ("openai-chat", "parrot", 100, 20)
    assert (row.cost, row.price_source) == (row.charge, "prices file")
    assert float(row.cost) == pytest.approx((100 * 1 + 20 * 10) / 1e6)


@pytest.mark.parametrize(
    "bad",
    [
        text("Django and Stéphane."),
        text(""),
        output({"names": ["Django"], "mood": "good"}),
        output({"nouns": []}),
        output({"names": ["Nobody"]}),
    ],
    ids=["prose", "empty", "extra keys", "wrong JSON", "a check"],
)
def test_a_wrong_answer_goes_back_once_with_what_is_wrong_and_then_counts(bench: Bench, bad: Answer) -> None:
    bench.server.script(bad, GOOD)
    assert bench.caller().call(NAMES, "Django played.", "c1").names == ("Django",)
    assert bench.outcomes() == ["rejected", "ok"]
    first, second = bench.server.asked
    assert len(second.body["messages"]) > len(first.body["messages"])


def test_the_words_of_a_check_reach_the_model(bench: Bench) -> None:
    bench.server.script(output({"names": ["Nobody"]}), GOOD)
    bench.caller().call(NAMES, "Django played.", "c1")
    assert "nobody is called Nobody in c1" in bench.server.asked[1].text


@pytest.mark.parametrize("bad", [text("prose"), text(""), output({"names": 7})], ids=["prose", "empty", "wrong JSON"])
def test_a_second_wrong_answer_is_permanent_and_keeps_the_exchange(bench: Bench, bad: Answer) -> None:
    bench.server.script(bad, bad)
    with pytest.raises(errors.OutputInvalid, match=f"{MODEL} gave no valid names of c1") as caught:
        bench.caller().call(NAMES, "Django played." * 5_000, "c1")
    assert bench.outcomes() == ["rejected", "rejected"]
    exchange = caught.value.details["exchange"]
    assert len(exchange) <= LONGEST_EXCHANGE
    assert [one["kind"] for one in json.loads(exchange)][:4] == ["request", "response", "request", "response"]


@pytest.mark.parametrize("bad", [refusal(), filtered()], ids=["refusal", "content filter"])
def test_a_refusal_is_permanent_and_not_argued_with(bench: Bench, bad: Answer) -> None:
    bench.server.script(bad)
    with pytest.raises(errors.OutputInvalid, match="names of c1"):
        bench.caller().call(NAMES, "Django played.", "c1")
    assert bench.outcomes() == ["rejected"]


@pytest.mark.parametrize(
    ("bad", "error", "told"),
    [
        (status(401, message="no such key sk-hunter2"), errors.ConfigurationError, "OPENAI_API_KEY"),
        (status(403, message="no such key sk-hunter2"), errors.ConfigurationError, "RAGTIME_MODEL_API_KEY"),
        (status(402), errors.BudgetSpent, "Top up the account at openai-chat"),
        (status(429, error="insufficient_quota"), errors.BudgetSpent, "openai-chat"),
        (status(404), errors.ConfigurationError, "RAGTIME_MODEL"),
        (status(400), errors.PermanentError, "model"),
        (status(400, error="context_length_exceeded"), errors.TooLarge, "context window"),
    ],
    ids=["401", "403", "402", "quota", "404", "400", "too long"],
)
def test_what_cannot_help_again_is_asked_once_and_says_what_to_do(
    bench: Bench, bad: Answer, error: type[errors.RagtimeError], told: str
) -> None:
    bench.server.script(bad)
    with pytest.raises(error) as caught:
        bench.caller().call(NAMES, "Django played.", "c1")
    assert isinstance(caught.value, errors.PermanentError)
    assert told in caught.value.remedy
    assert "hunter2" not in caught.value.message + caught.value.remedy
    (row,) = bench.rows()
    assert (row.outcome, row.charge, row.cost) == ("failed", 0, None)
    assert type(caught.value).__name__ in row.error
    assert "hunter2" not in row.error


@pytest.mark.parametrize(
    "bad",
    [status(500), status(429), status(408), status(503), cut(), raw(b"busy"), raw(b"")],
    ids=["500", "429", "408", "503", "cut", "no JSON", "no body"],
)
def test_what_may_pass_is_tried_again_and_succeeds_at_the_third(bench: Bench, bad: Answer) -> None:
    bench.server.script(bad, bad, GOOD)
    assert bench.caller().call(NAMES, "Django played.", "c1").names == ("Django",)
    assert bench.outcomes() == ["failed", "failed", "ok"]


@pytest.mark.parametrize("bad", [status(500), status(429), cut()], ids=["500", "429", "cut"])
def test_three_failures_are_a_transient_error(bench: Bench, bad: Answer) -> None:
    bench.server.script(bad, bad, bad)
    with pytest.raises(errors.SourceUnavailable, match=f"{MODEL} did not answer"):
        bench.caller().call(NAMES, "Django played.", "c1")
    assert bench.outcomes() == ["failed"] * 3


def test_an_answer_that_is_not_of_the_protocol_is_permanent(bench: Bench) -> None:
    bench.server.script(raw(b'{"hello": "world"}'))
    with pytest.raises(errors.OutputInvalid, match="nobody can read"):
        bench.caller().call(NAMES, "Django played.", "c1")
    assert bench.outcomes() == ["failed"]


@pytest.mark.parametrize("code", [200, 404, 405])
def test_a_web_page_where_an_api_was_expected_names_its_address(bench: Bench, code: int) -> None:
    bench.server.script(page("<!doctype html><h1>Welcome to the model server</h1>", code))
    with pytest.raises(errors.ConfigurationError, match=rf"answered a model call with a web page \({code}\)") as caught:
        bench.caller().call(NAMES, "Django played.", "c1")
    assert "RAGTIME_OPENAI_BASE_URL" in caught.value.remedy
    assert (bench.outcomes(), len(bench.server.asked)) == (["failed"], 1)


def test_a_web_page_is_told_by_what_it_is_whatever_its_server_calls_it(bench: Bench) -> None:
    bench.server.script(raw(b"<!DOCTYPE html><html><body>Welcome</body></html>"))
    with pytest.raises(errors.ConfigurationError, match=r"a web page \(200\)"):
        bench.caller().call(NAMES, "Django played.", "c1")
    assert (bench.outcomes(), len(bench.server.asked)) == (["failed"], 1)


def test_a_page_of_a_gateway_that_is_busy_is_a_passing_error(bench: Bench) -> None:
    bench.server.script(page("<h1>Bad gateway</h1>", 502), GOOD)
    assert bench.caller().call(NAMES, "Django played.", "c1").names == ("Django",)


def test_a_wish_that_is_not_granted_twice_is_let_go_and_what_was_kept_is_replayed(bench: Bench) -> None:
    spec = replace(NAMES, wishes=(lambda answer, _: None if answer.names else "name somebody",))
    bench.server.script(output({"names": []}), output({"names": []}))
    for _ in range(2):
        assert bench.caller().call(spec, "Nobody played.", "c1").names == ()
    assert "name somebody" in bench.server.asked[1].text
    assert bench.outcomes() == ["rejected", "ok", "replayed"]


@pytest.mark.parametrize(
    "worse",
    [output({"names": ["Nobody"]}), text("prose"), refusal(), status(400)],
    ids=["a check", "prose", "refusal", "an error"],
)
def test_a_sound_answer_that_only_a_wish_sent_back_is_not_lost_by_a_worse_one(bench: Bench, worse: Answer) -> None:
    spec = replace(NAMES, wishes=(lambda answer, _: None if len(answer.names) > 1 else "name two",))
    bench.server.script(GOOD, worse)
    for _ in range(2):
        assert bench.caller().call(spec, "Django played.", "c1").names == ("Django",)
    assert len(bench.server.asked) == 2
    assert bench.outcomes()[-1] == "replayed"


def test_a_sound_answer_is_not_lost_where_a_better_one_would_cost_too_much(bench: Bench) -> None:
    spec = replace(NAMES, wishes=(lambda answer, _: None if len(answer.names) > 1 else "name two",))
    bench.server.script(GOOD)
    desk = bench.desk(Budget(per_call=Decimal("0.00135")))
    assert bench.caller(desk).call(spec, "Django played.", "c1").names == ("Django",)
    assert len(bench.server.asked) == 1
    bench.caller().call(spec, "Django played.", "c1")
    assert bench.outcomes()[-1] == "replayed"


def test_a_wish_does_not_excuse_an_answer_that_is_wrong(bench: Bench) -> None:
    spec = replace(NAMES, wishes=(lambda answer, _: None if answer.names else "name somebody",))
    bench.server.script(output({"names": ["Nobody"]}), output({"names": ["Nobody"]}))
    with pytest.raises(errors.OutputInvalid, match="nobody is called Nobody"):
        bench.caller().call(spec, "Nobody played.", "c1")


def test_fifty_megabytes_are_not_read(bench: Bench) -> None:
    bench.server.script(huge())
    with pytest.raises(errors.TooLarge, match="8,000,000 bytes"):
        bench.caller().call(NAMES, "Django played.", "c1")
    assert bench.outcomes() == ["failed"]


@pytest.mark.parametrize("bad", [never(), GOOD.after(300)], ids=["never", "in five minutes"])
def test_a_call_ends_at_its_time_limit_and_says_what_was_waited_for(bench: Bench, bad: Answer) -> None:
    bench.server.script(bad, bad, bad)
    with pytest.raises(errors.TimedOut, match=r"parrot did not answer the names of c1 within 0\.1 seconds") as caught:
        bench.caller(bench.desk(call_seconds=0.1)).call(NAMES, "Django played.", "c1")
    assert "RAGTIME_MODEL_TIMEOUT" in caught.value.remedy
    assert [(row.outcome, row.charge > 0) for row in bench.rows()] == [("failed", True)] * 3


def test_a_phase_ends_at_its_time_limit_and_says_how_far_it_came(bench: Bench) -> None:
    bench.server.script(GOOD)
    bench.server.otherwise = lambda _: never()
    with pytest.raises(errors.TimedOut, match=r"entities waited 3 seconds for .*: 1 of 3 answers came"):
        bench.caller(bench.desk(phase_seconds=3, concurrency=1)).call_all(NAMES, {"a": "x", "b": "y", "c": "z"})
    assert bench.outcomes() == ["ok", "cancelled"]


def test_retry_after_is_waited_for(bench: Bench) -> None:
    bench.server.script(status(429, retry_after=1), GOOD)
    bench.caller().call(NAMES, "Django played.", "c1")
    first, second = bench.server.asked
    assert second.at - first.at >= 1


@pytest.mark.parametrize("words", [3, 300_000])
def test_a_text_of_any_length_is_sent_whole(bench: Bench, words: int) -> None:
    bench.server.script(GOOD)
    bench.caller().call(NAMES, "Django " * words, "c1")
    assert bench.server.asked[0].prompt.count("Django") == words


def test_a_chunk_of_emoji_is_sent_as_it_is(bench: Bench) -> None:
    bench.server.script(output({"names": []}))
    assert bench.caller().call(NAMES, "🎷🎺🥁" * 50, "c1").names == ()
    assert bench.server.asked[0].prompt == "🎷🎺🥁" * 50


def test_a_model_that_calls_tools_for_ever_is_stopped(bench: Bench) -> None:
    def look(name: str) -> str:
        """Look a name up."""
        return f"{name} again"

    bench.server.otherwise = lambda asked: tool_call("look", name=f"n{len(bench.server.asked)}")
    with pytest.raises(errors.OutputInvalid, match="request_limit"):
        bench.caller().call(replace(NAMES, tools=(look,)), "Django played.", "c1")
    assert len(bench.server.asked) == NAMES.requests


def test_an_unknown_provider_or_a_missing_key_is_a_wrong_setting(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    for model, told in (("nonsense:x", "nonsense"), ("anthropic:claude-x", "ANTHROPIC_API_KEY")):
        with pytest.raises(errors.ConfigurationError) as caught:
            bench.caller(model=model).call(NAMES, "Django played.")
        assert told in caught.value.message + caught.value.remedy
    assert bench.rows() == []


def test_the_first_failure_stops_what_was_not_begun_and_says_how_far_it_came(bench: Bench) -> None:
    bench.server.script(GOOD, GOOD, status(404))
    with pytest.raises(errors.ConfigurationError) as caught:
        bench.caller(bench.desk(concurrency=1)).call_all(NAMES, {str(n): f"text {n}" for n in range(50)})
    assert caught.value.details["finished"] == "2 of 50"
    assert len(bench.server.asked) == 3
