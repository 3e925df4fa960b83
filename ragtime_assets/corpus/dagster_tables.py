"""Dagster's history, read from its tables without importing Dagster, which takes longer than everything else together.

This relies on how Dagster 1.13 lays out its storage, and nothing else does: `KNOWN_VERSION` is the schema that it was
written for, and a test compares its answers with Dagster's own. Whatever is not as expected raises `TablesUnknown`, and
whoever reads then asks Dagster.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy import exc

from ragtime_assets.domain.history import EPISODES, EventKind, Newest, Observation, Run, RunState, SensorSeen

KNOWN_VERSION = "29b539ebc72a"
"""The newest `alembic_version` of Dagster 1.13, on SQLite and on Postgres."""
_OLD_STORAGES = ("run_storage", "event_log_storage", "schedule_storage", "instance_class")
"""What a dagster.yaml may say instead of `storage`, and is not read here."""
_BUSY_SECONDS = 30
_VALUES = {
    "TextMetadataEntryData": "text",
    "BoolMetadataEntryData": "value",
    "IntMetadataEntryData": "value",
    "FloatMetadataEntryData": "value",
    "JsonMetadataEntryData": "data",
    "UrlMetadataEntryData": "url",
    "PathMetadataEntryData": "path",
    "MarkdownMetadataEntryData": "md_str",
    "TimestampMetadataValue": "value",
}
"""By the kind of a metadata entry, where its value stands."""
_STEP_ENDED = frozenset({"STEP_FAILURE", "STEP_SUCCESS", "STEP_SKIPPED"})

_time = sa.DateTime()
_versions = sa.table("alembic_version", sa.column("version_num"))
_runs = sa.table(
    "runs",
    *map(sa.column, ("id", "run_id", "pipeline_name", "status")),
    sa.column("update_timestamp", _time),
)
_run_tags = sa.table("run_tags", *map(sa.column, ("run_id", "key", "value")))
_heartbeats = sa.table("daemon_heartbeats", *map(sa.column, ("daemon_type", "body")))
_events = sa.table(
    "event_logs",
    *map(sa.column, ("id", "run_id", "event", "dagster_event_type", "step_key", "asset_key", "partition")),
    sa.column("timestamp", _time),
)
_assets = sa.table("asset_keys", sa.column("asset_key"), sa.column("wipe_timestamp", _time))
_partitions = sa.table("dynamic_partitions", *map(sa.column, ("id", "partitions_def_name", "partition")))
_instigators = sa.table("instigators", *map(sa.column, ("id", "selector_id", "instigator_body")))
_ticks = sa.table("job_ticks", *map(sa.column, ("selector_id", "tick_body")), sa.column("timestamp", _time))


class TablesUnknown(Exception):
    """Dagster's storage is not there, does not answer, or is not as this module knows it."""


@dataclass(frozen=True)
class Storage:
    """Where the tables are; one URL three times on a server."""

    runs: sa.URL
    events: sa.URL
    schedules: sa.URL
    events_of_runs: Path | None = None
    """The folder in which each run has a file of its own for its events; None when they lie among the others."""


