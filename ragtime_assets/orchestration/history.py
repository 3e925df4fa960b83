"""Dagster's history, read through Dagster: what `episode_history.py` asks, and what only this reader answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from dagster import DagsterEventType, RunsFilter
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.scheduler.instigation import InstigatorState, SensorInstigatorData, TickStatus
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster_shared.serdes.errors import DeserializationError

from ragtime_assets.corpus.database import is_an_outage, is_of_a_database
from ragtime_assets.domain import history
from ragtime_assets.domain.history import (
    EPISODES,
    EventKind,
    Newest,
    Observation,
    Run,
    RunState,
    SensorSeen,
    Unreadable,
)
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import HistoryUnreachable
from ragtime_assets.orchestration.episode_history import EpisodeHistory

WORKING = tuple(dg.DagsterRunStatus(state) for state in history.WORKING)
IN_FLIGHT = tuple(dg.DagsterRunStatus(state) for state in history.IN_FLIGHT)
ENDED_BADLY = tuple(dg.DagsterRunStatus(state) for state in history.ENDED_BADLY)


_EVALUATED = (AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED)


@dataclass(frozen=True)
class Checked:
    """What a check of an episode came to when it was evaluated last."""

    asset: str
    name: str
    passed: bool
    said: str = ""
    """What it warned of."""


class DagsterRecords:
    """`domain.history.Records` of one instance."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        """Read this instance."""
        self._instance = instance

    def runs(self, states: Collection[RunState]) -> list[Run]:
        """The runs in these states, newest first."""
        return self._runs(RunsFilter(statuses=[dg.DagsterRunStatus(state) for state in states]))

    def runs_tagged(self, tag: str, values: Collection[str]) -> list[Run]:
        """The runs that have one of these values under a tag."""
        return self._runs(RunsFilter(tags={tag: list(values)}))

    def runs_named(self, run_ids: Collection[str]) -> list[Run]:
        """The runs with these ids."""
        return self._runs(RunsFilter(run_ids=list(run_ids)))

    def last_planned(self, asset: str, key: str) -> str | None:
        """The run that planned to make this asset of this episode last."""
        found = self._instance.event_log_storage.get_latest_planned_materialization_info(dg.AssetKey(asset), key)
        return found.run_id if found else None

    def partitions(self) -> Sequence[str]:
        """The keys of all episodes that have a partition, in their order."""
        return self._instance.get_dynamic_partitions(EPISODES)

    def newest(self, asset: str, kind: EventKind, keys: Collection[str] | None) -> dict[str, int]:
        """By key, the storage id of the newest event of this kind; of every key when None."""
        latest = self._instance.event_log_storage.get_latest_storage_id_by_partition
        return dict(latest(dg.AssetKey(asset), DagsterEventType(kind), None if keys is None else set(keys)))

    def unanswered(self, asset: str) -> list[Newest]:
        """The newest observation of each episode of which this asset was not made since."""
        observed = self.newest(asset, EventKind.OBSERVED, None)
        made = self.newest(asset, EventKind.MADE, None) if observed else {}
        found = (Newest(key, newest, made.get(key, 0)) for key, newest in observed.items())
        return [one for one in found if one.storage_id > one.made_id]

    def observations(self, asset: str, storage_ids: Collection[int]) -> list[Observation]:
        """These observations; raises Unreadable."""
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), storage_ids=list(storage_ids))
        return self._observed(wanted, limit=len(storage_ids))

    def observations_between(self, asset: str, key: str, after: int, before: int, limit: int) -> list[Observation]:
        """The observations of an episode between two storage ids, newest first; raises Unreadable."""
        wanted = dg.AssetRecordsFilter(
            asset_key=dg.AssetKey(asset), asset_partitions=[key], before_storage_id=before, after_storage_id=after
        )
        return self._observed(wanted, limit)

    def steps_at_work(self, run_id: str) -> list[str]:
        """The steps of a run that started and did not end."""
        stats = self._instance.get_run_step_stats(run_id)
        return [one.step_key for one in stats if one.start_time and not one.end_time]

    def daemon_beat_at(self) -> float | None:
        """When the daemon that looks after sensors last gave a sign of life."""
        heartbeat = self._instance.get_daemon_heartbeats().get("SENSOR")
        return heartbeat.timestamp if heartbeat else None

    def sensor(self, name: str) -> SensorSeen | None:
        """What is kept of a sensor; None when it never looked."""
        states = self._instance.all_instigator_state()
        state = next((one for one in states if one.instigator_name == name), None)
        if state is None:
            return None
        data = state.instigator_data if isinstance(state.instigator_data, SensorInstigatorData) else None
        return SensorSeen(
            is_running=state.is_running,
            cursor=data.cursor if data else None,
            looked_at=data.last_tick_timestamp if data else None,
            failed=self._failed(state),
        )

    def _failed(self, state: InstigatorState) -> str | None:
        (tick, *_) = self._instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1) or [None]
        if tick is None or tick.status != TickStatus.FAILURE:
            return None
        return tick.error.message if tick.error else ""

    def _runs(self, wanted: RunsFilter) -> list[Run]:
        return [
            Run(
                storage_id=record.storage_id,
                run_id=record.dagster_run.run_id,
                job=record.dagster_run.job_name,
                state=RunState(record.dagster_run.status.value),
                changed_at=record.update_timestamp.replace(tzinfo=UTC),
                tags=record.dagster_run.tags,
            )
            for record in self._instance.get_run_records(wanted)
        ]

    def _observed(self, wanted: dg.AssetRecordsFilter, limit: int) -> list[Observation]:
        try:
            records = self._instance.fetch_observations(wanted, limit=limit).records
        except DeserializationError as error:
            raise Unreadable(str(error)) from error
        return [
            Observation(
                storage_id=record.storage_id,
                run_id=record.run_id,
                at=record.timestamp,
                description=observed.description,
                metadata={name: entry.value for name, entry in observed.metadata.items()},
            )
            for record in records
            if (observed := record.asset_observation) is not None
        ]


class History(EpisodeHistory):
    """The history of the episodes, as one Dagster instance knows it."""

    def __init__(self, instance: dg.DagsterInstance, now: datetime | None = None) -> None:
        """Read this instance; it is `now`, or what the clock says."""
        super().__init__(DagsterRecords(instance), now)
        self._instance = instance

    def newest_materialization(self, asset: str, key: str) -> dg.EventLogRecord | None:
        """The newest materialization of this asset of this episode."""
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[key])
        return next(iter(self._instance.fetch_materializations(wanted, limit=1).records), None)

    def checked(self, names: Mapping[str, Collection[str]], keys: Sequence[str]) -> dict[str, list[Checked]]:
        """By episode, what these checks of each asset said when they were evaluated last."""
        checks = [dg.AssetCheckKey(dg.AssetKey(asset), name) for asset, some in names.items() for name in some]
        infos = self._instance.event_log_storage.get_asset_check_partition_info(checks, partition_keys=keys)
        found: dict[str, list[Checked]] = {}
        for one in infos:
            key, status = one.partition_key, one.latest_execution_status
            if key is not None and status in _EVALUATED:
                passed = status == AssetCheckExecutionRecordStatus.SUCCEEDED
                said = "" if passed else self._warning(one.check_key, key)
                asset = one.check_key.asset_key.to_user_string()
                found.setdefault(key, []).append(Checked(asset, one.check_key.name, passed, said))
        return found

    def _warning(self, check: dg.AssetCheckKey, key: str) -> str:
        """What a check said of an episode when it warned last."""
        told = self._instance.event_log_storage.get_asset_check_execution_history(
            check, limit=1, partition_filter=PartitionKeyFilter(key=key)
        )
        event = told[0].event.dagster_event if told and told[0].event else None
        return event.asset_check_evaluation_data.description or "" if event else ""

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


@contextmanager
def storage_errors_named(is_of_a_storage: Callable[[BaseException], bool] = is_of_a_database) -> Iterator[None]:
    """What Dagster's storage raises, as an error of ours; everything else is raised as it is."""
    from dagster_postgres.utils import DagsterPostgresException

    try:
        yield
    except Exception as error:
        if not isinstance(error, DagsterPostgresException) and not is_of_a_storage(error):
            raise
        told = masked(str(error)).strip().splitlines() or [type(error).__name__]
        raise HistoryUnreachable(f"Dagster's history does not answer: {told[0]}") from error


def storage_outages_named() -> AbstractContextManager[None]:
    """The same only where the storage does not answer: among other things that raise, the rest is told as it is."""
    return storage_errors_named(is_an_outage)
