"""One way to the corpus tables, SQLite or Postgres: how transactions begin, and how errors are named."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from ragtime_assets.corpus.migrations import newest_version, upgrade
from ragtime_assets.corpus.poolers import refuse_transaction_pooling
from ragtime_assets.corpus.postgres_connections import engine_of
from ragtime_assets.corpus.schema import VERSION_TABLE
from ragtime_assets.domain.folders import made_folder
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import ConfigurationError, OtherSchema, StorageFull, StoreUnavailable

SCHEMA_VERSION = newest_version()
SUBMIT_LOCK = 0x7261_6774
"""Whoever writes requests holds it. Of several locks it is taken last."""
_SLICE = 500
_LOCKED = "55P03"
_NO_FILE_OF_OURS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
"""What SQLite says of a file that this user may not read or write; the byte above tells more of it."""
_OURS = (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.InternalError, exc.NotSupportedError)
"""What is wrong with a statement, not with the database."""


class Database:
    """Short transactions on one engine; the tables are made on first use, but an older schema is not upgraded."""

    def __init__(self, url: str, busy_seconds: float = 30, read_seconds: float | None = None) -> None:
        """Nothing is opened before the first transaction; one that writes waits so long for what others have locked.

        Who only reads from SQLite, and who opens it, may wait less.
        """
        self.url = _url(url)
        self._busy_seconds = busy_seconds
        self._read_seconds = busy_seconds if read_seconds is None else read_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"

    @cached_property
    def engine(self) -> sa.Engine:
        """The engine, with the schema in place."""
        self._make_folder()
        with errors_named(self.url), ExitStack() as unless_opened:
            engine = self._reached()
            unless_opened.callback(engine.dispose)
            self._check_version(engine)
            unless_opened.pop_all()
        return engine

    @cached_property
    def _reader(self) -> sa.Engine:
        return self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def version(self) -> str | None:
        """The version of the schema that is there; None where there is none."""
        if self.is_sqlite and not Path(self.url.database or "").exists():
            return None
        with errors_named(self.url), self._for_a_moment() as engine:
            return _schema_version(engine)

    def migrate(self) -> str | None:
        """Bring the tables to the present schema; the version they had before, None where there were none."""
        self.close()
        self._make_folder()
        with errors_named(self.url), self._for_a_moment() as engine:
            found = _schema_version(engine)
            self._refuse_newer(found)
            if found != SCHEMA_VERSION:
                upgrade(engine)
        return found

    def _make_folder(self) -> None:
        if self.is_sqlite and self.url.database:
            made_folder(Path(self.url.database).parent)

    def bare_engine(self) -> sa.Engine:
        """An engine that has not looked at the schema."""
        if not self.is_sqlite:
            return engine_of(self.url, pool_pre_ping=True, pool_size=2, max_overflow=8)
        engine = sa.create_engine(self.url, connect_args={"timeout": self._read_seconds})
        event.listen(engine, "connect", lambda connection, _record: _prepare_sqlite(connection, self._read_seconds))
        event.listen(engine, "begin", self._begin_sqlite)
        return engine

    @property
    def shown(self) -> str:
        """Where it is, without a password."""
        return _shown(self.url)

    @contextmanager
    def _for_a_moment(self) -> Iterator[sa.Engine]:
        engine = self._reached()
        try:
            yield engine
        finally:
            engine.dispose()

    def _reached(self) -> sa.Engine:
        """An engine on which locks hold, whatever the schema; raises ConfigurationError where they would not."""
        engine = self.bare_engine()
        if not self.is_sqlite:
            refuse_transaction_pooling(engine, _shown(self.url))
        return engine

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """What only reads. On Postgres no transaction is begun for it: each statement sees what is committed anyway."""
        with errors_named(self.url), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that may read and then write: on SQLite it takes the write lock at once."""
        with (
            errors_named(self.url),
            self.engine.connect().execution_options(ragtime_write=True) as connection,
            connection.begin(),
        ):
            if not self.is_sqlite:
                connection.exec_driver_sql(f"set local lock_timeout = {int(self._busy_seconds * 1_000)}")
            yield connection

    @contextmanager
    def appending(self) -> Iterator[sa.Connection]:
        """A writing transaction, one at a time, so that the ids it hands out become visible in order."""
        with self.writing_alone(SUBMIT_LOCK) as connection:
            yield connection

    @contextmanager
    def writing_alone(self, lock: int) -> Iterator[sa.Connection]:
        """A writing transaction, one at a time of those that name this lock; SQLite knows no other."""
        with self.writing() as connection:
            self.take(connection, lock)
            yield connection

    def take(self, connection: sa.Connection, lock: int) -> None:
        """Hold this lock too, until the writing transaction ends."""
        if not self.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))

    def insert_ignore(self, table: sa.Table) -> Any:
        """An INSERT that leaves existing rows alone, in this dialect."""
        return self._dialect_insert(table).on_conflict_do_nothing()

    def upsert(self, table: sa.Table, *keys: str) -> Any:
        """An INSERT that overwrites all but the `keys` of an existing row."""
        insert = self._dialect_insert(table)
        kept = {*keys, *(column.name for column in table.primary_key)}
        changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in kept}
        return insert.on_conflict_do_update(index_elements=list(keys), set_=changed)

    def add_up(self, table: sa.Table, column: str, *newest: str) -> Any:
        """An INSERT that adds its `column` to that of an existing row, of which it overwrites the `newest`."""
        insert = self._dialect_insert(table)
        changed = {column: table.c[column] + insert.excluded[column]} | {one: insert.excluded[one] for one in newest}
        return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)

    def is_one_of(self, column: sa.Column[str], values: Sequence[str]) -> sa.ColumnElement[bool]:
        """As `column.in_`, with one parameter for all: a statement that grows with them is made anew each time."""
        if self.is_sqlite:
            return column.in_(sa.text("SELECT value FROM json_each(:values)").bindparams(values=json.dumps(values)))
        return column == sa.any_(sa.literal(values, sa.ARRAY(column.type)))

    def _begin_sqlite(self, connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("ragtime_write")
        if self._read_seconds != self._busy_seconds:
            seconds = self._busy_seconds if write else self._read_seconds
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(seconds * 1000)}").close()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    def _dialect_insert(self, table: sa.Table) -> Any:
        if self.is_sqlite:
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert
        return insert(table)

    def _check_version(self, engine: sa.Engine) -> None:
        """Make the tables where there are none; refuse those of another version, which `migrate` alone changes."""
        found = _schema_version(engine)
        self._refuse_newer(found)
        if found is None:
            upgrade(engine)
        elif found != SCHEMA_VERSION:
            raise OtherSchema(
                f"the corpus database {_shown(self.url)} has schema version {found}; "
                f"this ragtime-assets works with {SCHEMA_VERSION}",
                remedy="Back up, then `ragtime migrate`, or restart `ragtime up`; the schema is changed by no other.",
            )

    def _refuse_newer(self, found: str | None) -> None:
        if found is not None and found > SCHEMA_VERSION:
            raise OtherSchema(
                f"the corpus database {_shown(self.url)} has schema version {found}; "
                f"this ragtime-assets knows up to {SCHEMA_VERSION}",
                remedy="Upgrade ragtime-assets, or name another database in RAGTIME_DATABASE_URL.",
            )

    def check(self) -> None:
        """Raises where it does not answer, or has tables of another version."""
        with self.reading():
            pass

    def clock(self) -> datetime:
        """What time it is by the database, for what is compared with what other machines wrote."""
        if self.is_sqlite:
            return datetime.now(UTC)
        with self.reading() as connection:
            return clock_of(connection)

    @property
    def present(self) -> datetime | sa.Function[datetime]:
        """The same within a statement, where it may be compared by an index."""
        return datetime.now(UTC) if self.is_sqlite else sa.func.statement_timestamp()

    def close(self) -> None:
        """Give all connections back."""
        self.__dict__.pop("_reader", None)
        if "engine" in self.__dict__:
            self.__dict__.pop("engine").dispose()


