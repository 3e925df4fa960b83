"""Prices, budgets and how money is written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ragtime_assets.domain.money.prices import TokenPrice, load_prices
from ragtime_assets.domain.money.spending import Budget, Tokens, dollars
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
        ("0.0000001", "less than $0.000001"),
    ],
)
def test_small_amounts_keep_their_digits(amount: str, written: str) -> None:
    assert dollars(Decimal(amount)) == written
