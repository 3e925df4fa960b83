"""What Dagster's history tells of episodes: every run that was about one, and what happened in it.

`ragtime history` shows the runs of one episode; the report of each episode tells of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from dagster_shared.serdes.errors import DeserializationError

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.moments import DONE, KEPT, Moment, moment_of
from ragtime_assets.orchestration.tags import PARTITION_TAG, RETRY_NUMBER_TAG, RUN_KEY_TAG
from ragtime_assets.studio import Kept

MOST_EVENTS = 2_000
"""Of one kind and asset, the newest of these episodes; progress is among them."""


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


@dataclass(frozen=True)
class Past:
    """What is known of one episode."""

    runs: Sequence[PastRun] = ()
    """The newest first."""
    moments: Sequence[Moment] = ()
    """The oldest first."""

    def attempts(self, asset: str) -> int:
        """In how many runs this phase was worked on; one that kept what was there did not."""
        return len({one.run_id for one in self.moments if one.asset == asset and (one.kind == DONE or one.failure)})


def runs_of_episode(studio: Kept, instance: dg.DagsterInstance, key: str) -> Sequence[PastRun]:
    """All that Dagster still knows of, the newest first; raises InvalidSubmission for an unknown episode."""
    submitted = studio.submissions.episode(key)
    tagged = {run.run_id for run in History(instance).runs_of(key, submitted.run_keys)}
    return _pasts(instance, {key: _moments(instance, [key]).get(key, [])}, {key: tagged})[key].runs


def pasts_of(studio: Kept, instance: dg.DagsterInstance, keys: Collection[str]) -> dict[str, Past]:
    """What is known of each of these episodes, in as many queries as for one."""
    moments = _moments(instance, keys)
    return _pasts(instance, {key: moments.get(key, []) for key in keys}, _tagged(studio, instance, keys))


def _tagged(studio: Kept, instance: dg.DagsterInstance, keys: Collection[str]) -> dict[str, set[str]]:
    """By key, the runs that were launched for it alone, or for its requests."""
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for key in keys:
        for run_key in studio.submissions.episode(key).run_keys:
            asked[run_key].add(key)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for run in _runs_tagged(instance, PARTITION_TAG, keys):
        found[run.tags[PARTITION_TAG]].add(run.run_id)
    for run in _runs_tagged(instance, RUN_KEY_TAG, asked):
        for key in asked[run.tags[RUN_KEY_TAG]]:
            found[key].add(run.run_id)
    return found


def _runs_tagged(instance: dg.DagsterInstance, tag: str, values: Collection[str]) -> Sequence[dg.DagsterRun]:
    return instance.get_runs(dg.RunsFilter(tags={tag: sorted(values)})) if values else ()


def _pasts(
    instance: dg.DagsterInstance, moments: Mapping[str, Sequence[Moment]], tagged: Mapping[str, Collection[str]]
) -> dict[str, Past]:
    about = {key: {*tagged.get(key, ()), *(one.run_id for one in told)} for key, told in moments.items()}
    wanted = set[str]().union(*about.values())
    records = instance.get_run_records(dg.RunsFilter(run_ids=sorted(wanted))) if wanted else []
    return {
        key: Past([_past(one, told) for one in records if one.dagster_run.run_id in about[key]], told)
        for key, told in moments.items()
    }


def _past(record: dg.RunRecord, moments: Sequence[Moment]) -> PastRun:
    run = record.dagster_run
    its = [one for one in moments if one.run_id == run.run_id]
    made = {one.asset for one in its if one.kind in (DONE, KEPT)}
    return PastRun(
        run_id=run.run_id,
        status=run.status.value.lower(),
        attempt=1 + int(run.tags.get(RETRY_NUMBER_TAG, 0)),
        created_at=record.create_timestamp.replace(tzinfo=UTC),
        ended_at=datetime.fromtimestamp(record.end_time, UTC) if record.end_time else None,
        is_of_many=PARTITION_TAG not in run.tags,
        made=tuple(asset for asset in PHASES if asset in made),
        stops={one.asset: one.failure for one in its if one.asset and one.failure},
    )


def _moments(instance: dg.DagsterInstance, keys: Collection[str]) -> dict[str, list[Moment]]:
    """By key, what happened to it, the oldest first."""
    found: defaultdict[str, list[Moment]] = defaultdict(list)
    for record in _records(instance, keys):
        if (moment := moment_of(record.event_log_entry)) is not None:
            found[moment.key].append(moment)
    return {key: sorted(moments, key=lambda one: one.at) for key, moments in found.items()}


def _records(instance: dg.DagsterInstance, keys: Collection[str]) -> Iterator[dg.EventLogRecord]:
    for asset in PHASES if keys else ():
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=list(keys))
        yield from _readable(instance.fetch_materializations, wanted)
        yield from _readable(instance.fetch_observations, wanted)


def _readable(
    fetch: Callable[..., dg.EventRecordsResult], wanted: dg.AssetRecordsFilter
) -> Sequence[dg.EventLogRecord]:
    """These records; none where another version of Dagster wrote one of them that this one cannot read."""
    try:
        return fetch(wanted, limit=MOST_EVENTS).records
    except DeserializationError:
        return ()
