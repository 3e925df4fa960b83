"""A corpus of very many episodes: one is made for real, and its rows are copied in the tables under other names.

What reads the tables cannot tell: each copy has a run, events, tags, check evaluations, a partition, a submission,
artifacts and passages of its own. What is left out are the artifact files, the vectors, and on SQLite the file of
events that Dagster keeps for each run, which only the page of that run reads.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetEventTagsTable,
    DynamicPartitionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable

from ragtime_assets.corpus.schema import artifacts, episode_identities, passages, requests, submissions
from ragtime_assets.corpus.schema import metadata as corpus_tables
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets_tests.house import House
from ragtime_assets_tests.shows import guid, no_ears, serve_show

AT_ONCE = 5_000
FIRST_NAMES, LAST_NAMES = 1_000, 50
"""So many names share the place of the one that the model speaks of, so a search finds one episode in a thousand."""
AGO = timedelta(days=2)
LEAST_FREE = 8_000_000_000
_INDEXES = {
    "sqlite": "select name, sql from sqlite_master where type = 'index' and tbl_name = 'event_logs' and sql like 'C%'",
    "postgresql": "select indexname, indexdef from pg_indexes where tablename = 'event_logs' and indexname like 'idx%'",
}
_COPIES = sa.Table(
    "copies",
    sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("key", "run", "guid", "first", "last")),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Recorded:
    """A corpus, and the names of its episodes."""

    house: House
    model: Mapping[str, str]
    count: int

    @property
    def events_an_episode(self) -> int:
        """Rows of Dagster's event log."""
        with _events(self.house) as connection:
            table = SqlEventLogStorageTable
            query = sa.select(sa.func.count()).where(table.c.run_id == self.model["run"])
            return int(connection.execute(query).scalar_one())

    @property
    def last_request(self) -> int:
        """The cursor of the sensor that has planned all of them."""
        with self.house.studio.database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.max(requests.c.id))).scalar_one())

    def key(self, place: int) -> str:
        """The key of an episode."""
        return _named(self.model, place)["key"]


@contextmanager
def recorded(folder: Path, count: int, database_url: str | None = None) -> Iterator[Recorded]:
    """So many episodes in this folder, and in this Postgres if one is named."""
    with (
        serve_show(1) as base,
        House.open(folder, base, whisper_model=no_ears(folder), database_url=database_url) as house,
    ):
        (key,) = house.take([item_submission(f"{base}/feed.xml", guid(0))])
        made = house.run(key)
        assert made.success
        model = {"key": key, "run": made.run_id, "guid": guid(0), "first": "clifford", "last": "brown"}
        _age(house, made.run_id)
        with _unindexed(house):
            for start in range(1, count, AT_ONCE):
                _copy_all(house, model, [_named(model, place) for place in range(start, min(start + AT_ONCE, count))])
        _tidy_up(house)
        yield Recorded(house, model, count)


def _named(model: Mapping[str, str], place: int) -> dict[str, str]:
    """What a copy has in the place of the model's names."""
    if place == 0:
        return dict(model)
    return {
        "key": f"{model['key'][:-7]}{place:07}".replace(model["guid"], guid(place)),
        "run": f"{model['run'][:-12]}{place:012}",
        "guid": guid(place),
        "first": f"clifford{place % FIRST_NAMES}",
        "last": f"brown{place % LAST_NAMES}",
    }


def _age(house: House, run_id: str) -> None:
    """Let the model be some days old, so that no sensor takes its copies for news."""
    then = datetime.now(UTC) - AGO
    when = then.replace(tzinfo=None)
    with _runs(house) as connection:
        old = {"create_timestamp": when, "update_timestamp": when, "start_time": then.timestamp()}
        runs = sa.update(RunsTable).where(RunsTable.c.run_id == run_id)
        connection.execute(runs.values(**old, end_time=then.timestamp() + 60))
    with _events(house) as connection:
        connection.execute(sa.update(SqlEventLogStorageTable).values(timestamp=when))
    with house.studio.database.writing() as connection:
        connection.execute(sa.update(artifacts).values(created_at=then))
        connection.execute(sa.update(requests).values(requested_at=then - AGO))


def _copy_all(house: House, model: Mapping[str, str], names: list[dict[str, str]]) -> None:
    if shutil.disk_usage(house.studio.settings.root).free < LEAST_FREE:
        raise SystemExit("there is not enough room on this disk for so many episodes")
    with house.studio.database.writing() as connection:
        first = connection.execute(sa.select(sa.func.max(submissions.c.id))).scalar_one()
        _list(connection, names, first + 1)
        number = sa.select(submissions.c.id).where(submissions.c.key == model["key"]).scalar_subquery()
        _copy(connection, submissions, model, {"id": _COPIES.c.place}, submissions.c.key == model["key"])
        _copy(connection, requests, model, {"submission_id": _COPIES.c.place}, requests.c.submission_id == number)
        once = {"identity": episode_identities.c.identity + " of " + _COPIES.c.key}
        _copy(connection, episode_identities, model, once, episode_identities.c.key == model["key"])
        _copy(connection, artifacts, model, {}, artifacts.c.key == model["key"])
        digest = sa.func.substr(passages.c.chunk_digest, 1, 50) + sa.cast(_COPIES.c.place, sa.Text)
        _copy(connection, passages, model, {"chunk_digest": digest}, passages.c.episode_key == model["key"])
        _count_on(connection, submissions)
        _forget_list(connection)
    with _runs(house) as connection:
        _list(connection, names)
        for table in (RunsTable, RunTagsTable):
            _copy(connection, table, model, {}, table.c.run_id == model["run"])
        _forget_list(connection)
    with _events(house) as connection:
        _list(connection, names)
        _copy_events(connection, model)
        _forget_list(connection)


