"""What `ragtime costs` says."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from ragtime_assets.agents.entities import ENTITIES
from ragtime_assets.corpus.ledger import SqlLedger
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.money.spending import Cost, Payer, PlannedCall, SettledCall, Tokens
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.openai_server import openai_server, output, reader

CALL = PlannedCall(Payer("one", "entities", "run"), "names", "chunk", "openai", "gpt", charge=Decimal("0.25"))
DONE = SettledCall("ok", Decimal("0.1"), 5, Tokens(1_000, 0, 50), Cost(Decimal("0.1"), "genai-prices"))


@pytest.fixture
def ledger() -> SqlLedger:
    return Studio().ledger


def test_a_keyless_corpus_costs_nothing_and_says_why(terminal: Terminal) -> None:
    assert "everything is keyless" in " ".join(terminal.type("costs").split())


def test_costs_are_added_up_by_what_was_asked_for(terminal: Terminal, ledger: SqlLedger) -> None:
    ledger.settle(ledger.open(CALL), DONE)
    ledger.settle(ledger.open(replace(CALL, payer=Payer("one", "summary", "run"))), DONE)
    told = terminal.type("costs")
    assert "entities" in told
    assert "summary" in told
    assert "$0.20 in all" in told
    assert "openai:gpt" in terminal.type("costs", "--by", "model")


def test_calls_in_flight_and_without_a_price_are_said(terminal: Terminal, ledger: SqlLedger) -> None:
    ledger.open(CALL)
    ledger.settle(ledger.open(CALL), replace(DONE, cost=Cost()))
    told = " ".join(terminal.type("costs").split())
    assert "1 calls are in flight" in told
    assert "may have been paid" in told
    assert "RAGTIME_PRICES" in told
    assert told.count("unpriced") == 2, "of the phase, and in all"
    assert "$" not in told
    document = json.loads(terminal.type("costs", "--json"))
    assert (document["total_usd"], document["costs"][0]["usd"], document["costs"][0]["unpriced"]) == (None, None, 1)


def test_answers_that_were_paid_and_refused_are_counted(terminal: Terminal, ledger: SqlLedger) -> None:
    for _ in range(2):
        number = ledger.open(CALL)
        ledger.settle(number, DONE)
        ledger.reject(number)
    ledger.settle(ledger.open(CALL), replace(DONE, cost=Cost()))
    told = terminal.type("costs")
    assert "refused" in told
    assert "$0.20+ in all" in told
    (one,) = json.loads(terminal.type("costs", "--json"))["costs"]
    assert (one["calls"], one["refused"]) == (3, 2)


def test_json_is_one_document_with_exact_money(terminal: Terminal, ledger: SqlLedger) -> None:
    ledger.settle(ledger.open(CALL), DONE)
    document = json.loads(terminal.type("costs", "--by", "day", "--json"))
    assert (document["by"], Decimal(document["total_usd"])) == ("day", Decimal("0.1"))
    (one,) = document["costs"]
    assert set(one) == {
        "name", "calls", "input_tokens", "cached_tokens", "output_tokens", "usd",
        "input_usd",
        "output_usd",
        "reasoning_tokens", "unpriced", "refused", "failed",
        "replayed", "open",
    }  # fmt: skip
    assert (one["calls"], one["input_tokens"], Decimal(one["usd"])) == (1, 1_000, Decimal("0.1"))


def test_an_unknown_grouping_is_a_wrong_command(terminal: Terminal) -> None:
    terminal.type("costs", "--by", "mood", code=2)


def test_each_call_is_told_with_its_turn_its_prompt_its_number_there_and_both_halves_of_its_cost(
    terminal: Terminal, own_settings: Path, tmp_path: Path
) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('["openai-chat:parrot"]\ninput = 1\noutput = 10\n')
    with openai_server() as server:
        server.script(output({"entities": "none"}))
        server.otherwise = reader
        settings = OwnSettings(
            home=own_settings,
            model="openai-chat:parrot",
            model_api_key=SecretStr("k"),
            openai_base_url=server.url,
            prices=prices,
        )
        caller = Studio(settings).models.caller(Payer("one", "entities", "run"), Trace())
        assert caller is not None
        caller.call(ENTITIES, "0. Django played.", "0")
    document = json.loads(terminal.type("costs", "--json", "--calls", "5"))
    second, first = document["calls"]
    assert (first["turn"], first["outcome"], second["turn"], second["outcome"]) == (1, "rejected", 2, "ok")
    assert first["prompt_version"] == second["prompt_version"] == ENTITIES.version[:12]
    assert first["request_id"]
    assert (second["input_usd"], second["output_usd"], second["usd"]) == ("0.0001", "0.0002", "0.0003")
    assert (document["costs"][0]["input_usd"], document["costs"][0]["output_usd"]) == ("0.0002", "0.0004")
