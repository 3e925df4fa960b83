"""The ledger: a row before the call and after it, sums, and limits that hold across processes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragtime_assets.corpus.artifact_index import ArtifactIndex
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.ledger import GROUPINGS, SqlLedger
from ragtime_assets.corpus.schema import model_calls, spending
from ragtime_assets.domain.money.spending import Budget, Cost, Payer, PlannedCall, SettledCall, Tokens, Total
from ragtime_assets.errors import BudgetSpent
from ragtime_assets_tests.corpus.rows import envelope
from ragtime_assets_tests.processes import together

CALL = PlannedCall(Payer("one", "entities", "run-1"), "names", "chunk", "openai", "gpt", charge=Decimal("0.25"))
DONE = SettledCall("ok", Decimal("0.1"), 1_234, Tokens(1_000, 200, 50), Cost(Decimal("0.1"), "genai-prices"))
SPEND = """
import sys
from decimal import Decimal
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.ledger import SqlLedger
from ragtime_assets.domain.money.spending import Budget, Payer, PlannedCall
from ragtime_assets.errors import BudgetSpent
database = Database(sys.argv[1])
ledger = SqlLedger(database, Budget(per_day=Decimal(1)))
ledger.total()
print("ready", flush=True)
sys.stdin.readline()
made = 0
for number in range(8):
    try:
        ledger.open(PlannedCall(Payer("one", "summary", "run"), "a", "u", "openai", "gpt", charge=Decimal("0.1")))
        made += 1
    except BudgetSpent:
        pass
print(made)
database.close()
"""


@pytest.fixture
def ledger(database: Database) -> SqlLedger:
    """A ledger without limits."""
    return SqlLedger(database)


def of(key: str | None = "one", phase: str = "entities", run_id: str = "run-1") -> PlannedCall:
    """A call on somebody's account."""
    return replace(CALL, payer=Payer(key, phase, run_id))


def test_a_call_is_written_down_before_it_is_made_and_settled_after(database: Database, ledger: SqlLedger) -> None:
    number = ledger.open(CALL)
    rows = sa.select(model_calls)
    with database.reading() as connection:
        (row,) = connection.execute(rows)
    assert (row.outcome, row.charge, row.cost, row.input_tokens) == ("open", Decimal("0.25"), None, None)
    ledger.settle(number, DONE)
    with database.reading() as connection:
        (row,) = connection.execute(rows)
    assert (row.outcome, row.charge, row.cost, row.price_source) == ("ok", Decimal("0.1"), row.charge, "genai-prices")
    assert (row.input_tokens, row.cached_tokens, row.output_tokens, row.milliseconds) == (1_000, 200, 50, 1_234)
    assert (row.key, row.phase, row.run_id, row.attempt, row.day) == (
        "one",
        "entities",
        "run-1",
        1,
        row.called_at.date(),
    )


def test_money_is_added_up_exactly(ledger: SqlLedger) -> None:
    tiny = Decimal("0.000000075")
    for _ in range(10):
        ledger.settle(ledger.open(CALL), replace(DONE, cost=Cost(tiny, "prices file"), charge=tiny))
    assert ledger.total().cost == tiny * 10


def test_an_unknown_price_is_not_free(ledger: SqlLedger) -> None:
    ledger.settle(ledger.open(CALL), replace(DONE, cost=Cost()))
    total = ledger.total()
    assert (total.cost, total.unpriced, total.calls) == (None, 1, 1)
    ledger.settle(ledger.open(CALL), replace(DONE, cost=Cost(Decimal(0), "prices file")))
    assert (ledger.total().cost, ledger.total().unpriced) == (0, 1)


def test_calls_are_told_apart_by_what_came_of_them(ledger: SqlLedger) -> None:
    ledger.open(CALL)
    for outcome in ("ok", "failed", "replayed", "cancelled"):
        ledger.settle(ledger.open(CALL), SettledCall(outcome, Decimal(0), error="why" if outcome == "failed" else None))
    rejected = ledger.open(CALL)
    ledger.settle(rejected, DONE)
    ledger.reject(rejected)
    total = ledger.total()
    assert (total.calls, total.open, total.failed, total.replayed, total.refused) == (5, 1, 1, 1, 1)
    assert total.cost == Decimal("0.1")


