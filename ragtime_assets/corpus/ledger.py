"""The ledger: one row per call that may cost money, written before the call and settled after it.

The row of an open call reserves what the call may cost, in the transaction that looks at what was spent: calls of any
number of threads, processes and machines cannot overshoot a budget together. What was spent is a running sum by day,
and by episode, so that a call is as quick after a million others as the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, slices
from ragtime_assets.corpus.schema import artifacts, model_calls, spending
from ragtime_assets.domain.money.spending import Budget, Call, Cost, PlannedCall, Scope, SettledCall, Tokens, Total

_SPEND_LOCK = 0x7261_6773
_ANSWERED = ("ok", "rejected")

Grouping = Literal["phase", "show", "model", "day"]
GROUPINGS: tuple[Grouping, ...] = ("phase", "show", "model", "day")


class SqlLedger:
    """`ports.Ledger`, and what can be asked of it."""

    def __init__(
        self, database: Database, budget: Budget | None = None, now: Callable[[], datetime] | None = None
    ) -> None:
        """Refuse calls past `budget`; a budget's day is a UTC day, by the clock of the database."""
        self._database = database
        self._budget = budget or Budget()
        self._now = now or database.clock

    def open(self, call: PlannedCall) -> int:
        """Write a call down before it is made; its number. Raises BudgetSpent when it must not be made."""
        now = self._now()
        with self._database.writing() as connection:
            self._check(connection, call, now)
            self._spend(connection, now.date(), call.payer.key, call.payer.phase, call.charge)
            written = sa.insert(model_calls).values(**_row(call, now)).returning(model_calls.c.id)
            return int(connection.execute(written).scalar_one())

    def settle(self, number: int, settled: SettledCall) -> None:
        """Write down what came of a call."""
        tokens = settled.tokens
        values = {
            "outcome": settled.outcome,
            "charge": settled.charge,
            "milliseconds": settled.milliseconds,
            "input_tokens": tokens.input if tokens else None,
            "cached_tokens": tokens.cached if tokens else None,
            "output_tokens": tokens.output if tokens else None,
            "reasoning_tokens": tokens.reasoning if tokens else None,
            "cost": settled.cost.amount,
            "input_cost": settled.cost.input,
            "output_cost": settled.cost.output,
            "price_source": settled.cost.source,
            "audio_seconds": settled.audio_seconds,
            "error": settled.error,
            "request_id": settled.request_id,
        }
        this, calls = model_calls.c.id == number, model_calls.c
        with self._database.writing() as connection:
            reserved = connection.execute(sa.select(calls.day, calls.key, calls.phase, calls.charge).where(this)).one()
            self._spend(connection, reserved.day, reserved.key, reserved.phase, settled.charge - reserved.charge)
            connection.execute(sa.update(model_calls).where(this).values(**values))

    def reject(self, number: int) -> None:
        """Note that the answer of a settled call proved to be no good; one that was replayed was not paid here."""
        paid = sa.and_(model_calls.c.id == number, model_calls.c.outcome == "ok")
        with self._database.writing() as connection:
            connection.execute(sa.update(model_calls).where(paid).values(outcome="rejected"))

    def totals(self, by: Grouping) -> list[Total]:
        """Everything, added up by one of the groupings, the dearest first (days in their order)."""
        name, source = _grouped(by)
        found = self._add_up(name, source)
        return found if by == "day" else sorted(found, key=lambda total: (-(total.cost or 0), total.name))

    def total(self, *, key: str | None = None, phase: str | None = None, run_id: str | None = None) -> Total:
        """The calls of an episode, a phase or a run, or what they have in common."""
        wanted = {model_calls.c.key: key, model_calls.c.phase: phase, model_calls.c.run_id: run_id}
        where = [column == value for column, value in wanted.items() if value is not None]
        return next(iter(self._add_up(sa.literal("all"), model_calls, *where)), Total("all"))

    def newest(self, count: int) -> list[Call]:
        """The last so many calls, the newest first."""
        query = sa.select(model_calls).order_by(model_calls.c.id.desc()).limit(count)
        with self._database.reading() as connection:
            return [_call(row) for row in connection.execute(query)]

    def by_phase(self, key: str) -> dict[str, Total]:
        """By phase, the calls of an episode; a phase that made none is left out."""
        return {total.name: total for total in self._add_up(model_calls.c.phase, model_calls, model_calls.c.key == key)}

    def by_key(self, keys: Collection[str], phase: str, run_id: str) -> dict[str, Total]:
        """By episode, the calls of a phase in a run; one that made none is left out."""
        calls = model_calls.c
        where = (calls.key.in_(list(keys)), calls.phase == phase, calls.run_id == run_id)
        return {total.name: total for total in self._add_up(calls.key, model_calls, *where)}

    def dearest_runs(self, keys: Collection[str], phases: Collection[str]) -> list[Total]:
        """For each of these episodes and phases, the calls of the run that paid most: a resumed one pays the rest."""
        calls = model_calls.c
        place = calls.key + " " + calls.phase + " " + calls.run_id
        dearest: dict[str, Total] = {}
        for some in slices(keys):
            of_runs = self._add_up(place, model_calls, calls.key.in_(some), calls.phase.in_(list(phases)))
            for total in of_runs:
                episode_and_phase = total.name.rpartition(" ")[0]
                before = dearest.get(episode_and_phase)
                if before is None or (total.cost or 0, total.unpriced) > (before.cost or 0, before.unpriced):
                    dearest[episode_and_phase] = total
        return list(dearest.values())

    def _check(self, connection: sa.Connection, call: PlannedCall, now: datetime) -> None:
        subjects: dict[Scope, str | None] = {"call": None, **_subjects(now.date(), call.payer.key)}
        limited: list[Scope] = [scope for scope in subjects if self._budget.limit(scope) is not None]
        if limited and not self._database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SPEND_LOCK)))
        for scope in limited:
            if refusal := self._budget.refusal(call, scope, _spent(connection, scope, subjects[scope])):
                raise refusal

    def _spend(self, connection: sa.Connection, day: date, key: str | None, phase: str, charge: Decimal) -> None:
        """Add to the running sums, in one order always: writers wait for each other, and never in a ring."""
        for scope, subject in _subjects(day, key).items():
            if charge and subject is not None:
                row = {"scope": scope, "subject": subject, "phase": phase, "charge": charge}
                connection.execute(self._database.add_up(spending, "charge"), row)

    def _add_up(self, name: Any, source: Any, *where: sa.ColumnElement[bool]) -> list[Total]:
        calls = model_calls.c
        query = (
            sa.select(
                name.label("name"),
                _count(calls.outcome != "replayed"),
                sa.func.coalesce(sa.func.sum(calls.input_tokens), 0),
                sa.func.coalesce(sa.func.sum(calls.cached_tokens), 0),
                sa.func.coalesce(sa.func.sum(calls.output_tokens), 0),
                sa.func.sum(calls.cost),
                _count(sa.and_(calls.cost.is_(None), calls.outcome.in_(_ANSWERED))),
                *(_count(calls.outcome == outcome) for outcome in ("open", "failed", "replayed", "rejected")),
                sa.func.coalesce(sa.func.sum(calls.reasoning_tokens), 0),
                sa.func.sum(calls.input_cost),
                sa.func.sum(calls.output_cost),
            )
            .select_from(source)
            .where(*where)
            .group_by(sa.text("1"))
            .order_by(sa.text("1"))
        )
        with self._database.reading() as connection:
            return [_total(*row) for row in connection.execute(query)]


