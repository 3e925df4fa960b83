"""Locks that die with their holder, on Postgres: session advisory locks, each on its own connection."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy import exc

from ragtime_assets.corpus.database import Database, errors_named
from ragtime_assets.ports import LockTaken

_HOLDER = "ragtime "
_WHO_HOLDS = """
    select application_name
    from pg_locks
    join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and objsubid = 1
      and pg_locks.database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32) | objid::bigint = :number
"""


class PostgresLocks:
    """`ports.Locks` for machines that share no disk; the holder's name is its connection's application_name."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._engine = sa.create_engine(database.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    @contextmanager
    def hold(self, name: str, holder: str) -> Iterator[None]:
        """Hold `name` while the context is open; raises LockTaken at once when somebody has it."""
        with errors_named(self._engine.url):
            connection = self._engine.connect()
        try:
            with errors_named(self._engine.url):
                self._take(connection, name, holder)
            try:
                yield
            finally:
                # A closed connection lets go a moment later; one that broke has let go already.
                with suppress(exc.DBAPIError):
                    connection.execute(sa.select(sa.func.pg_advisory_unlock(_number(name))))
        finally:
            connection.close()

    def is_held(self, name: str) -> bool:
        """Whether somebody holds `name` now."""
        with errors_named(self._engine.url), self._engine.connect() as connection:
            return self._holder(connection, _number(name)) is not None

    def _take(self, connection: sa.Connection, name: str, holder: str) -> None:
        number = _number(name)
        connection.execute(sa.text("select set_config('application_name', :who, false)"), {"who": _HOLDER + holder})
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
            raise LockTaken(name, self._holder(connection, number))

    def _holder(self, connection: sa.Connection, number: int) -> str | None:
        name = connection.execute(sa.text(_WHO_HOLDS), {"number": number}).scalar()
        return None if name is None else str(name).removeprefix(_HOLDER)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1
