"""A limit stops a call before it is made, whoever else is calling."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from ragtime_assets import errors
from ragtime_assets.agents.desk.providers import ModelAccess, cost_of, opened_model
from ragtime_assets.domain.money.prices import TokenPrice
from ragtime_assets.domain.money.spending import Budget, Cost, Tokens
from ragtime_assets_tests.agents.conftest import MODEL, NAMES, Bench
from ragtime_assets_tests.openai_server import output

# By its price, an answer of the scripted server costs 100 * 1 + 20 * 10 = 300 millionths of a dollar.
GOOD = output({"names": []})


def test_a_call_past_the_limit_is_not_made_and_says_how_to_raise_it(bench: Bench) -> None:
    budget = Budget(per_call=Decimal("0.000001"))
    with pytest.raises(errors.BudgetSpent, match="may cost") as caught:
        bench.caller(bench.desk(budget)).call(NAMES, "a text", "c1")
    assert "RAGTIME_BUDGET_USD_PER_CALL" in caught.value.remedy
    assert bench.server.asked == []
    assert bench.rows() == []


@pytest.mark.parametrize(
    ("budget", "setting"),
    [
        (Budget(per_episode=Decimal("0.0030")), "RAGTIME_BUDGET_USD_PER_EPISODE"),
        (Budget(per_day=Decimal("0.0030")), "RAGTIME_BUDGET_USD_PER_DAY"),
    ],
)
def test_concurrent_calls_do_not_overshoot_together_nor_stop_before_the_money_is_spent(
    bench: Bench, budget: Budget, setting: str
) -> None:
    bench.server.otherwise = lambda _: GOOD.after(0.02)
    with pytest.raises(errors.BudgetSpent) as caught:
        bench.caller(bench.desk(budget)).call_all(NAMES, {str(n): f"text {n}" for n in range(40)})
    spent = sum(row.charge for row in bench.rows())
    assert Decimal("0.0015") < spent <= Decimal("0.0030")
    assert f"after ${spent:.6f}".rstrip("0") in caught.value.message
    assert "for entities" in caught.value.message
    assert setting in caught.value.remedy


def test_the_limit_of_an_episode_does_not_touch_another(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    desk = bench.desk(Budget(per_episode=Decimal("0.0016")))
    bench.caller(desk, "one").call(NAMES, "a text", "c1")
    with pytest.raises(errors.BudgetSpent):
        bench.caller(desk, "one").call_all(NAMES, {"c2": "b", "c3": "c"})
    assert bench.caller(desk, "two").call(NAMES, "a text", "c1").names == ()


def test_a_replay_is_free_when_the_budget_is_spent(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    bench.caller().call(NAMES, "a text", "c1")
    spent = bench.desk(Budget(per_episode=Decimal("0.000001"), per_day=Decimal("0.000001")))
    assert bench.caller(spent).call(NAMES, "a text", "c1").names == ()


def test_a_model_without_a_price_is_bounded_by_its_tokens(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    desk = bench.desk(Budget(per_episode=Decimal(1), tokens_per_usd=2_000), priced=False, concurrency=1)
    with pytest.raises(errors.BudgetSpent, match=r"2,000 of its tokens count as one dollar") as caught:
        bench.caller(desk).call_all(NAMES, {str(n): f"text {n}" for n in range(40)})
    assert "RAGTIME_PRICES" in caught.value.message
    rows = bench.rows()
    assert 5 <= len(rows) <= 16
    assert all(row.cost is None and row.charge == Decimal("0.06") for row in rows)


def test_a_price_of_zero_is_unknown_unless_the_user_says_so() -> None:
    free = TokenPrice(Decimal(0), Decimal(0))
    tokens = Tokens(1_000, 0, 1_000)
    nothing = Cost(Decimal(0), "prices file", Decimal(0), Decimal(0))
    assert cost_of(tokens, MODEL, None, ModelAccess(prices={MODEL: free})) == nothing
    assert cost_of(tokens, MODEL, None, ModelAccess()) == Cost()


@pytest.mark.parametrize(
    ("name", "base_url", "source"),
    [
        ("openai:gpt-4o-mini", None, "genai-prices"),
        ("openai:no-such-model", None, None),
        ("openai-chat:gpt-4o-mini", "http://127.0.0.1:9/v1", None),
    ],
    ids=["known", "unknown model", "a server of one's own is not OpenAI"],
)
def test_prices_come_from_the_list_of_its_seller(name: str, base_url: str | None, source: str | None) -> None:
    access = ModelAccess(api_key="sk-x", key_provider="openai", openai_base_url=base_url)

    async def priced() -> Cost:
        async with opened_model(name, access) as model:
            return cost_of(Tokens(1_000_000, 500_000, 1_000_000), name, model, access)

    cost = asyncio.run(priced())
    assert cost.source == source
    assert (cost.amount is None) == (source is None)
    if source:
        assert Decimal("0.1") < (cost.amount or 0) < 10
