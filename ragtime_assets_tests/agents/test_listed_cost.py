"""What a call is likely to cost is told by the user's prices, or by the list of its seller, or not at all."""

from __future__ import annotations

from decimal import Decimal

from ragtime_assets.agents.desk.providers import listed_cost
from ragtime_assets.domain.money.prices import PRICES_FILE, TokenPrice
from ragtime_assets.domain.money.spending import Cost, Tokens

HOUR = Tokens(input=16_000, output=2_000)


def test_a_listed_model_has_the_price_of_its_seller() -> None:
    known = listed_cost(HOUR, "openai-chat:gpt-4o-mini", None, {})
    assert known.amount is not None
    assert Decimal("0.001") < known.amount < Decimal("0.1")
    assert listed_cost(HOUR, "openai:gpt-4o-mini", None, {}) == known


def test_a_server_of_one_s_own_has_no_seller_s_price_and_an_unknown_model_none() -> None:
    assert listed_cost(HOUR, "openai:gpt-4o-mini", "http://localhost:8000/v1", {}) == Cost()
    assert listed_cost(HOUR, "openai:nobody-knows-it", None, {}) == Cost()
    assert listed_cost(HOUR, "nobody:nothing", None, {}) == Cost()


def test_the_user_s_own_price_counts_first() -> None:
    own = {"openai:mine": TokenPrice(Decimal(1), Decimal(2))}
    assert listed_cost(HOUR, "openai:mine", None, own) == Cost(Decimal("0.02"), PRICES_FILE)
