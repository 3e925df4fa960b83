"""Reads failures back from observations: what is not ours, or cannot be read, costs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import dagster as dg
from dagster import AssetRecordsFilter
from dagster_shared.serdes.errors import DeserializationError

from ragtime_assets.orchestration.failures import PhaseFailure, read_observation

OURS = frozenset({"progress", "doing", "tool"})
"""What the other observations of a phase hold: each says that it works, and so that no failure stands."""
_BATCH = 500
_LOOK_BACK = 20
_LONGEST = 300


@dataclass(frozen=True)
class Newest:
    """An episode's newest observation on one asset, and the newest materialization before it."""

    key: str
    storage_id: int
    made_id: int


@dataclass(frozen=True)
class Observed:
    """A failure as it was observed."""

    key: str
    at: float
    run_id: str
    failure: PhaseFailure


def read_failures(
    instance: dg.DagsterInstance, asset: str, newest: Sequence[Newest], now: datetime
) -> Iterator[Observed]:
    """The failures among these observations; where one is not ours, what was observed before it."""
    for start in range(0, len(newest), _BATCH):
        some = newest[start : start + _BATCH]
        try:
            records = _records(instance, asset, some)
        except DeserializationError:
            for one in some:
                yield from _read_alone(instance, asset, one, now)
        else:
            for one in some:
                yield from _read(instance, asset, one, records.get(one.storage_id))


def _read_alone(instance: dg.DagsterInstance, asset: str, one: Newest, now: datetime) -> Iterator[Observed]:
    try:
        records = _records(instance, asset, [one])
    except DeserializationError as error:
        yield from _before(instance, asset, one) or [Observed(one.key, now.timestamp(), "", _unreadable(asset, error))]
    else:
        yield from _read(instance, asset, one, records.get(one.storage_id))


def _read(
    instance: dg.DagsterInstance, asset: str, one: Newest, record: dg.EventLogRecord | None
) -> Sequence[Observed]:
    if record is not None and (failed := _failure(one.key, record)):
        return [failed]
    observed = record.asset_observation if record else None
    is_ours = observed is not None and not OURS.isdisjoint(observed.metadata)
    return [] if is_ours else _before(instance, asset, one)


def _before(instance: dg.DagsterInstance, asset: str, one: Newest) -> list[Observed]:
    """The failure that stood before an observation that says nothing."""
    older = AssetRecordsFilter(
        asset_key=dg.AssetKey(asset),
        asset_partitions=[one.key],
        before_storage_id=one.storage_id,
        after_storage_id=one.made_id,
    )
    try:
        records = instance.fetch_observations(older, limit=_LOOK_BACK).records
    except DeserializationError:
        return []
    for record in records:
        if failed := _failure(one.key, record):
            return [failed]
        if record.asset_observation and not OURS.isdisjoint(record.asset_observation.metadata):
            return []
    return []


def _failure(key: str, record: dg.EventLogRecord) -> Observed | None:
    failure = read_observation(record.asset_observation) if record.asset_observation else None
    return Observed(key, record.timestamp, record.run_id, failure.about(key)) if failure else None


def _records(instance: dg.DagsterInstance, asset: str, some: Sequence[Newest]) -> dict[int, dg.EventLogRecord]:
    wanted = AssetRecordsFilter(asset_key=dg.AssetKey(asset), storage_ids=[one.storage_id for one in some])
    return {record.storage_id: record for record in instance.fetch_observations(wanted, limit=_BATCH).records}


def _unreadable(asset: str, error: Exception) -> PhaseFailure:
    said = str(error)
    return PhaseFailure(
        error_class="UnreadableObservation",
        message=f"the last observation on {asset} cannot be read: {said[:_LONGEST]}",
        remedy="Look at the asset's page; if the phase did fail, `ragtime retry KEY`.",
        cause="",
        permanent=False,
    )