def clock_of(connection: sa.Connection) -> datetime:
    """What time it is by this database: one clock for all machines; SQLite has that of its own."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    return connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one().astimezone(UTC)


def slices(items: Collection[str]) -> Iterator[Sequence[str]]:
    """These a few hundred at a time: a statement takes only so many values."""
    listed = list(items)
    for start in range(0, len(listed), _SLICE):
        yield listed[start : start + _SLICE]


def _url(text: str) -> sa.URL:
    """The parts of a URL; what a parser says of a wrong one may hold a part of the password, so it is not passed on."""
    try:
        return sa.make_url(text)
    except (ValueError, exc.ArgumentError):
        raise ConfigurationError(
            "RAGTIME_DATABASE_URL cannot be read as the URL of a database",
            remedy="Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with : / ? # @ in the password as %XX.",
        ) from None


def _shown(url: sa.URL) -> str:
    return masked(url.render_as_string(hide_password=True))


def _schema_version(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(sa.select(sa.column("version_num")).select_from(sa.table(VERSION_TABLE))).scalar()


def _prepare_sqlite(connection: Any, busy_seconds: float) -> None:
    connection.isolation_level = None
    _turn_on_wal(connection, busy_seconds)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={int(busy_seconds * 1000)}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _turn_on_wal(connection: Any, busy_seconds: float) -> None:
    """Turn the file's write-ahead log on, once for all; SQLite itself does not wait where two do it together."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


