"""Every run that was about one episode, with what it made of it and where it stopped: what `ragtime history` shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.failures import read_observation
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.tags import PARTITION_TAG, RETRY_NUMBER_TAG
from ragtime_assets.studio import Kept

MOST_EVENTS = 2_000
"""Of one asset and episode; progress is among them."""


@dataclass(frozen=True)
class PastRun:
    """A run, as far as it is about this episode."""

    run_id: str
    status: str
    attempt: int
    created_at: datetime
    ended_at: datetime | None
    is_of_many: bool
    made: tuple[str, ...]
    """The phases that it made, in the order of the graph."""
    stops: Mapping[str, PhaseFailure]
    """By phase, why it made nothing of it."""


def runs_of_episode(studio: Kept, instance: dg.DagsterInstance, key: str) -> list[PastRun]:
    """All that Dagster still knows of, the newest first; raises InvalidSubmission for an unknown episode."""
    submitted = studio.submissions.episode(key)
    made, stops = _made(instance, key), _stops(instance, key)
    tagged = [run.run_id for run in History(instance).runs_of(key, submitted.run_keys)]
    wanted = {*tagged, *made, *stops}
    if not wanted:
        return []
    records = instance.get_run_records(dg.RunsFilter(run_ids=sorted(wanted)))
    return [
        PastRun(
            run_id=run.run_id,
            status=run.status.value.lower(),
            attempt=1 + int(run.tags.get(RETRY_NUMBER_TAG, 0)),
            created_at=record.create_timestamp.replace(tzinfo=UTC),
            ended_at=datetime.fromtimestamp(record.end_time, UTC) if record.end_time else None,
            is_of_many=PARTITION_TAG not in run.tags,
            made=tuple(asset for asset in PHASES if asset in made.get(run.run_id, ())),
            stops=stops.get(run.run_id, {}),
        )
        for record in records
        for run in (record.dagster_run,)
    ]


def _made(instance: dg.DagsterInstance, key: str) -> dict[str, set[str]]:
    """By run, the phases that it made of this episode."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for asset in PHASES:
        for record in instance.fetch_materializations(_of(asset, key), limit=MOST_EVENTS).records:
            found[record.run_id].add(asset)
    return found


def _stops(instance: dg.DagsterInstance, key: str) -> dict[str, dict[str, PhaseFailure]]:
    """By run, the phases of this episode that failed or halted in it, with the last word on each."""
    found: defaultdict[str, dict[str, PhaseFailure]] = defaultdict(dict)
    for asset in PHASES:
        records = instance.fetch_observations(_of(asset, key), limit=MOST_EVENTS, ascending=True).records
        for record in records:
            failure = read_observation(record.asset_observation) if record.asset_observation else None
            if failure is not None:
                found[record.run_id][asset] = failure
    return found


def _of(asset: str, key: str) -> dg.AssetRecordsFilter:
    return dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[key])
