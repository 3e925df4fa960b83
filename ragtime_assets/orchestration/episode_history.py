"""What Dagster's history tells of episodes: the meaning of what a reader of it answers.

Nothing here imports dagster. `history.py` reads through Dagster, `corpus/dagster_tables.py` reads the tables; both
answer the questions of `domain/history.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.history import REPORT_JOB, EventKind, Newest, Records, Run, RunState
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.observations import read_failures
from ragtime_assets.orchestration.tags import (
    BACKFILL_TAG,
    GONE_ON_TAG,
    PARTITION_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RETRIED_BY_TAG,
    RUN_KEY_TAG,
    WILL_RETRY_TAG,
)

RETRY_WITHIN = timedelta(minutes=10)
"""Dagster launches a successor within seconds while its daemon runs."""
_BATCH = 500
_BY_KEY = 2_000
"""Of up to so many episodes events are read by key; of more it is quicker to read those of all."""


@dataclass(frozen=True)
class EpisodeRun:
    """A run, and the episodes that it is about; a batch of requests names them by its run key alone."""

    run_id: str
    status: RunState
    changed_at: datetime
    """When its status last changed: for one that is over, when it ended."""
    keys: tuple[str, ...]
    run_key: str | None
    will_be_retried: bool = False
    """Its worker died and Dagster is about to launch a successor."""
    unattended_for: timedelta | None = None
    """How long ago it failed, where nobody has decided since whether its episodes are asked for again."""
    place: int = 0
    """Its place in the order in which runs were made, which no clock of a machine tells."""


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


class EpisodeHistory:
    """The history of the episodes of one corpus."""

    def __init__(self, records: Records, now: datetime | None = None) -> None:
        """Read these records; it is `now`, or what the clock says."""
        self.records = records
        self._now = now or datetime.now(UTC)

    def runs(self, states: Collection[RunState]) -> list[EpisodeRun]:
        """The runs in these states, newest first; one that only writes a report says nothing of the episode."""
        return self._episode_runs(self.records.runs(states))

    def runs_of(self, key: str, run_keys: Collection[str]) -> list[EpisodeRun]:
        """The runs of one episode that matter, newest first: its own, those of its requests, and the last of a range.

        What a range of partitions holds is not read: each asset's last planned materialization names the run.
        """
        planned = {run_id for asset in PHASES if (run_id := self.records.last_planned(asset, key))}
        found = [
            *self.records.runs_tagged(PARTITION_TAG, [key]),
            *(self.records.runs_tagged(RUN_KEY_TAG, sorted(run_keys)) if run_keys else ()),
            *(self.records.runs_named(sorted(planned)) if planned else ()),
        ]
        once = {run.run_id: run for run in found}
        return self._episode_runs(sorted(once.values(), key=lambda run: run.storage_id, reverse=True), (key,))

    def failures(self, keys: Iterable[str]) -> dict[str, list[LastFailure]]:
        """By key, the phases whose newest event is a failure or a halt."""
        wanted = set(keys)
        found: dict[str, list[LastFailure]] = {}
        for asset in PHASES if wanted else ():
            for one in read_failures(self.records, asset, self._newest(asset, wanted), self._now):
                found.setdefault(one.key, []).append(LastFailure(asset, one.at, one.run_id, one.failure))
        return found

    def standing(self) -> dict[str, list[LastFailure]]:
        """The same of every episode there is; only what was not made since is read."""
        found: dict[str, list[LastFailure]] = {}
        for asset in PHASES:
            for one in read_failures(self.records, asset, self.records.unanswered(asset), self._now):
                found.setdefault(one.key, []).append(LastFailure(asset, one.at, one.run_id, one.failure))
        return found

    def failed_at(self, keys: Collection[str]) -> dict[str, dict[str, datetime]]:
        """By key and phase, when it last failed or halted."""
        return {key: {one.asset: one.moment for one in failures} for key, failures in self.failures(keys).items()}

    def running_phases(self, run_id: str) -> list[str]:
        """The phases that this run works on now."""
        return [step for step in self.records.steps_at_work(run_id) if step in PHASES]

    def overtaken(self, ended: Mapping[str, EpisodeRun], makers: Mapping[str, Collection[str]]) -> set[str]:
        """The episodes of which a later run than the one that ended made something; `makers` are those that did."""
        named = sorted({run_id for key, run in ended.items() for run_id in makers[key] if run_id != run.run_id})
        slices = (named[start : start + _BATCH] for start in range(0, len(named), _BATCH))
        places = {run.run_id: run.storage_id for some in slices for run in self.records.runs_named(some)}
        return {key for key, run in ended.items() if any(places.get(one, 0) > run.place for one in makers[key])}

    def cursor(self, sensor: str) -> int | None:
        """How far a sensor has read; None when it never looked."""
        seen = self.records.sensor(sensor)
        return None if seen is None else int(seen.cursor or 0)

    def _episode_runs(self, runs: Iterable[Run], keys: tuple[str, ...] | None = None) -> list[EpisodeRun]:
        """These runs, each of the episodes that its tags name; or all of these `keys`."""
        return [
            EpisodeRun(
                run_id=run.run_id,
                status=run.state,
                changed_at=run.changed_at,
                keys=self._keys(run.tags) if keys is None else keys,
                run_key=run.tags.get(RUN_KEY_TAG),
                will_be_retried=self._will_be_retried(run),
                unattended_for=self._unattended_for(run),
                place=run.storage_id,
            )
            for run in runs
            if run.job != REPORT_JOB
        ]

    def _will_be_retried(self, run: Run) -> bool:
        """Whether a successor is due; a run of a backfill, or of a job that is gone, may be left without one."""
        is_due = run.state is RunState.FAILURE and run.tags.get(WILL_RETRY_TAG) == "true"
        is_left = BACKFILL_TAG in run.tags or RETRIED_BY_TAG in run.tags
        return is_due and not is_left and self._now - run.changed_at < RETRY_WITHIN

    def _unattended_for(self, run: Run) -> timedelta | None:
        is_decided = run.state is not RunState.FAILURE or run.tags.get(GONE_ON_TAG) == run.run_id
        return None if is_decided else self._now - run.changed_at

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
        return self.records.partitions()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self._partitions)}

    def _newest(self, asset: str, keys: Collection[str]) -> list[Newest]:
        """The newest observation of each episode, unless the asset was made after it."""
        observed = self._latest_ids(asset, EventKind.OBSERVED, keys)
        made = self._latest_ids(asset, EventKind.MADE, observed) if observed else {}
        found = (Newest(key, storage_id, made.get(key, 0)) for key, storage_id in observed.items())
        return [one for one in found if one.storage_id > one.made_id]

    def _latest_ids(self, asset: str, kind: EventKind, keys: Collection[str]) -> dict[str, int]:
        """By key, the newest event of this kind."""
        wanted = list(keys)
        if len(wanted) > _BY_KEY:
            return {key: newest for key, newest in self.records.newest(asset, kind, None).items() if key in keys}
        found: dict[str, int] = {}
        for start in range(0, len(wanted), _BATCH):
            found |= self.records.newest(asset, kind, wanted[start : start + _BATCH])
        return found
