"""Locks that die with their holder, on Postgres: session advisory locks, all those of a process on one connection."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy import exc

from ragtime_assets.corpus.database import Database, errors_named
from ragtime_assets.corpus.postgres_connections import engine_of
from ragtime_assets.ports import Locks, LockTaken

_HOLDER = "ragtime "
_LOOK_SECONDS = 0.5
"""Much shorter than those that look for dead runs wait before they believe it."""
_TURN_SECONDS = 0.05
_WHO_HOLDS = """
    select application_name
    from pg_locks
    join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and objsubid = 1
      and pg_locks.database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32) | objid::bigint = :number
"""
_log = logging.getLogger(__name__)


class PostgresLocks:
    """`ports.Locks` for machines that share no disk; the holder's name is the connection's application_name.

    A connection can break while its process lives on: the server was restarted, or something between them dropped it.
    So it is looked after, and what was held is taken again on a new one, before anybody takes the holder for dead.
    """

    def __init__(self, database: Database) -> None:
        """Work on this database; connected only while something is held."""
        self._engine = engine_of(database.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        self._mutex = threading.Lock()
        self._session: sa.Connection | None = None
        self._held: dict[str, str] = {}
        self._to_take_again: set[str] = set()
        self._nothing_held = threading.Event()

    @contextmanager
    def hold(self, name: str, holder: str) -> Iterator[None]:
        """Hold `name` while the context is open; raises LockTaken at once when somebody has it."""
        with self._mutex, errors_named(self._engine.url):
            self._take(name, holder)
        try:
            yield
        finally:
            with self._mutex:
                self._let_go(name)

    def is_held(self, name: str) -> bool:
        """Whether somebody holds `name` now."""
        with errors_named(self._engine.url), self._engine.connect() as connection:
            return _holder_of(connection, name) is not None

    def sweep(self) -> int:
        """Nothing: a lock is gone with its connection."""
        return 0

    def _take(self, name: str, holder: str) -> None:
        if name in self._held:
            raise LockTaken(name, self._held[name])
        try:
            with self._connected(holder) as session:
                if not _try(session, name):
                    raise LockTaken(name, _holder_of(session, name))
            self._held[name] = holder
        finally:
            self._close_if_nothing_is_held()

    def _let_go(self, name: str) -> None:
        del self._held[name]
        self._to_take_again.discard(name)
        if self._session is not None:
            with suppress(exc.DBAPIError), self._connected("") as session:  # what broke has let go already
                session.execute(sa.select(sa.func.pg_advisory_unlock(_number(name))))
        self._close_if_nothing_is_held()

    @contextmanager
    def _connected(self, holder: str) -> Iterator[sa.Connection]:
        """The connection that holds the locks; one that breaks is dropped, since it would quietly make itself anew."""
        session = self._session or self._open(holder)
        try:
            yield session
        except exc.DBAPIError:
            self._to_take_again = set(self._held)
            self._drop()
            raise

    def _open(self, holder: str) -> sa.Connection:
        session = self._session = self._engine.connect()
        session.execute(sa.text("select set_config('application_name', :who, false)"), {"who": _HOLDER + holder})
        if not self._held:
            self._nothing_held = threading.Event()
            keeper = threading.Thread(target=self._look_after, args=(self._nothing_held,), daemon=True)
            keeper.start()
        return session

    def _close_if_nothing_is_held(self) -> None:
        if not self._held:
            self._nothing_held.set()
            self._drop()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(exc.DBAPIError):
                session.close()

    def _look_after(self, nothing_held: threading.Event) -> None:
        while not nothing_held.wait(_LOOK_SECONDS):
            with self._mutex:
                if self._held and not nothing_held.is_set():
                    self._see_that_all_are_held()

    def _see_that_all_are_held(self) -> None:
        """Take again what a broken connection let go, for as long as it takes."""
        for _ in ("the one that may have broken", "a new one"):
            try:
                with self._connected(next(iter(self._held.values()))) as session:
                    session.execute(sa.select(1))
                    self._to_take_again -= {name for name in self._to_take_again if _try(session, name)}
                return
            except exc.DBAPIError as error:
                _log.warning("the connection that holds locks broke and is made anew: %s", type(error).__name__)


@contextmanager
def held_in_turn(locks: Locks, name: str, seconds: float) -> Iterator[None]:
    """Hold `name` once whoever has it lets go; raises LockTaken after so many seconds."""
    until = time.monotonic() + seconds
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(locks.hold(name, "waits its turn"))
                break
            except LockTaken:
                if time.monotonic() > until:
                    raise
                time.sleep(_TURN_SECONDS)
        yield


def _try(session: sa.Connection, name: str) -> bool:
    return bool(session.execute(sa.select(sa.func.pg_try_advisory_lock(_number(name)))).scalar())


def _holder_of(session: sa.Connection, name: str) -> str | None:
    found = session.execute(sa.text(_WHO_HOLDS), {"number": _number(name)}).scalar()
    return None if found is None else str(found).removeprefix(_HOLDER)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1
