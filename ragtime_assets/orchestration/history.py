"""What Dagster's history knows of episodes, in a handful of queries however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster import AssetRecordsFilter, DagsterEventType, RunsFilter

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.failures import PhaseFailure, read_observation

PARTITION_TAG = "dagster/partition"
RUN_KEY_TAG = "dagster/run_key"
BACKFILL_TAG = "dagster/backfill"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
INGEST_JOB = "ingest_episode"
REPORT_JOB = "report_episode"

WORKING = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
"""A run that only starts has no lock yet; Dagster itself gives it three minutes."""
IN_FLIGHT = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    *WORKING,
)
ENDED_BADLY = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
RETRY_WITHIN = timedelta(minutes=10)
"""Dagster launches a successor within seconds while its daemon runs."""
_BATCH = 500


@dataclass(frozen=True)
class EpisodeRun:
    """A run, and the episodes that it is about; a batch of requests names them by its run key alone."""

    run_id: str
    status: dg.DagsterRunStatus
    created_at: datetime
    keys: tuple[str, ...]
    run_key: str | None
    will_be_retried: bool = False
    """Its worker died and Dagster is about to launch a successor."""


@dataclass(frozen=True)
class LastFailure:
    """The newest failure of one phase of one episode."""

    asset: str
    at: float
    run_id: str
    failure: PhaseFailure


class History:
    """Reads one Dagster instance."""

    def __init__(self, instance: dg.DagsterInstance, now: datetime | None = None) -> None:
        """Read this instance; it is `now`, or what the clock says."""
        self._instance = instance
        self._now = now or datetime.now(UTC)

    def runs(self, statuses: Sequence[dg.DagsterRunStatus]) -> list[EpisodeRun]:
        """The runs in these states, newest first; one that only writes a report says nothing of the episode."""
        records = self._instance.get_run_records(RunsFilter(statuses=list(statuses)))
        return [self._episode_run(record) for record in records if record.dagster_run.job_name != REPORT_JOB]

    def failures(self, keys: Iterable[str]) -> dict[str, list[LastFailure]]:
        """By key, the phases whose newest event is a failure."""
        wanted = set(keys)
        found: dict[str, list[LastFailure]] = {}
        for asset in PHASES:
            for record in self._latest_observations(asset, wanted):
                observed = record.asset_observation
                failure = read_observation(observed) if observed else None
                if observed and observed.partition and failure:
                    last = LastFailure(asset, record.timestamp, record.run_id, failure)
                    found.setdefault(observed.partition, []).append(last)
        return found

    def running_phases(self, run_id: str) -> list[str]:
        """The phases that this run works on now."""
        stats = self._instance.get_run_step_stats(run_id)
        return [one.step_key for one in stats if one.start_time and not one.end_time and one.step_key in PHASES]

    def cursor(self, sensor: str) -> int | None:
        """How far a sensor has read; None when it never ticked."""
        for state in self._instance.all_instigator_state():
            if state.origin.instigator_name == sensor and state.instigator_data is not None:
                cursor = getattr(state.instigator_data, "cursor", None)
                return int(cursor) if cursor else None
        return None

    def _episode_run(self, record: dg.RunRecord) -> EpisodeRun:
        tags = record.dagster_run.tags
        return EpisodeRun(
            run_id=record.dagster_run.run_id,
            status=record.dagster_run.status,
            created_at=record.create_timestamp,
            keys=self._keys(tags),
            run_key=tags.get(RUN_KEY_TAG),
            will_be_retried=self._will_be_retried(record),
        )

    def _will_be_retried(self, record: dg.RunRecord) -> bool:
        """Whether a successor is due; a run of a backfill, or of a job that is gone, may be left without one."""
        run, age = record.dagster_run, self._now - record.update_timestamp.replace(tzinfo=UTC)
        return run.is_complete_and_waiting_to_retry and BACKFILL_TAG not in run.tags and age < RETRY_WITHIN

    def _keys(self, tags: Mapping[str, str]) -> tuple[str, ...]:
        if PARTITION_TAG in tags:
            return (tags[PARTITION_TAG],)
        if RUN_KEY_TAG in tags or RANGE_START_TAG not in tags:
            return ()
        keys = self._instance.get_dynamic_partitions("episodes")
        places = {key: place for place, key in enumerate(keys)}
        first, last = places.get(tags[RANGE_START_TAG]), places.get(tags[RANGE_END_TAG])
        if first is None or last is None:  # somebody deleted that partition since
            return ()
        return tuple(keys[first : last + 1])

    def _latest_observations(self, asset: str, keys: set[str]) -> list[dg.EventLogRecord]:
        """The newest observation of each episode, unless the asset was made after it."""
        observed = self._latest_ids(asset, DagsterEventType.ASSET_OBSERVATION, keys)
        made = self._latest_ids(asset, DagsterEventType.ASSET_MATERIALIZATION, keys) if observed else {}
        ids = [storage_id for key, storage_id in observed.items() if storage_id > made.get(key, 0)]
        records: list[dg.EventLogRecord] = []
        for start in range(0, len(ids), _BATCH):
            some = AssetRecordsFilter(asset_key=dg.AssetKey(asset), storage_ids=ids[start : start + _BATCH])
            records += self._instance.fetch_observations(some, limit=_BATCH).records
        return records

    def _latest_ids(self, asset: str, kind: DagsterEventType, keys: set[str]) -> dict[str, int]:
        few = keys if len(keys) <= _BATCH else None
        latest = self._instance.event_log_storage.get_latest_storage_id_by_partition(dg.AssetKey(asset), kind, few)
        return {key: storage_id for key, storage_id in latest.items() if key in keys}