def test_an_answer_that_was_replayed_and_refused_is_not_counted_as_a_call(ledger: SqlLedger) -> None:
    replayed = ledger.open(CALL.replayed)
    ledger.settle(replayed, SettledCall("replayed", Decimal(0)))
    ledger.reject(replayed)
    total = ledger.total()
    assert (total.calls, total.replayed, total.refused, total.unpriced) == (0, 1, 0, 0)


def test_an_empty_ledger_adds_up_to_nothing(ledger: SqlLedger) -> None:
    assert ledger.total(key="one") == Total("all")
    assert [ledger.totals(by) for by in GROUPINGS] == [[]] * 4


def test_the_totals_of_several_episodes_are_those_of_the_phase_in_the_run(ledger: SqlLedger) -> None:
    for call in (of(), of(), of("two"), of("three"), of(phase="summary"), of(run_id="run-2")):
        ledger.settle(ledger.open(call), DONE)
    found = ledger.by_key(["one", "two", "four"], CALL.payer.phase, CALL.payer.run_id)
    assert {key: total.calls for key, total in found.items()} == {"one": 2, "two": 1}
    assert found["one"].cost == Decimal("0.2")


def test_the_total_of_an_episode_a_phase_a_run(ledger: SqlLedger) -> None:
    for call in (of(), of(phase="summary"), of("two"), of(run_id="run-2"), of(None, "ask")):
        ledger.settle(ledger.open(call), DONE)
    assert ledger.total(key="one").calls == 3
    assert ledger.total(key="one", phase="entities").calls == 2
    assert ledger.total(key="one", run_id="run-2").calls == 1
    assert ledger.total(phase="ask").calls == 1


def test_totals_by_phase_show_model_and_day(database: Database) -> None:
    now = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    clock = [now]
    ledger = SqlLedger(database, now=lambda: clock[0])
    ArtifactIndex(database).record([envelope("one", "episode_details", payload={"title": "T", "show": "Jazz"})])
    ledger.settle(ledger.open(of()), DONE)
    clock[0] = now + timedelta(minutes=2)
    ledger.settle(ledger.open(replace(of("two", "summary"), model="dear")), replace(DONE, cost=Cost(Decimal(3), "x")))

    def names(totals: list[Total]) -> list[str]:
        return [total.name for total in totals]

    assert names(ledger.totals("phase")) == ["summary", "entities"]
    assert names(ledger.totals("show")) == ["?", "Jazz"]
    assert names(ledger.totals("model")) == ["openai:dear", "openai:gpt"]
    assert names(ledger.totals("day")) == ["2026-03-01", "2026-03-02"]
    (dearest, _) = ledger.totals("phase")
    assert (dearest.cost, dearest.tokens) == (3, Tokens(1_000, 200, 50))


def test_a_limit_counts_what_is_spent_and_what_is_reserved(database: Database) -> None:
    ledger = SqlLedger(database, Budget(per_episode=Decimal("0.5")))
    ledger.settle(ledger.open(CALL), DONE)
    ledger.open(of(phase="summary"))
    with pytest.raises(BudgetSpent) as caught:
        ledger.open(CALL)
    assert "after $0.35 for summary $0.25, entities $0.10: past the $0.50" in caught.value.message
    assert "RAGTIME_BUDGET_USD_PER_EPISODE" in caught.value.remedy
    assert ledger.total().calls == 2
    assert ledger.open(of("two"))
    assert ledger.open(of(None, "ask"))


