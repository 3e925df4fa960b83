"""A run keeps its connections to Dagster's storage, which opens one for whatever it reads or writes.

No upstream issue. It may go when Dagster's storages keep them too; its web server does so with Postgres.
What is done each time that a storage is opened is kept here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cache, lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import dagster as dg

from ragtime_assets.corpus.postgres_connections import NO_POOL, ending_here

_ABOUT_THE_SCHEMA = (
    "_has_asset_key_col_on_connection",
    "has_asset_key_index_cols",
    "has_built_index",
    "has_instigators_table",
    "has_run_stats_index_cols",
    "has_secondary_index",
    "has_secondary_index_table",
    "has_table",
)
"""What Dagster's storages ask with nearly everything that they read or write; what is there stays."""
_ABOUT_EPISODES = "has_dynamic_partition"
"""Asked a hundred times by the run of one episode, which stays for as long as a run is about it."""
_FILES = 64
"""So many SQLite files at most have an engine at a time: each run has one of its own."""


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


@cache
def make_engines_once() -> None:
    """Let this process make one engine for each SQLite file of Dagster's storage.

    It makes one for each statement, which SQLAlchemy then compiles anew. The engines keep no connection.
    """
    from dagster._core.storage import sql
    from dagster._core.storage.event_log.sqlite import sqlite_event_log
    from dagster._core.storage.runs.sqlite import sqlite_run_storage
    from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage

    create: Callable[..., Any] = sql.create_engine

    @lru_cache(_FILES)
    def made(file: str, poolclass: Any, how: tuple[tuple[str, Any], ...]) -> Any:
        return create(file, poolclass=poolclass, connect_args=dict(how))

    def once(file: str, *, poolclass: Any, connect_args: Mapping[str, Any] = MappingProxyType({})) -> Any:
        return made(file, poolclass, tuple(connect_args.items()))

    dagsters: tuple[Any, ...] = (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage)
    for module in dagsters:
        module.create_engine = once


def connections_to_a_server_shared() -> None:
    """Let whatever opens Dagster's storage on Postgres in this process have the same connections, which are kept.

    A code location opens it with each tick of each sensor, and one for each of its three parts.
    """
    from dagster_postgres.event_log import event_log
    from dagster_postgres.run_storage import run_storage
    from dagster_postgres.schedule_storage import schedule_storage

    keeping = cache(_keeping_engine)
    modules: tuple[Any, ...] = (event_log, run_storage, schedule_storage)
    for module in modules:
        module.create_pg_engine = _sharing(module.create_pg_engine, keeping)


@contextmanager
def connections_kept(instance: dg.DagsterInstance) -> Iterator[None]:
    """While the context is open, keep what one thread opens: one episode would open a hundred connections.

    One to Postgres is tried before it is used again, so a server that was restarted costs as little as before. Which
    tables, columns and partitions there are is asked once: Dagster asks with every event, which costs as much as
    writing it.
    """
    from dagster._core.storage.event_log import SqliteEventLogStorage
    from dagster._core.storage.runs import SqliteRunStorage

    with ExitStack() as kept:
        kept.enter_context(connections_to_a_server_kept(instance))
        kept.enter_context(_asked_once(instance.event_log_storage, _ABOUT_EPISODES))
        for storage in (instance.event_log_storage, instance.run_storage):
            if isinstance(storage, SqliteEventLogStorage):
                kept.enter_context(_kept_to_files(storage, "_connect", storage._db_lock))
            elif isinstance(storage, SqliteRunStorage):
                kept.enter_context(_kept_to_files(storage, "connect", nullcontext()))
        yield


@contextmanager
def connections_to_a_server_kept(instance: dg.DagsterInstance) -> Iterator[None]:
    """Keep the connections to Postgres, whichever thread opens them; and ask once which tables and columns there are.

    The daemon would open forty for a look of one sensor.
    """
    storages = (instance.event_log_storage, instance.run_storage, instance.schedule_storage)
    with ExitStack() as kept:
        for storage in storages:
            if hasattr(storage, "postgres_url"):
                kept.enter_context(_kept_to_postgres(storage))
            for asks in _ABOUT_THE_SCHEMA:
                if hasattr(storage, asks):
                    kept.enter_context(_asked_once(storage, asks))
        yield


def _asked_once(storage: Any, asks: str) -> AbstractContextManager[None]:
    return _replaced(storage, asks, _asked_until_true(getattr(storage, asks)))


def _asked_until_true(asks: Callable[..., bool]) -> Callable[..., bool]:
    known = set[tuple[str, ...]]()

    def asked(*given: Any) -> bool:
        about = tuple(one for one in given if isinstance(one, str))  # the other is the connection to ask by
        if about not in known and asks(*given):
            known.add(about)
        return about in known

    return asked


@contextmanager
def _kept_to_postgres(storage: Any) -> Iterator[None]:
    before = storage._engine
    if not isinstance(before.pool, NO_POOL):  # somebody keeps them already
        yield
        return
    storage._engine = _keeping_engine(storage.postgres_url, storage._token_provider)
    try:
        yield
    finally:
        storage._engine.dispose()
        storage._engine = before


def _keeping_engine(url: str, token_provider: Any = None) -> Any:
    from dagster_postgres.utils import create_pg_engine

    how = {"isolation_level": "AUTOCOMMIT", "pool_size": 2, "max_overflow": -1, "pool_pre_ping": True}
    how["connect_args"] = ending_here(url)
    return create_pg_engine(url, token_provider, **how)


def _sharing(create: Callable[..., Any], keeping: Callable[[str], Any]) -> Callable[..., Any]:
    """Dagster's maker of engines, but for those that would keep nothing and whose password does not change."""

    def created(url: str, token_provider: Any = None, **how: Any) -> Any:
        keeps_nothing = how.get("poolclass") is NO_POOL
        return keeping(url) if keeps_nothing and token_provider is None else create(url, token_provider, **how)

    return created


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
