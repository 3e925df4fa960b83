"""Prices, budgets and how money is written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.domain.money.prices import TokenPrice, load_prices
from ragtime_assets.domain.money.spending import Budget, Payer, PlannedCall, Scope, Tokens, dollars
from ragtime_assets.errors import ConfigurationError


def test_cached_tokens_cost_what_their_price_says() -> None:
    price = TokenPrice(input=Decimal(2), output=Decimal(10), cached=Decimal("0.5"))
    assert price.of(Tokens(1_000_000, 500_000, 100_000)) == Decimal("1.00") + Decimal("0.25") + Decimal(1)
    assert TokenPrice(Decimal(2), Decimal(10)).of(Tokens(1_000_000, 500_000, 0)) == 2


def test_a_prices_file_is_a_table_per_model(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(
        '["openai-chat:mine"]\ninput = 0.1\noutput = 0.4\n["ollama:x"]\ninput = 0\noutput = 0\ncached = 0\n'
        '["openai:ears"]\nminute = 0.006\n'
    )
    prices = load_prices(file)
    assert prices.tokens["openai-chat:mine"] == TokenPrice(Decimal("0.1"), Decimal("0.4"))
    assert prices.tokens["ollama:x"].of(Tokens(5, 0, 5)) == 0
    assert prices.minutes == {"openai:ears": Decimal("0.006")}


@pytest.mark.parametrize(
    "text",
    ["not toml", "[m]\ninput = 1", "[m]\ninput = 1\noutput = -1", "[m]\ninput = 1\noutput = 1\nextra = 1", "m = 1",
     "[m]\ninput = 1\noutput = 1\nminute = 1", '[m]\ninput = "dear"\noutput = 1', "[m]\ninput = nan\noutput = 1"],
)  # fmt: skip
def test_a_wrong_prices_file_is_a_wrong_setting_that_shows_the_form(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="RAGTIME_PRICES") as caught:
        load_prices(file)
    assert str(file) in caught.value.message
    assert type(caught.value.__cause__).__name__ in caught.value.message
    assert "per million" in caught.value.remedy
    with pytest.raises(ConfigurationError, match="RAGTIME_PRICES"):
        load_prices(tmp_path / "missing.toml")


def test_an_unpriced_call_counts_its_tokens() -> None:
    budget = Budget(tokens_per_usd=1_000)
    assert budget.charge(None, Tokens(400, 100, 100)) == Decimal("0.5")
    assert budget.charge(Decimal(0), Tokens(400, 100, 100)) == 0


def test_speech_without_a_price_counts_its_minutes() -> None:
    budget = Budget(minutes_per_usd=100)
    assert budget.speech_charge(None, 90.0) == Decimal("0.015")
    assert budget.speech_charge(Decimal(0), 90.0) == 0


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "$0.00"),
        ("12.346", "$12.35"),
        ("0.01", "$0.01"),
        ("0.00012", "$0.00012"),
        ("0.000001", "$0.000001"),
        ("0.0000001", "less than $0.000001"),
    ],
)
def test_small_amounts_keep_their_digits(amount: str, written: str) -> None:
    assert dollars(Decimal(amount)) == written


def planned(charge: str, **more: Any) -> PlannedCall:
    return PlannedCall(Payer("one", "summary", "run"), "summary", "", "openai", "parrot", Decimal(charge), **more)


SPENT = {"entities": Decimal("0.2"), "summary": Decimal("0.5")}


@pytest.mark.parametrize(
    ("call", "spent", "is_refused"),
    [
        (planned("0.3"), SPENT, False),
        (planned("0.31"), SPENT, True),
        (planned("1.01"), {}, True),
        (planned("0"), {"summary": Decimal(9)}, False),
        (planned("0", is_priced=False), {"summary": Decimal(9)}, True),
        (planned("9", is_priced=False).replayed, {"summary": Decimal(9)}, False),
    ],
    ids=["up to the limit", "past it", "alone past it", "free", "free as far as anybody knows", "replayed"],
)
@pytest.mark.parametrize("scope", ["call", "episode", "day"])
def test_a_call_is_refused_where_it_would_pass_the_limit(
    call: PlannedCall, spent: dict[str, Decimal], is_refused: bool, scope: Scope
) -> None:
    budget = Budget(**{f"per_{scope}": Decimal(1)})
    assert (budget.refusal(call, scope, spent) is not None) == is_refused
    assert Budget().refusal(call, scope, spent) is None


def test_a_refusal_says_what_was_spent_on_what_and_which_setting_it_is() -> None:
    refusal = Budget(per_day=Decimal(1)).refusal(planned("0.4"), "day", SPENT)
    assert refusal is not None
    assert refusal.message == (
        "the next call of openai:parrot for summary may cost $0.40, after $0.70 for summary $0.50, entities $0.20: "
        "past the $1.00 that RAGTIME_BUDGET_USD_PER_DAY allows"
    )
    assert refusal.remedy == (
        "Raise RAGTIME_BUDGET_USD_PER_DAY, then `ragtime retry KEY`: what was paid is not paid again."
    )
    assert refusal.details == {
        "scope": "day",
        "spent": "0.7",
        "limit": "1",
        "needed": "0.4",
        "setting": "RAGTIME_BUDGET_USD_PER_DAY",
    }


def test_a_first_call_that_is_refused_comes_after_nothing() -> None:
    refusal = Budget(per_call=Decimal(1)).refusal(planned("2"), "call", {})
    assert refusal is not None
    assert "may cost $2.00: past the $1.00" in refusal.message


@pytest.mark.parametrize(("seconds", "rate"), [(None, "500 of its tokens"), (60.0, "7 minutes of speech")])
def test_a_refusal_for_want_of_a_price_says_what_was_counted_instead(seconds: float | None, rate: str) -> None:
    budget = Budget(per_call=Decimal(1), tokens_per_usd=500, minutes_per_usd=7)
    refusal = budget.refusal(planned("2", is_priced=False, audio_seconds=seconds), "call", {})
    assert refusal is not None
    assert f"(no price is known of openai:parrot: {rate} count as one dollar; name its price" in refusal.message
