"""What people are to be told of failures: one message per cause and hour, whoever sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import notices as table
from ragtime_assets.domain.health import UntoldCause
from ragtime_assets.domain.notices import Notice

EVERY = timedelta(hours=1)
"""What happens again within it is counted, and told afterwards."""
AGAIN_AFTER = timedelta(minutes=5)
"""When a message is sent again that did not get through, or whose sender died."""


class SqlNotices:
    """The table of what is to be told, a row for each cause."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def note(self, found: Sequence[Notice]) -> None:
        """These failures are to be told of; those of a cause add up."""
        rows = [
            {"cause": one.cause, "pending": one.count, "sample": list(one.sample), "remedy": one.remedy}
            for one in sorted(found, key=lambda one: one.cause)
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(self._database.add_up(table, "pending", "sample", "remedy"), rows)

    def take(self, now: datetime) -> list[Notice]:
        """What is due; nobody else takes it until it is told, or a while is over."""
        is_due = sa.and_(
            table.c.pending > 0,
            sa.or_(table.c.sent_at.is_(None), table.c.sent_at <= now - EVERY),
            sa.or_(table.c.taken_at.is_(None), table.c.taken_at <= now - AGAIN_AFTER),
        )
        with self._database.writing() as connection:
            rows = connection.execute(sa.update(table).where(is_due).values(taken_at=now).returning(table)).all()
        return [
            Notice(row.cause, row.pending, tuple(row.sample), row.remedy)
            for row in sorted(rows, key=lambda row: str(row.cause))
        ]

    def sent(self, told: Notice, now: datetime) -> None:
        """People were told; what was added meanwhile is for the next message."""
        left = {"pending": table.c.pending - told.count, "sent_at": now, "taken_at": None, "error": None}
        with self._database.writing() as connection:
            connection.execute(sa.update(table).where(table.c.cause == told.cause).values(**left))

    def failed(self, untold: Notice, error: str) -> None:
        """People could not be told, and why."""
        with self._database.writing() as connection:
            connection.execute(sa.update(table).where(table.c.cause == untold.cause).values(error=error))

    def untold(self) -> tuple[UntoldCause, ...]:
        """What people could not be told of."""
        query = sa.select(table).where(table.c.error.is_not(None), table.c.pending > 0).order_by(table.c.cause)
        with self._database.reading() as connection:
            return tuple(
                UntoldCause(cause=row.cause, episodes=row.pending, error=row.error) for row in connection.execute(query)
            )
