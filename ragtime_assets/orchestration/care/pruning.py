"""Old runs that nothing stands on any more: Dagster's history keeps every run for ever otherwise.

A run goes when it is over for a while, and
* no artifact that is there was made by it,
* no newest materialization of an asset is its own, so Dagster goes on knowing which partitions are there, and
* no failure or halt that stands was told by it.
Runs that are about no episode, such as polls of feeds, go by their age.
"""

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from ragtime_assets.orchestration.care.liveness import is_ours
from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.studio import Kept

ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
MOST = 2_000
"""So many go in one night, those that were made first."""
_AT_ONCE = 500


@dataclass(frozen=True)
class Pruned:
    """What one night removed."""

    looked_at: int
    removed: Sequence[str]


def prune(instance: dg.DagsterInstance, kept: Kept, days: int, now: datetime, most: int = MOST) -> Pruned:
    """Remove the runs that ended more than so many days ago and that nothing stands on, `most` of them.

    Where a corpus has grown, nearly all of its runs have to stay: they are looked at by their ids alone.
    """
    ended = _ended(instance, now - timedelta(days=days))
    needed = kept.artifact_index.makers() | _standing(instance) if ended else set[str]()
    spare = [run_id for run_id in ended if run_id not in needed]
    removed: list[str] = []
    for start in range(0, len(spare), _AT_ONCE):
        gone = _idle(instance, spare[start : start + _AT_ONCE])[: most - len(removed)]
        for run_id in gone:
            _remove(instance, run_id)
        removed += gone
        if len(removed) == most:
            break
    return Pruned(len(ended), removed)


@dg.op(out=dg.Out(dg.Nothing))
def remove_old_runs(context: dg.OpExecutionContext, kept: dg.ResourceParam[Kept]) -> None:
    """Remove what RAGTIME_KEEP_RUNS_DAYS says."""
    days = kept.settings.keep_runs_days
    if days is None:
        context.log.info("RAGTIME_KEEP_RUNS_DAYS is not set, so every run is kept")
        return
    pruned = prune(context.instance, kept, days, datetime.now(UTC))
    context.add_output_metadata({"looked_at": pruned.looked_at, "removed": len(pruned.removed)})


@dg.job(
    description="Removes runs that are old and that nothing stands on; prune_schedule starts it every night.",
    executor_def=run_executor,
)
def prune_runs() -> None:
    """Remove old runs."""
    remove_old_runs()


@dg.schedule(
    job=prune_runs,
    cron_schedule="40 3 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Removes old runs every night, where RAGTIME_KEEP_RUNS_DAYS is set.",
)
@on_kept_history
def prune_schedule(
    context: dg.ScheduleEvaluationContext, kept: dg.ResourceParam[Kept]
) -> dg.RunRequest | dg.SkipReason:
    """One run, unless every run is kept."""
    if kept.settings.keep_runs_days is None:
        return dg.SkipReason("RAGTIME_KEEP_RUNS_DAYS is not set, so every run is kept")
    return dg.RunRequest()


def _ended(instance: dg.DagsterInstance, before: datetime) -> Sequence[str]:
    """The runs that ended before then, as they were made."""
    return instance.get_run_ids(dg.RunsFilter(statuses=list(ENDED), updated_before=before))[::-1]


def _standing(instance: dg.DagsterInstance) -> set[str]:
    """The runs that told of a failure or a halt that stands."""
    return {one.run_id for told in History(instance).standing().values() for one in told}


def _idle(instance: dg.DagsterInstance, ids: Collection[str]) -> list[str]:
    """Those of these runs that are ours, and that materialized nothing last."""
    found = instance.get_run_records(dg.RunsFilter(run_ids=list(ids)))
    ours = {one.dagster_run.run_id for one in found if is_ours(one.dagster_run)}
    made = {run_id: _made(instance, run_id) for run_id in ids if run_id in ours}
    newest = _newest_makers(instance, made.values())
    return [run_id for run_id in made if run_id not in newest]


def _made(instance: dg.DagsterInstance, run_id: str) -> set[tuple[str, str | None]]:
    """The assets that a run materialized, each with its episode."""
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    events = (entry.get_dagster_event() for entry in entries)
    return {(event.asset_key.to_user_string(), event.partition) for event in events if event.asset_key}


def _newest_makers(instance: dg.DagsterInstance, made: Collection[set[tuple[str, str | None]]]) -> set[str]:
    """The runs that materialized these last."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    alone = set[str]()
    for asset, key in set[tuple[str, str | None]]().union(*made):
        if key is None:
            alone.add(asset)
        else:
            keys[asset].add(key)
    of_episodes = {run_id for asset, some in keys.items() for run_id in _last_runs(instance, asset, some)}
    return of_episodes | {run_id for asset in alone for run_id in _last_run(instance, asset)}


def _last_runs(instance: dg.DagsterInstance, asset: str, keys: Collection[str]) -> Iterator[str]:
    storage, kind = instance.event_log_storage, dg.DagsterEventType.ASSET_MATERIALIZATION
    ids = list(storage.get_latest_storage_id_by_partition(dg.AssetKey(asset), kind, set(keys)).values())
    if ids:
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), storage_ids=ids)
        yield from (one.run_id for one in instance.fetch_materializations(wanted, limit=len(ids)).records)


def _last_run(instance: dg.DagsterInstance, asset: str) -> Iterator[str]:
    event = instance.get_latest_materialization_event(dg.AssetKey(asset))
    if event is not None:
        yield event.run_id


def _remove(instance: dg.DagsterInstance, run_id: str) -> None:
    """Remove the run, its events and its output; Dagster empties the file of its events on SQLite and leaves it."""
    instance.delete_run(run_id)
    home = Path(instance.root_directory)
    for suffix in ("", "-wal", "-shm"):
        (home / "history" / "runs" / f"{run_id}.db{suffix}").unlink(missing_ok=True)
    shutil.rmtree(home / "storage" / run_id, ignore_errors=True)
