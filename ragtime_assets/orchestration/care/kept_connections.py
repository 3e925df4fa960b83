"""A run keeps its connections to Dagster's storage, which opens one for whatever it reads or writes.

No upstream issue. It may go when Dagster's storages keep them too; its web server does so with Postgres.
What is done each time that a storage is opened is kept here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cache
from itertools import chain
from typing import Any

import dagster as dg


def read_migrations_once() -> None:
    """Let this process read the migrations of Dagster's storage once: it does so with each tick of each sensor.

    They were four tenths of what a code location that waits computes. It may go when a storage that is opened again
    does not look whether its tables are the newest.
    """
    from dagster._core.storage import sql

    dagsters: Any = sql
    read, known = dagsters.ScriptDirectory, dict[str | None, Any]()

    class ReadOnce(read):
        @classmethod
        def from_config(cls, config: Any) -> Any:
            place = config.get_main_option("script_location")
            if place not in known:
                known[place] = read.from_config(config)
            return known[place]

    dagsters.ScriptDirectory = ReadOnce


@contextmanager
def connections_kept(instance: dg.DagsterInstance) -> Iterator[None]:
    """While the context is open, keep what is opened: one episode would open a hundred connections.

    One to Postgres is tried before it is used again, so a server that was restarted costs as little as before. Which
    tables and columns there are is asked once: Dagster asks with every event, which costs as much as writing it.
    """
    from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
    from dagster._core.storage.runs import SqliteRunStorage

    with ExitStack() as kept:
        for storage in (instance.event_log_storage, instance.run_storage):
            if hasattr(storage, "postgres_url"):
                kept.enter_context(_kept_to_postgres(storage))
            elif isinstance(storage, SqliteEventLogStorage):
                kept.enter_context(_kept_to_files(storage, "_connect", storage._db_lock))
            elif isinstance(storage, SqliteRunStorage):
                kept.enter_context(_kept_to_files(storage, "connect", nullcontext()))
        if isinstance(events := instance.event_log_storage, SqlEventLogStorage):
            for asks in (events.has_table, events.has_asset_key_index_cols):
                kept.enter_context(_replaced(events, asks.__name__, cache(asks)))
        yield


@contextmanager
def _kept_to_postgres(storage: Any) -> Iterator[None]:
    from dagster_postgres.utils import create_pg_engine

    before = storage._engine
    how = {"isolation_level": "AUTOCOMMIT", "pool_size": 2, "max_overflow": -1, "pool_pre_ping": True}
    storage._engine = create_pg_engine(storage.postgres_url, storage._token_provider, **how)
    try:
        yield
    finally:
        storage._engine.dispose()
        storage._engine = before


@contextmanager
def _kept_to_files(storage: Any, connect: str, lock: AbstractContextManager[Any]) -> Iterator[None]:
    """Dagster has a file of events for each run, and one of what concerns assets; each is made when it is needed.

    A file that is closed for the last time is also tidied up, which costs as much as writing an event.
    """
    dagsters: Callable[..., AbstractContextManager[Any]] = getattr(storage, connect)
    unused: defaultdict[tuple[str, ...], list[Any]] = defaultdict(list)

    def opened(file: tuple[str, ...]) -> Any:
        with dagsters(*file) as first:
            return first.engine.connect()

    @contextmanager
    def kept(*file: str) -> Iterator[Any]:
        connection = unused[file].pop() if unused[file] else opened(file)
        try:
            with lock, connection.begin():
                yield connection
        finally:
            unused[file].append(connection)

    try:
        with _replaced(storage, connect, kept):
            yield
    finally:
        for connection in chain.from_iterable(unused.values()):
            connection.close()


@contextmanager
def _replaced(storage: Any, method: str, by: Callable[..., Any]) -> Iterator[None]:
    before = vars(storage).get(method)
    setattr(storage, method, by)
    try:
        yield
    finally:
        if before is None:
            delattr(storage, method)
        else:
            setattr(storage, method, before)