def _copy_events(connection: sa.Connection, model: Mapping[str, str]) -> None:
    """The events with what refers to their numbers, so the copies get numbers that can be told."""
    events, of_run = SqlEventLogStorageTable, SqlEventLogStorageTable.c.run_id == model["run"]
    ends = sa.select(sa.func.min(events.c.id), sa.func.max(events.c.id)).where(of_run)
    lowest, highest = connection.execute(ends).one()
    newest = connection.execute(sa.select(sa.func.max(events.c.id))).scalar_one()

    def moved(number: Any) -> Any:
        return number - lowest + newest + 1 + _COPIES.c.place * (highest - lowest + 1)

    checks, tags, partitions = AssetCheckExecutionsTable, AssetEventTagsTable, DynamicPartitionsTable
    _copy(connection, events, model, {"id": moved(events.c.id)}, of_run)
    _copy(connection, tags, model, {"event_id": moved(tags.c.event_id)}, tags.c.event_id.between(lowest, highest))
    of_check = {"evaluation_event_storage_id": moved(checks.c.evaluation_event_storage_id)}
    _copy(connection, checks, model, of_check, checks.c.run_id == model["run"])
    _copy(connection, partitions, model, {}, partitions.c.partition == model["key"])
    _count_on(connection, events)


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """Let a table number its next row after those that were written with numbers of their own."""
    if connection.dialect.name == "postgresql":
        place = f"pg_get_serial_sequence('{table.name}', 'id')"
        connection.execute(sa.text(f"select setval({place}, (select max(id) from {table.name}))"))


def _copy(
    connection: sa.Connection, table: sa.Table, model: Mapping[str, str], more: Mapping[str, Any], which: Any
) -> None:
    """The rows that are the model's, once for each copy, with its names in the place of the model's."""
    kept = [column for column in table.columns if column.name != "id" or "id" in more]
    if connection.dialect.name == "postgresql":
        kept = [column for column in kept if column.computed is None]
    values = [more.get(column.name, _renamed(column, model)) for column in kept]
    rows = sa.select(*values).select_from(table.join(_COPIES, sa.true())).where(which).order_by(_COPIES.c.place)
    connection.execute(sa.insert(table).from_select([column.name for column in kept], rows))


def _renamed(column: sa.Column[Any], model: Mapping[str, str]) -> Any:
    if not isinstance(column.type, sa.String):
        return column
    text: Any = column
    for name in model if column.table.metadata is corpus_tables else ("key", "run"):
        text = sa.func.replace(text, model[name], _COPIES.c[name])
    return text


def _list(connection: sa.Connection, names: list[dict[str, str]], first: int = 0) -> None:
    _COPIES.create(connection)
    connection.execute(sa.insert(_COPIES), [{**one, "place": first + place} for place, one in enumerate(names)])


def _forget_list(connection: sa.Connection) -> None:
    _COPIES.drop(connection)


@contextmanager
def _unindexed(house: House) -> Iterator[None]:
    """The event log without its indexes, which are made at the end: millions of rows are written sooner so."""
    with _events(house) as connection:
        found = connection.execute(sa.text(_INDEXES[connection.dialect.name])).all()
        for name, _ in found:
            connection.exec_driver_sql(f"drop index {name}")
    yield
    with _events(house) as connection:
        for _, made_by in found:
            connection.exec_driver_sql(made_by)


def _tidy_up(house: House) -> None:
    """What a database does by itself some time after it has grown."""
    for connected in (_events(house), _runs(house), house.studio.database.writing()):
        with connected as connection:
            connection.exec_driver_sql("analyze")
    for file in house.studio.settings.root.rglob("*"):
        if file.name.endswith(("-wal", "-shm")):
            with closing(sqlite3.connect(file.with_name(file.name.removesuffix("-wal").removesuffix("-shm")))) as one:
                one.execute("pragma wal_checkpoint(truncate)")


@contextmanager
def _events(house: House) -> Iterator[sa.Connection]:
    storage: Any = house.instance.event_log_storage
    with storage.index_connection() as connection:
        yield connection


@contextmanager
def _runs(house: House) -> Iterator[sa.Connection]:
    storage: Any = house.instance.run_storage
    with storage.connect() as connection:
        yield connection
