"""Turns at a public service, for all hosts that share a Postgres: one pace for all of them.

Who has the turn holds its row until it begins; a server that drops the connection lets the next one have it. The clock
is the database's: those of two hosts may differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import service_turns
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.turns import wait_for
from ragtime_assets.errors import TimedOut

_NOW = sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double)
"""While it is asked, not when its transaction began."""
_QUIET = "{} is left alone"


class PostgresTurns:
    """`ports.ServiceTurns` in a table."""

    def __init__(self, database: Database, wait: Callable[[float], None] = time.sleep) -> None:
        """Keep a row for each service here; `wait` is a seam for tests."""
        self._database = database
        self._wait = wait

    def take(self, service: str, seconds: float, deadline: Deadline) -> None:
        """Wait for a turn; raises TimedOut where it comes too late."""
        self._note(self._database.insert_ignore(service_turns), service, sa.literal(0.0))
        with self._database.writing() as connection:
            turn = _held(connection, service, deadline)
            quiet = connection.execute(_free_at(_QUIET.format(service))).scalar() or 0.0
            now = float(connection.execute(sa.select(_NOW)).scalar_one())
            self._wait(wait_for(service, max(turn, quiet), now, deadline))
            own = sa.update(service_turns).where(service_turns.c.service == service)
            connection.execute(own.values(free_at=_NOW + seconds))

    def hold_off(self, service: str, seconds: float) -> None:
        """Let nobody ask for so many seconds."""
        upsert = self._database.upsert(service_turns, "service")
        self._note(upsert, _QUIET.format(service), _NOW + seconds)

    def _note(self, insert: Any, service: str, free_at: sa.ColumnElement[float]) -> None:
        with self._database.writing() as connection:
            connection.execute(insert.values(service=service, free_at=free_at))


def _held(connection: sa.Connection, service: str, deadline: Deadline) -> float:
    """When the next turn is, its row held until the end of the transaction."""
    patience = max(1, int(deadline.left() * 1_000))
    connection.execute(sa.select(sa.func.set_config("lock_timeout", str(patience), True)))
    try:
        return float(connection.execute(_free_at(service).with_for_update()).scalar_one())
    except exc.OperationalError as error:
        raise TimedOut(f"{service} was not asked: others had every turn") from error


def _free_at(service: str) -> sa.Select[Any]:
    return sa.select(service_turns.c.free_at).where(service_turns.c.service == service)
