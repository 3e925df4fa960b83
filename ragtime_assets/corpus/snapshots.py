"""The corpus tables at one moment as a file, and the tables made from such a file, or dropped.

A snapshot of SQLite is a database of its own, made while others write. One of Postgres holds the rows of our tables
alone, which may share their database with Dagster's; the tables themselves are made by the migrations.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from ragtime_assets.corpus import postgres_programs
from ragtime_assets.corpus.database import SCHEMA_VERSION, Database, errors_named
from ragtime_assets.corpus.migrations import migrating, upgrade
from ragtime_assets.corpus.schema import VERSION_TABLE, corpus, feeds, metadata, submissions
from ragtime_assets.errors import StorageFull, StoreUnavailable

_WORD_TABLES = ("passage_words", "passage_words_counts", "entity_name_trigrams", "entity_name_trigram_counts")
"""Of SQLite alone, and made by hand in the migrations."""


@dataclass(frozen=True)
class Snapshot:
    """A file with the tables, and what they are of."""

    path: Path
    kind: str
    version: str
    """Of the schema."""
    client: int | None = None
    """The major version of the Postgres programs that wrote it."""
    corpus: str = ""
    """The id of the corpus; empty before corpora had one."""
    keys: frozenset[str] = frozenset()
    """The episodes that are not forgotten."""


def corpus_id(database: Database) -> str:
    """Which corpus this is."""
    with database.reading() as connection:
        return str(connection.execute(sa.select(corpus.c.id)).scalar_one())


def rename(database: Database) -> str:
    """Make this a corpus of its own; its new id."""
    fresh = uuid.uuid4().hex
    with database.writing() as connection:
        connection.execute(sa.update(corpus).values(id=fresh))
    return fresh


def is_empty(database: Database) -> bool:
    """Whether nothing was ever submitted here, and no feed followed."""
    with database.reading() as connection:
        return all(connection.execute(sa.select(table.c.id).limit(1)).first() is None for table in (submissions, feeds))


def take(database: Database, folder: Path, environment: Mapping[str, str]) -> Snapshot:
    """Write the tables as they are at this moment, of whatever version, into a file in this folder."""
    version = database.version()
    if version is None:
        version = SCHEMA_VERSION if database.engine else ""
    with errors_named(database.url):
        engine = database.bare_engine()
        with engine.connect() as connection:
            there = [table.name for table in metadata.sorted_tables if sa.inspect(connection).has_table(table.name)]
            server = 0 if database.is_sqlite else _major(connection)
        if database.is_sqlite:
            snapshot = Snapshot(folder / "corpus.sqlite", "sqlite", version)
            copy_sqlite(Path(database.url.database or ""), snapshot.path)
        else:
            program, client = postgres_programs.fitting("pg_dump", server)
            snapshot = Snapshot(folder / "corpus.pgdump", "postgresql", version, client)
            options = ["--format=custom", "--data-only", f"--file={snapshot.path}"]
            ours = [f"--table={name}" for name in there]
            postgres_programs.run(program, database.url, [*options, *ours], environment)
        with engine.connect() as connection:
            named = connection.execute(sa.select(corpus.c.id)).scalar_one() if corpus.name in there else ""
            live = sa.select(submissions.c.key).where(submissions.c.forgotten_at.is_(None))
            keys = frozenset(connection.execute(live).scalars())
        engine.dispose()
    return replace(snapshot, corpus=named, keys=keys)


def bring_in(database: Database, snapshot: Snapshot, environment: Mapping[str, str]) -> None:
    """Replace the tables, whatever is in them, by those of the snapshot, then bring them to the present schema.

    On SQLite that is one transaction; on Postgres who is killed in the middle leaves tables without rows.
    """
    if database.is_sqlite:
        database.close()
        copy_sqlite(snapshot.path, Path(database.url.database or ""))
    else:
        program, _ = postgres_programs.fitting("pg_restore", snapshot.client or 0)
        drop(database)
        with errors_named(database.url):
            engine = database.bare_engine()
            upgrade(engine, snapshot.version)
            with migrating(engine) as connection:
                _empty(connection)
            engine.dispose()
        options = ["--data-only", "--single-transaction", "--exit-on-error", "--no-owner", str(snapshot.path)]
        postgres_programs.run(program, database.url, options, environment)
    database.migrate()


def drop(database: Database) -> None:
    """Drop our tables and nothing else: what others have in the same database stays."""
    database.close()
    with errors_named(database.url):
        engine = database.bare_engine()
        with migrating(engine) as connection:
            for table in _WORD_TABLES if database.is_sqlite else ():
                connection.exec_driver_sql(f"drop table if exists {table}")
            metadata.drop_all(connection)
            connection.exec_driver_sql(f"drop table if exists {VERSION_TABLE}")
        engine.dispose()
    if database.is_sqlite:  # which keeps the room, and what was in it, for later rows
        path = Path(database.url.database or "")
        with _errors_named(path), closing(sqlite3.connect(path)) as connection:
            connection.execute("vacuum").close()


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that others may be writing to, over whatever is in the target, in one transaction of it."""
    with _errors_named(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        is_new = not target.exists()
        with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as copy:
            there.backup(copy)
            if is_new:
                copy.execute("pragma journal_mode=delete").close()  # one file, and no log beside it


def _major(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("show server_version_num").scalar_one()) // 10_000


def _empty(connection: sa.Connection) -> None:
    """Take out the rows that migrations make."""
    found = sa.MetaData()
    found.reflect(connection, only=[table for table in metadata.tables if sa.inspect(connection).has_table(table)])
    for table in reversed(found.sorted_tables):
        connection.execute(sa.delete(table))


@contextmanager
def _errors_named(target: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if "disk is full" in str(error):
            raise StorageFull(f"no space left for {target}", remedy="Free space there, then try again.") from error
        raise StoreUnavailable(f"{target} cannot be written: {error}", remedy="Check it, then try again.") from error
