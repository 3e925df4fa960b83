"""What people were asked before an episode went on, and what they said. One question for the same inputs, ever."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import approvals as table
from ragtime_assets.corpus.submissions import append_requests
from ragtime_assets.domain.approving.approval import Approval, Decision
from ragtime_assets.errors import InvalidSubmission

_NOTHING_ASKED = "`ragtime status` tells which episodes wait for approval; nobody has to be asked for the others."


class SqlApprovals:
    """The table of questions and answers."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def of(self, key: str, asset: str, covers: str) -> Approval | None:
        """The question about these inputs, if it was ever asked."""
        query = sa.select(table).where(table.c.key == key, table.c.asset == asset, table.c.covers == covers)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _approval(row)

    def ask(self, key: str, asset: str, covers: str, why: str, estimate: str) -> Approval:
        """Put the question, unless it was put before; with the answer, if there is one."""
        values = {"key": key, "asset": asset, "covers": covers, "why": why, "estimate": estimate}
        with self._database.writing() as connection:
            connection.execute(self._database.insert_ignore(table), values | {"asked_at": clock_of(connection)})
        found = self.of(key, asset, covers)
        if found is None:  # forgotten in this very moment
            raise InvalidSubmission(f"the episode {key} is gone", remedy="Nothing to do: somebody forgot it.")
        return found

    def asked(self, key: str) -> list[Approval]:
        """Every question that was ever asked about an episode, the oldest first."""
        query = sa.select(table).where(table.c.key == key).order_by(table.c.id)
        with self._database.reading() as connection:
            return [_approval(row) for row in connection.execute(query)]

    def newest(self, keys: Collection[str] | None = None) -> dict[str, Approval]:
        """By episode, the last question that was asked; of every episode when None."""
        newest = sa.select(sa.func.max(table.c.id)).group_by(table.c.key)
        query = sa.select(table).where(table.c.id.in_(newest if keys is None else newest.where(table.c.key.in_(keys))))
        with self._database.reading() as connection:
            return {row.key: _approval(row) for row in connection.execute(query.order_by(table.c.id))}

    def waiting(self) -> list[Approval]:
        """The questions that nobody answered yet, the oldest first."""
        return [one for one in self.newest().values() if one.decision is None]

    def decide(self, keys: Sequence[str], decision: Decision, by: str, note: str | None = None) -> list[str]:
        """Answer for these episodes, and ask for the runs that go on or stop; which of them this changed.

        All or none: raises InvalidSubmission, and decides nothing, where one of them waits for no answer.
        """
        with self._database.appending() as connection:
            newest = sa.select(sa.func.max(table.c.id)).where(table.c.key.in_(keys)).group_by(table.c.key)
            rows = connection.execute(sa.select(table).where(table.c.id.in_(newest))).all()
            asked = {row.key: _approval(row) for row in rows}
            for key in keys:
                _refuse_what_makes_no_sense(key, asked.get(key), decision)
            changed = [key for key in dict.fromkeys(keys) if asked[key].decision is not decision]
            if changed:
                said = {"decision": decision.value, "decided_by": by, "decided_at": clock_of(connection), "note": note}
                theirs = table.c.id.in_([asked[key].id for key in changed])
                connection.execute(sa.update(table).where(theirs).values(**said, told_at=None))
                append_requests(connection, changed, by)
        return changed

    def untold(self, limit: int) -> list[Approval]:
        """The answers that Dagster's history does not tell of yet, the oldest first."""
        query = sa.select(table).where(table.c.decided_at.is_not(None), table.c.told_at.is_(None))
        with self._database.reading() as connection:
            return [_approval(row) for row in connection.execute(query.order_by(table.c.decided_at).limit(limit))]

    def tell(self, told: Approval) -> None:
        """The history tells of this answer now."""
        this = sa.and_(table.c.id == told.id, table.c.decided_at == told.at)
        with self._database.writing() as connection:
            connection.execute(sa.update(table).where(this).values(told_at=clock_of(connection)))

    def forget(self, key: str) -> None:
        """Forget every question about an episode."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(table).where(table.c.key == key))


def _refuse_what_makes_no_sense(key: str, asked: Approval | None, decision: Decision) -> None:
    if asked is None:
        raise InvalidSubmission(f"{key} does not wait for approval, and never did", remedy=_NOTHING_ASKED)
    if asked.decision is Decision.APPROVED and decision is Decision.REJECTED:
        raise InvalidSubmission(
            f"{key} was {asked.decided}, so it may be under way already",
            remedy="`ragtime cancel KEY` stops it, `ragtime forget KEY` takes it out of the corpus.",
        )


def _approval(row: Any) -> Approval:
    return Approval(
        id=row.id,
        key=row.key,
        asset=row.asset,
        covers=row.covers,
        why=row.why,
        estimate=row.estimate,
        asked_at=row.asked_at,
        decision=None if row.decision is None else Decision(row.decision),
        by=row.decided_by,
        at=row.decided_at,
        note=row.note,
    )