def test_a_call_without_a_price_is_refused_when_more_than_the_limit_is_spent(database: Database) -> None:
    SqlLedger(database).open(replace(CALL, charge=Decimal(999)))
    ledger = SqlLedger(database, Budget(per_day=Decimal("0.01"), minutes_per_usd=100))
    for call in (replace(CALL, charge=Decimal(0), is_priced=False), replace(CALL, is_priced=False, audio_seconds=60)):
        with pytest.raises(BudgetSpent, match=r"after \$999.00"):
            ledger.open(call)
    assert ledger.open(CALL.replayed), "what is not asked again is not refused"


def test_what_was_spent_is_not_added_up_again_before_a_call(database: Database) -> None:
    ledger, said = SqlLedger(database, Budget(per_episode=Decimal(9), per_day=Decimal(9))), list[str]()
    listen = (database.engine, "before_cursor_execute", lambda *heard: said.append(heard[2].lower()))
    sa.event.listen(*listen)
    ledger.settle(ledger.open(CALL), DONE)
    sa.event.remove(*listen)
    assert said
    assert [one for one in said if "sum(" in one] == []


@given(calls=st.lists(st.tuples(st.sampled_from(["one", "two", None]), st.integers(0, 9), st.integers(0, 9))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_the_running_sums_are_what_the_calls_were_charged(database: Database, calls: list[Any]) -> None:
    ledger = SqlLedger(database)
    for key, reserved, charged in calls:
        number = ledger.open(replace(of(key), charge=Decimal(reserved)))
        if charged:
            ledger.settle(number, SettledCall("ok", Decimal(charged)))
    charge = sa.func.sum(model_calls.c.charge)
    by_key = sa.select(model_calls.c.key, charge).where(model_calls.c.key.is_not(None)).group_by(model_calls.c.key)
    by_day = sa.select(model_calls.c.day, charge).group_by(model_calls.c.day)
    with database.reading() as connection:
        added = {str(subject): total for query in (by_key, by_day) for subject, total in connection.execute(query)}
        kept = dict(map(tuple, connection.execute(sa.select(spending.c.subject, spending.c.charge))))
    assert kept == {subject: total for subject, total in added.items() if total}


def test_a_budget_day_is_a_utc_day(database: Database) -> None:
    clock = [datetime(2026, 3, 1, 23, 59, tzinfo=UTC)]
    ledger = SqlLedger(database, Budget(per_day=Decimal("0.3")), now=lambda: clock[0])
    ledger.open(CALL)
    with pytest.raises(BudgetSpent, match="RAGTIME_BUDGET_USD_PER_DAY"):
        ledger.open(of("two"))
    clock[0] += timedelta(minutes=1)
    assert ledger.open(CALL)


def test_what_costs_nothing_passes_every_limit(database: Database) -> None:
    ledger = SqlLedger(database, Budget(per_call=Decimal(0), per_episode=Decimal(0), per_day=Decimal(0)))
    assert ledger.open(replace(CALL, charge=Decimal(0)))
    with pytest.raises(BudgetSpent, match="PER_CALL"):
        ledger.open(CALL)


def test_processes_do_not_overshoot_a_limit_together(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    assert sum(map(int, together(SPEND, [(url,)] * 4))) == 10
    assert SqlLedger(database).total().calls == 10


def test_of_several_runs_of_a_phase_the_one_that_paid_most_tells_what_it_costs(ledger: SqlLedger) -> None:
    for call, cost in (
        (of(run_id="first"), "0.1"),
        (of(run_id="whole"), "0.3"),
        (of(run_id="whole"), "0.2"),
        (of(run_id="resumed"), "0.4"),
        (of(phase="summary", run_id="first"), "0.7"),
        (of(phase="transcript", run_id="first"), "9"),
        (of(key="two", run_id="first"), "0.6"),
        (of(key="three", run_id="first"), "9"),
    ):
        ledger.settle(ledger.open(call), replace(DONE, cost=Cost(Decimal(cost), "genai-prices")))
    found = ledger.dearest_runs(["one", "two"], ["entities", "summary"])
    assert {one.name: one.cost for one in found} == {
        "one entities whole": Decimal("0.5"),
        "one summary first": Decimal("0.7"),
        "two entities first": Decimal("0.6"),
    }
