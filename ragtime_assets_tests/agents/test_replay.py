"""Nothing paid is paid twice by accident: what the journal replays, and what it never does."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from ragtime_assets import errors
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.agents.conftest import NAMES, Bench
from ragtime_assets_tests.openai_server import Asked, output, status, text, tool_call
from ragtime_assets_tests.processes import running

CHUNKS = {f"chunk-{number:02}": f"text number {number}" for number in range(40)}
GOOD = output({"names": ["Django"]})

KILLED = """
import sys
sys.path.insert(0, sys.argv[3])
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.agents.conftest import NAMES
studio = Studio(Settings(home=sys.argv[1], model="openai-chat:parrot", openai_base_url=sys.argv[2], llm_concurrency=1))
caller = studio.models.caller(Payer("one", "entities", "run-1"), Trace())
caller.call_all(NAMES, {"a": "text a", "b": "text b"}, lambda *_: print("ready", flush=True))
"""


def test_a_retry_replays_what_was_answered_and_asks_for_nothing_else(bench: Bench) -> None:
    def all_but_the_last(asked: Asked):
        return status(404) if asked.prompt.endswith(" 39") else GOOD

    bench.server.otherwise = all_but_the_last
    with pytest.raises(errors.ConfigurationError):
        bench.caller(bench.desk(concurrency=4)).call_all(NAMES, CHUNKS)
    assert len(bench.server.asked) == 40
    bench.server.otherwise = lambda _: GOOD
    answers = bench.caller().call_all(NAMES, CHUNKS)
    assert list(answers) == list(CHUNKS)
    assert len(bench.server.asked) == 41
    assert bench.server.asked[-1].prompt == "text number 39"
    assert bench.outcomes()[40:].count("replayed") == 39
    assert all(row.charge == 0 and row.cost is None for row in bench.rows() if row.outcome == "replayed")


def test_another_prompt_model_or_instruction_is_asked(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    bench.caller().call(NAMES, "a text", "c1")
    bench.caller().call(NAMES, "a text", "c1")
    assert len(bench.server.asked) == 1
    bench.caller().call(NAMES, "another text", "c1")
    bench.caller().call(NAMES, "a text", "c2")
    bench.caller(model="openai-chat:other").call(NAMES, "a text", "c1")
    bench.caller().call(replace(NAMES, instructions="List the places."), "a text", "c1")
    bench.caller(key="two").call(NAMES, "a text", "c1")
    assert len(bench.server.asked) == 6


def test_a_sealed_journal_pays_again(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    bench.caller().call(NAMES, "a text", "c1")
    bench.journals.of("one", "entities").seal()
    bench.caller().call(NAMES, "a text", "c1")
    assert bench.outcomes() == ["ok", "ok"]


def test_a_repaired_answer_is_replayed_in_its_repaired_form(bench: Bench) -> None:
    bench.server.script(text("prose"), GOOD)
    bench.caller().call(NAMES, "a text", "c1")
    assert bench.caller().call(NAMES, "a text", "c1").names == ("Django",)
    assert bench.outcomes() == ["rejected", "ok", "replayed"]


def test_a_rejected_answer_is_never_replayed(bench: Bench) -> None:
    bench.server.script(text("prose"), text("more prose"), GOOD)
    with pytest.raises(errors.OutputInvalid):
        bench.caller().call(NAMES, "a text", "c1")
    assert bench.caller().call(NAMES, "a text", "c1").names == ("Django",)
    assert bench.outcomes() == ["rejected", "rejected", "ok"]


def test_an_answer_whose_repair_failed_is_not_replayed_either(bench: Bench) -> None:
    bench.server.script(text("prose"), status(404), GOOD)
    with pytest.raises(errors.ConfigurationError):
        bench.caller().call(NAMES, "a text", "c1")
    assert bench.caller().call(NAMES, "a text", "c1").names == ("Django",)
    assert bench.outcomes() == ["rejected", "failed", "ok"]


def test_the_rounds_of_an_agent_with_tools_are_replayed_one_by_one(bench: Bench) -> None:
    looked: list[str] = []

    def look(name: str) -> str:
        """Look a name up."""
        looked.append(name)
        return f"{name} is known"

    spec = replace(NAMES, tools=(look,))
    bench.server.script(tool_call("look", name="Django"), status(404), GOOD)
    with pytest.raises(errors.ConfigurationError):
        bench.caller().call(spec, "a text", "c1")
    assert bench.caller().call(spec, "a text", "c1").names == ("Django",)
    assert looked == ["Django", "Django"]
    assert bench.outcomes() == ["ok", "failed", "replayed", "ok"]


def test_a_question_to_the_corpus_is_asked_anew_each_time(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    studio = Studio(Settings(model="openai-chat:parrot", openai_base_url=bench.server.url))
    for _ in range(2):
        caller = studio.models.caller(Payer(None, "ask", "terminal"), Trace())
        assert caller is not None
        assert caller.call(NAMES, "who?").names == ("Django",)
    assert len(bench.server.asked) == 2
    assert (studio.ledger.total(phase="ask").calls, studio.ledger.total(phase="ask").unpriced) == (2, 2)
    studio.database.close()


def test_a_phase_without_a_model_has_no_caller_and_a_retry_keeps_what_it_had(bench: Bench) -> None:
    payer = Payer("one", "summary", "run-1")
    assert Studio(Settings()).models.caller(payer, Trace()) is None
    studio = Studio(Settings(model="openai-chat:new", openai_base_url=bench.server.url))
    assert studio.models.caller(payer, Trace(), {"summary": ""}) is None
    bound = studio.models.caller(payer, Trace(), {"summary": "openai-chat:old"})
    assert bound is not None
    assert bound.engine == "openai-chat:old"


def test_a_call_in_flight_at_a_kill_stays_open_and_what_came_before_is_replayed(bench: Bench) -> None:
    home = str(bench.database.url.database).removesuffix("/corpus.sqlite")
    bench.server.script(GOOD, GOOD.after(30))
    with running(KILLED, home, bench.server.url, str(Path(__file__).parents[2])):
        until = time.monotonic() + 10
        while len(bench.server.asked) < 2 and time.monotonic() < until:
            time.sleep(0.02)
    assert bench.outcomes() == ["ok", "open"]
    assert bench.rows()[1].charge > 0
    bench.server.otherwise = lambda _: GOOD
    assert set(bench.caller().call_all(NAMES, {"a": "text a", "b": "text b"})) == {"a", "b"}
    assert [asked.prompt for asked in bench.server.asked] == ["text a", "text b", "text b"]