@contextmanager
def errors_named(url: sa.URL) -> Iterator[None]:
    """What SQLAlchemy raises because of the database, not because of us, as errors of ours."""
    try:
        yield
    except exc.NoSuchModuleError as error:
        raise ConfigurationError(f"RAGTIME_DATABASE_URL names an unknown database: {error}") from error
    except (exc.DatabaseError, exc.InterfaceError, exc.TimeoutError) as error:
        where = _shown(url)
        if isinstance(error, exc.ProgrammingError) and error.statement is None:
            raise ConfigurationError(
                f"the corpus database {where} cannot be opened: {_reason(error)}",
                remedy="Correct RAGTIME_DATABASE_URL: after the ? stand options of a Postgres connection.",
            ) from error
        if isinstance(error, _OURS):
            raise
        if isinstance(error, exc.DBAPIError) and getattr(error.orig, "pgcode", None) == _LOCKED:
            raise StoreUnavailable(
                f"what is to be written in the corpus database {where} is locked by another session",
                remedy="End the session that holds the lock (in pg_stat_activity, `idle in transaction`), try again.",
            ) from error
        if "database or disk is full" in str(error):
            raise StorageFull(f"no space left for the corpus tables in {where}") from error
        if getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF in _NO_FILE_OF_OURS:
            raise ConfigurationError(
                f"the corpus database {where} cannot be opened and written to: {_reason(error)}",
                remedy="Let this user read and write the file and its folder, or set RAGTIME_HOME to another folder.",
            ) from error
        raise StoreUnavailable(
            f"the corpus database {where} does not answer: {_reason(error)}",
            remedy="Check RAGTIME_DATABASE_URL and that the database runs, then try again.",
        ) from error


def is_of_a_database(error: BaseException) -> bool:
    """Whether a library raised this because of a database, or of what brings its tables up to date.

    For those who use a database through a library of their own.
    """
    from alembic.util import CommandError

    return isinstance(error, exc.SQLAlchemyError | sqlite3.Error | CommandError)


def is_an_outage(error: BaseException) -> bool:
    """Whether it was raised because a database does not answer, and not because of what it was asked."""
    if isinstance(error, exc.DatabaseError | exc.InterfaceError | exc.TimeoutError):
        return not isinstance(error, _OURS)
    return isinstance(error, sqlite3.OperationalError)


def _reason(error: exc.SQLAlchemyError) -> str:
    return str(error.orig if isinstance(error, exc.DBAPIError) else error)