def _grouped(by: Grouping) -> tuple[Any, Any]:
    """What a grouping is called by, and where that is."""
    if by == "show":
        details = sa.and_(artifacts.c.key == model_calls.c.key, artifacts.c.asset == "episode_details")
        return sa.func.coalesce(artifacts.c.show, "?"), model_calls.outerjoin(artifacts, details)
    if by == "model":
        return model_calls.c.provider + ":" + model_calls.c.model, model_calls
    return model_calls.c[by], model_calls


def _subjects(day: date, key: str | None) -> dict[Scope, str | None]:
    """What a call counts against, by scope."""
    return {"day": day.isoformat(), "episode": key}


def _spent(connection: sa.Connection, scope: Scope, subject: str | None) -> dict[str, Decimal]:
    """By phase, what was spent and is reserved."""
    this = sa.and_(spending.c.scope == scope, spending.c.subject == subject)
    found = connection.execute(sa.select(spending.c.phase, spending.c.charge).where(this))
    return {phase: spent for phase, spent in found if spent}


def _count(condition: sa.ColumnElement[bool]) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _total(name: Any, calls: int, *numbers: Any) -> Total:
    read, cached, written, cost, unpriced, opened, failed, replayed, refused, reasoning, reading, writing = numbers
    return Total(
        name=str(name),
        calls=int(calls),
        tokens=Tokens(int(read), int(cached), int(written), int(reasoning)),
        cost=cost,
        unpriced=int(unpriced),
        open=int(opened),
        failed=int(failed),
        replayed=int(replayed),
        refused=int(refused),
        input_cost=reading,
        output_cost=writing,
    )


def _call(row: Any) -> Call:
    is_counted = row.input_tokens is not None
    tokens = Tokens(row.input_tokens, row.cached_tokens or 0, row.output_tokens or 0, row.reasoning_tokens or 0)
    return Call(
        at=row.called_at,
        key=row.key,
        phase=row.phase,
        agent=row.agent,
        unit=row.unit,
        turn=row.turn,
        model=f"{row.provider}:{row.model}",
        prompt_version=row.prompt_version,
        run_id=row.run_id,
        attempt=row.attempt,
        outcome=row.outcome,
        milliseconds=row.milliseconds,
        tokens=tokens if is_counted else None,
        cost=Cost(row.cost, row.price_source, row.input_cost, row.output_cost),
        request_id=row.request_id,
        error=row.error,
    )


def _row(call: PlannedCall, now: datetime) -> dict[str, Any]:
    return vars(call.payer) | {
        "called_at": now,
        "day": now.date(),
        "agent": call.agent,
        "unit": call.unit,
        "provider": call.provider,
        "model": call.model,
        "charge": call.charge,
        "outcome": "open",
        "turn": call.turn,
        "prompt_version": call.prompt_version,
    }
