"""Runs whose process is gone: told by their lock, which dies with them.

`liveness_sensor` and `ragtime up` ask; when they do is theirs to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.history import INGEST_JOB, REPORT_JOB
from ragtime_assets.orchestration.history import WORKING
from ragtime_assets.orchestration.resources import run_lock, worker_lock
from ragtime_assets.studio import Kept

SETTLE_SECONDS = 3
"""A run lets go of its lock a moment before it writes down how it ended, and takes again what a broken line let go."""
OUR_JOBS = frozenset(
    {
        INGEST_JOB,
        REPORT_JOB,
        "submit_episodes",
        "poll_feeds",
        "enrich_entities",
        "export_corpus",
        "check_health",
        "prune_runs",
        "tidy_up",
    }
)
OUR_ASSETS = frozenset({*PHASES, "wikidata_links", "corpus_export", "corpus_health"})
ASSET_JOB = "__ASSET_JOB"
"""Dagster's name for the runs of assets that somebody selected: backfills, Materialize in the UI, the command line."""


def fail_dead_runs(
    instance: dg.DagsterInstance,
    studio: Kept,
    grace: float,
    states: Sequence[dg.DagsterRunStatus] = WORKING,
    pause: Callable[[float], None] = time.sleep,
) -> list[str]:
    """End the runs that are in these `states` for more than `grace` seconds and whose process is gone."""
    suspects = {run.run_id for run in _without_process(instance, studio, grace, states)}
    if not suspects:
        return []
    pause(SETTLE_SECONDS)
    dead = [run.run_id for run in _without_process(instance, studio, grace, states) if run.run_id in suspects]
    return [run_id for run_id in dead if _end(instance, run_id, states)]


def _end(instance: dg.DagsterInstance, run_id: str, states: Sequence[dg.DagsterRunStatus]) -> bool:
    """Write down that a run is over, unless it did so itself since its lock was found free."""
    run = instance.get_run_by_id(run_id)
    if run is None or run.status not in states:
        return False
    if run.status == dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, "The process of this run is gone; it was to be cancelled.")
    else:
        instance.report_run_failed(run, "The process of this run is gone. Finished phases are kept.")
    return True


def is_ours(run: dg.DagsterRun) -> bool:
    """Whether the run is of one of our jobs, or of our assets alone: other code locations may share the instance."""
    if run.job_name == ASSET_JOB:
        selected = {key.to_user_string() for key in run.asset_selection or ()}
        return bool(selected) and selected <= OUR_ASSETS
    return run.job_name in OUR_JOBS


def _without_process(
    instance: dg.DagsterInstance, studio: Kept, grace: float, states: Sequence[dg.DagsterRunStatus]
) -> Iterator[dg.DagsterRun]:
    """A run is dated by the machine that works on it: a date far in the future tells of that clock, not of an age."""
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(states))):
        run, age = record.dagster_run, (datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC)).total_seconds()
        if is_ours(run) and abs(age) >= grace and not any(map(studio.locks.is_held, _locks(run.run_id))):
            yield run


def _locks(run_id: str) -> tuple[str, str]:
    return run_lock(run_id), worker_lock(run_id)