class DagsterTables:
    """`domain.history.Records` of one storage."""

    def __init__(self, storage: Storage) -> None:
        """Read this storage; raises TablesUnknown unless it has the version that is known."""
        self._storage = storage
        self._engines: dict[sa.URL, sa.Engine] = {}
        for url in {storage.runs, storage.events, storage.schedules}:
            if (found := self._rows(url, sa.select(_versions.c.version_num))) != [(KNOWN_VERSION,)]:
                raise TablesUnknown(f"the version of Dagster's storage is {found}")

    def close(self) -> None:
        """Give all connections back."""
        for engine in self._engines.values():
            engine.dispose()

    def runs(self, states: Collection[RunState]) -> list[Run]:
        """The runs in these states, newest first."""
        return self._found(_runs.c.status.in_(list(states)))

    def runs_tagged(self, tag: str, values: Collection[str]) -> list[Run]:
        """The runs that have one of these values under a tag."""
        tagged = sa.select(_run_tags.c.run_id).where(_run_tags.c.key == tag, _run_tags.c.value.in_(list(values)))
        return self._found(_runs.c.run_id.in_(tagged))

    def runs_named(self, run_ids: Collection[str]) -> list[Run]:
        """The runs with these ids."""
        return self._found(_runs.c.run_id.in_(list(run_ids)))

    def last_planned(self, asset: str, key: str) -> str | None:
        """The run that planned to make this asset of this episode last."""
        planned = self._of(asset, [EventKind.PLANNED], _events.c.run_id).where(_events.c.partition == key)
        found = self._rows(self._storage.events, planned.order_by(_events.c.id.desc()).limit(1))
        return found[0].run_id if found else None

    def partitions(self) -> Sequence[str]:
        """The keys of all episodes that have a partition, in their order."""
        ours = sa.select(_partitions.c.partition).where(_partitions.c.partitions_def_name == EPISODES)
        return [row.partition for row in self._rows(self._storage.events, ours.order_by(_partitions.c.id))]

    def newest(self, asset: str, kind: EventKind, keys: Collection[str] | None) -> dict[str, int]:
        """By key, the storage id of the newest event of this kind; of every key when None."""
        query = self._of(asset, [kind], _events.c.partition, sa.func.max(_events.c.id).label("newest"))
        query = query.where(_events.c.partition.is_not(None)).group_by(_events.c.partition)
        if keys is not None:
            query = query.where(_events.c.partition.in_(list(keys)))
        return {row.partition: row.newest for row in self._rows(self._storage.events, query)}

    def unanswered(self, asset: str) -> list[Newest]:
        """The newest observation of each episode of which this asset was not made since."""

        def newest(kind: EventKind) -> Any:
            return sa.func.coalesce(sa.func.max(sa.case((_events.c.dagster_event_type == kind, _events.c.id))), 0)

        observed, made = newest(EventKind.OBSERVED), newest(EventKind.MADE)
        query = self._of(asset, (EventKind.OBSERVED, EventKind.MADE), _events.c.partition, observed, made)
        query = query.where(_events.c.partition.is_not(None)).group_by(_events.c.partition).having(observed > made)
        return [Newest(*row) for row in self._rows(self._storage.events, query)]

    def observations(self, asset: str, storage_ids: Collection[int]) -> list[Observation]:
        """These observations."""
        return self._observed(asset, _events.c.id.in_(list(storage_ids)))

    def observations_between(self, asset: str, key: str, after: int, before: int, limit: int) -> list[Observation]:
        """The observations of an episode between two storage ids, newest first."""
        between = sa.and_(_events.c.partition == key, _events.c.id > after, _events.c.id < before)
        return self._observed(asset, between, limit)

    def steps_at_work(self, run_id: str) -> list[str]:
        """The steps of a run that started and did not end."""
        query = sa.select(_events.c.step_key, _events.c.dagster_event_type).where(
            _events.c.run_id == run_id, _events.c.dagster_event_type.in_(["STEP_START", *_STEP_ENDED])
        )
        rows = self._rows_of_run(run_id, query)
        ended = {row.step_key for row in rows if row.dagster_event_type in _STEP_ENDED}
        return list(dict.fromkeys(row.step_key for row in rows if row.step_key not in ended))

    def daemon_beat_at(self) -> float | None:
        """When the daemon that looks after sensors last gave a sign of life."""
        query = sa.select(_heartbeats.c.body).where(_heartbeats.c.daemon_type == "SENSOR")
        beats = self._rows(self._storage.runs, query)
        with _as_known():
            return float(json.loads(beats[0].body)["timestamp"]) if beats else None

    def sensor(self, name: str) -> SensorSeen | None:
        """What is kept of a sensor; None when it never looked."""
        query = sa.select(_instigators.c.selector_id, _instigators.c.instigator_body).order_by(_instigators.c.id)
        for row in self._rows(self._storage.schedules, query):
            with _as_known():
                body = json.loads(row.instigator_body)
                data = body["job_specific_data"] or {}
                if body["origin"]["job_name"] == name:
                    return SensorSeen(
                        is_running=body["status"]["__enum__"] != "InstigatorStatus.STOPPED",
                        cursor=data.get("cursor"),
                        looked_at=data.get("last_tick_timestamp"),
                        failed=self._failed(row.selector_id),
                    )
        return None

    def _failed(self, selector: str) -> str | None:
        query = (
            sa.select(_ticks.c.tick_body).where(_ticks.c.selector_id == selector).order_by(_ticks.c.timestamp.desc())
        )
        ticks = self._rows(self._storage.schedules, query.limit(1))
        last = json.loads(ticks[0].tick_body) if ticks else None
        if last is None or last["status"]["__enum__"] != "TickStatus.FAILURE":
            return None
        return (last["error"] or {}).get("message", "")

    def _found(self, which: sa.ColumnElement[bool]) -> list[Run]:
        runs = self._rows(self._storage.runs, sa.select(_runs).where(which).order_by(_runs.c.id.desc()))
        found = sa.select(_runs.c.run_id).where(which)
        tags: dict[str, dict[str, str]] = {}
        for row in self._rows(self._storage.runs, sa.select(_run_tags).where(_run_tags.c.run_id.in_(found))):
            tags.setdefault(row.run_id, {})[row.key] = row.value
        with _as_known():
            return [
                Run(
                    storage_id=row.id,
                    run_id=row.run_id,
                    job=row.pipeline_name,
                    state=RunState(row.status),
                    changed_at=row.update_timestamp.replace(tzinfo=UTC),
                    tags=tags.get(row.run_id, {}),
                )
                for row in runs
            ]

    def _observed(self, asset: str, which: sa.ColumnElement[bool], limit: int | None = None) -> list[Observation]:
        query = self._of(asset, [EventKind.OBSERVED], _events.c.id, _events.c.event).where(which)
        rows = self._rows(self._storage.events, query.order_by(_events.c.id.desc()).limit(limit))
        with _as_known():
            return [_observation(row.id, json.loads(row.event)) for row in rows]

    def _of(self, asset: str, kinds: Collection[EventKind], *columns: Any) -> sa.Select[*tuple[Any, ...]]:
        """These columns of the events of some kinds of an asset, since it was wiped last."""
        stored, types = json.dumps([asset]), list(kinds)
        query = sa.select(*columns).where(_events.c.asset_key == stored, _events.c.dagster_event_type.in_(types))
        wiped_at = self._wiped.get(stored)
        return query if wiped_at is None else query.where(_events.c.timestamp > wiped_at)

    @cached_property
    def _wiped(self) -> Mapping[str, datetime]:
        query = sa.select(_assets).where(_assets.c.wipe_timestamp.is_not(None))
        return {row.asset_key: row.wipe_timestamp for row in self._rows(self._storage.events, query)}

    def _rows_of_run(self, run_id: str, query: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
        folder = self._storage.events_of_runs
        if folder is None:
            return self._rows(self._storage.events, query)
        file = folder / f"{run_id}.db"
        return self._rows(_file(file), query) if file.exists() else ()

    def _rows(self, url: sa.URL, query: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
        with _as_known():
            if url not in self._engines:
                self._engines[url] = _engine(url)
            with self._engines[url].connect() as connection:
                return connection.execute(query).all()


@contextmanager
def tables_in(home: Path, variable: Callable[[str], str | None]) -> Iterator[DagsterTables]:
    """The tables of the instance in this folder; its configuration may name a `variable` of the environment."""
    with _as_known():
        tables = DagsterTables(_storage(home, variable))
    try:
        yield tables
    finally:
        tables.close()


def _storage(home: Path, variable: Callable[[str], str | None]) -> Storage:
    """Where the configuration of this folder says that the tables are."""
    told = yaml.safe_load((home / "dagster.yaml").read_text()) or {}
    storage = told.get("storage") or {"sqlite": {}}
    if not set(_OLD_STORAGES).isdisjoint(told) or len(storage) != 1:
        raise TablesUnknown("dagster.yaml names the storage in a way that is not read here")
    ((kind, given),) = storage.items()
    if kind == "sqlite":
        folder = Path(_value((given or {}).get("base_dir", str(home)), variable))
        history = folder / "history"
        runs, schedules = history / "runs.db", folder / "schedules" / "schedules.db"
        return Storage(_file(runs), _file(history / "runs" / "index.db"), _file(schedules), history / "runs")
    if kind != "postgres" or set(given) - {"should_autocreate_tables"} != {"postgres_url"}:
        raise TablesUnknown(f"dagster.yaml describes a {kind} that is not read here")
    url = sa.make_url(_value(given["postgres_url"], variable))
    return Storage(url, url, url)


def _value(given: Any, variable: Callable[[str], str | None]) -> str:
    found = variable(given["env"]) if isinstance(given, dict) else given
    if not isinstance(found, str):
        raise TablesUnknown(f"dagster.yaml has no value in {given}")
    return found


def _file(path: Path) -> sa.URL:
    if not path.exists():
        raise TablesUnknown(f"{path} is not there")
    return sa.URL.create("sqlite", database=str(path))


def _engine(url: sa.URL) -> sa.Engine:
    is_file = url.get_backend_name() == "sqlite"
    return sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS} if is_file else {})


def _observation(storage_id: int, entry: Mapping[str, Any]) -> Observation:
    observed = entry["dagster_event"]["event_specific_data"]["asset_observation"]
    return Observation(
        storage_id=storage_id,
        run_id=entry["run_id"],
        at=entry["timestamp"],
        description=observed["description"],
        metadata={one["label"]: _metadata(one["entry_data"]) for one in observed["metadata_entries"]},
    )


def _metadata(entry: Mapping[str, Any]) -> object:
    kind = entry["__class__"]
    return None if kind == "NullMetadataEntryData" else entry[_VALUES[kind]]


@contextmanager
def _as_known() -> Iterator[None]:
    """Whatever is missing, unreadable or of another form, as TablesUnknown."""
    try:
        yield
    except (exc.SQLAlchemyError, yaml.YAMLError, OSError, ImportError, LookupError, TypeError, ValueError) as error:
        raise TablesUnknown(f"{type(error).__name__}: {error}") from error
