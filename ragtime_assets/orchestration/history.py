"""What Dagster's history knows of episodes: of all in a handful of queries, of one without reading of the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import dagster as dg
from dagster import DagsterEventType, RunsFilter
from dagster._core.scheduler.instigation import SensorInstigatorData
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from ragtime_assets.corpus.database import is_of_a_database
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import HistoryUnreachable
from ragtime_assets.orchestration.failures import PhaseFailure
from ragtime_assets.orchestration.observations import Newest, read_failures
from ragtime_assets.orchestration.tags import (
    BACKFILL_TAG,
    GONE_ON_TAG,
    PARTITION_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RUN_KEY_TAG,
)

INGEST_JOB = "ingest_episode"
REPORT_JOB = "report_episode"
SUBMISSION_SENSOR = "submission_sensor"

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
LOOKED_AT_WITHIN = timedelta(minutes=1)
"""The liveness sensor looks every ten seconds while the daemon runs."""
_BATCH = 500
_BY_KEY = 2_000
"""Of up to so many episodes events are read by key; of more it is quicker to read those of all."""


@dataclass(frozen=True)
class EpisodeRun:
    """A run, and the episodes that it is about; a batch of requests names them by its run key alone."""

    run_id: str
    status: dg.DagsterRunStatus
    changed_at: datetime
    """When its status last changed: for one that is over, when it ended."""
    keys: tuple[str, ...]
    run_key: str | None
    will_be_retried: bool = False
    """Its worker died and Dagster is about to launch a successor."""
    may_be_gone_on_with: bool = False
    """It failed just now, and nobody looked yet whether its episodes have to be asked for again."""


@dataclass(frozen=True)
class LastFailure:
    """The newest failure of one phase of one episode."""

    asset: str
    at: float
    run_id: str
    failure: PhaseFailure

    @property
    def moment(self) -> datetime:
        """When it happened."""
        return datetime.fromtimestamp(self.at, UTC)


class History:
    """Reads one Dagster instance."""

    def __init__(self, instance: dg.DagsterInstance, now: datetime | None = None) -> None:
        """Read this instance; it is `now`, or what the clock says."""
        self._instance = instance
        self._now = now or datetime.now(UTC)

    def runs(self, statuses: Sequence[dg.DagsterRunStatus]) -> list[EpisodeRun]:
        """The runs in these states, newest first; one that only writes a report says nothing of the episode."""
        return self._episode_runs(self._instance.get_run_records(RunsFilter(statuses=list(statuses))))

    def runs_of(self, key: str, run_keys: Collection[str]) -> list[EpisodeRun]:
        """The runs of one episode that matter, newest first: its own, those of its requests, and the last of a range.

        What a range of partitions holds is not read: each asset's last planned materialization names the run.
        """
        planned = (
            self._instance.event_log_storage.get_latest_planned_materialization_info(dg.AssetKey(asset), key)
            for asset in PHASES
        )
        wanted = [RunsFilter(tags={PARTITION_TAG: key})]
        if run_keys:
            wanted.append(RunsFilter(tags={RUN_KEY_TAG: sorted(run_keys)}))
        if ids := {one.run_id for one in planned if one is not None}:
            wanted.append(RunsFilter(run_ids=sorted(ids)))
        found = {one.dagster_run.run_id: one for each in wanted for one in self._instance.get_run_records(each)}
        newest = sorted(found.values(), key=lambda record: record.storage_id, reverse=True)
        return self._episode_runs(newest, (key,))

    def failures(self, keys: Iterable[str]) -> dict[str, list[LastFailure]]:
        """By key, the phases whose newest event is a failure or a halt."""
        wanted = set(keys)
        found: dict[str, list[LastFailure]] = {}
        for asset in PHASES if wanted else ():
            for one in read_failures(self._instance, asset, self._newest(asset, wanted), self._now):
                found.setdefault(one.key, []).append(LastFailure(asset, one.at, one.run_id, one.failure))
        return found

    def failed_at(self, keys: Collection[str]) -> dict[str, dict[str, datetime]]:
        """By key and phase, when it last failed or halted."""
        return {key: {one.asset: one.moment for one in failures} for key, failures in self.failures(keys).items()}

    def running_phases(self, run_id: str) -> list[str]:
        """The phases that this run works on now."""
        stats = self._instance.get_run_step_stats(run_id)
        return [one.step_key for one in stats if one.start_time and not one.end_time and one.step_key in PHASES]

    def newest_materialization(self, asset: str, key: str) -> dg.EventLogRecord | None:
        """The newest materialization of this asset of this episode."""
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[key])
        return next(iter(self._instance.fetch_materializations(wanted, limit=1).records), None)

    def warned(self, asset: str, checks: Collection[str], keys: Sequence[str]) -> frozenset[tuple[str, str]]:
        """The checks of this asset that failed when they were evaluated last, each with the episode."""
        infos = self._instance.event_log_storage.get_asset_check_partition_info(
            [dg.AssetCheckKey(dg.AssetKey(asset), name) for name in checks], partition_keys=keys
        )
        return frozenset(
            (one.check_key.name, one.partition_key)
            for one in infos
            if one.partition_key is not None and one.latest_execution_status == AssetCheckExecutionRecordStatus.FAILED
        )

    def cursor(self, sensor: str) -> int | None:
        """How far a sensor has read; None when it never looked."""
        for state in self._instance.all_instigator_state():
            if state.origin.instigator_name == sensor and isinstance(state.instigator_data, SensorInstigatorData):
                return int(state.instigator_data.cursor or 0)
        return None

    def _episode_runs(self, records: Iterable[dg.RunRecord], keys: tuple[str, ...] | None = None) -> list[EpisodeRun]:
        """These runs, each of the episodes that its tags name; or all of these `keys`."""
        return [
            EpisodeRun(
                run_id=record.dagster_run.run_id,
                status=record.dagster_run.status,
                changed_at=record.update_timestamp.replace(tzinfo=UTC),
                keys=self._keys(record.dagster_run.tags) if keys is None else keys,
                run_key=record.dagster_run.tags.get(RUN_KEY_TAG),
                will_be_retried=self._will_be_retried(record),
                may_be_gone_on_with=self._may_be_gone_on_with(record),
            )
            for record in records
            if record.dagster_run.job_name != REPORT_JOB
        ]

    def _will_be_retried(self, record: dg.RunRecord) -> bool:
        """Whether a successor is due; a run of a backfill, or of a job that is gone, may be left without one."""
        run, age = record.dagster_run, self._now - record.update_timestamp.replace(tzinfo=UTC)
        return run.is_complete_and_waiting_to_retry and BACKFILL_TAG not in run.tags and age < RETRY_WITHIN

    def _may_be_gone_on_with(self, record: dg.RunRecord) -> bool:
        run, age = record.dagster_run, self._now - record.update_timestamp.replace(tzinfo=UTC)
        return run.is_failure and run.tags.get(GONE_ON_TAG) != run.run_id and age < LOOKED_AT_WITHIN

    def _keys(self, tags: Mapping[str, str]) -> tuple[str, ...]:
        if PARTITION_TAG in tags:
            return (tags[PARTITION_TAG],)
        if RUN_KEY_TAG in tags or RANGE_START_TAG not in tags:
            return ()
        first, last = (self._places.get(tags[tag]) for tag in (RANGE_START_TAG, RANGE_END_TAG))
        if first is None or last is None:  # somebody deleted that partition since
            return ()
        return tuple(self._partitions[first : last + 1])

    @cached_property
    def _partitions(self) -> Sequence[str]:
        return self._instance.get_dynamic_partitions("episodes")

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self._partitions)}

    def _newest(self, asset: str, keys: Collection[str]) -> list[Newest]:
        """The newest observation of each episode, unless the asset was made after it."""
        observed = self._latest_ids(asset, DagsterEventType.ASSET_OBSERVATION, keys)
        made = self._latest_ids(asset, DagsterEventType.ASSET_MATERIALIZATION, observed) if observed else {}
        found = (Newest(key, storage_id, made.get(key, 0)) for key, storage_id in observed.items())
        return [one for one in found if one.storage_id > one.made_id]

    def _latest_ids(self, asset: str, kind: DagsterEventType, keys: Collection[str]) -> dict[str, int]:
        """By key, the newest event of this kind."""
        latest, wanted = self._instance.event_log_storage.get_latest_storage_id_by_partition, list(keys)
        if len(wanted) > _BY_KEY:
            return {key: newest for key, newest in latest(dg.AssetKey(asset), kind).items() if key in keys}
        found: dict[str, int] = {}
        for start in range(0, len(wanted), _BATCH):
            found |= latest(dg.AssetKey(asset), kind, set(wanted[start : start + _BATCH]))
        return found


@contextmanager
def storage_errors_named() -> Iterator[None]:
    """What Dagster's storage raises, as an error of ours; everything else is raised as it is."""
    try:
        yield
    except Exception as error:
        if not _is_of_the_storage(error):
            raise
        told = masked(str(error)).strip().splitlines() or [type(error).__name__]
        raise HistoryUnreachable(f"Dagster's history does not answer: {told[0]}") from error


def _is_of_the_storage(error: Exception) -> bool:
    from dagster_postgres.utils import DagsterPostgresException

    return is_of_a_database(error) or isinstance(error, DagsterPostgresException)
