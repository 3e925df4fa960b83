"""What `ragtime costs` says."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from ragtime_assets.corpus.ledger import SqlLedger
from ragtime_assets.domain.money.spending import Cost, Payer, PlannedCall, SettledCall, Tokens
from ragtime_assets.studio import Studio
from ragtime_assets_tests.cli.conftest import Terminal

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
        "name", "calls", "input_tokens", "cached_tokens", "output_tokens", "usd", "unpriced", "refused", "failed",
        "replayed", "open",
    }  # fmt: skip
    assert (one["calls"], one["input_tokens"], Decimal(one["usd"])) == (1, 1_000, Decimal("0.1"))


def test_an_unknown_grouping_is_a_wrong_command(terminal: Terminal) -> None:
    terminal.type("costs", "--by", "mood", code=2)
