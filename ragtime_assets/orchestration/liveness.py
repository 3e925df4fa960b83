"""What becomes of runs that Dagster lost sight of: processes that are gone, retries and reports that it missed.

`liveness_sensor` and `ragtime up` ask; when they do is theirs to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from ragtime_assets.domain.graph import REPORT
from ragtime_assets.orchestration.history import (
    ENDED_BADLY,
    INGEST_JOB,
    PARTITION_TAG,
    RETRY_WITHIN,
    RUN_KEY_TAG,
    WORKING,
)
from ragtime_assets.orchestration.resources import run_lock
from ragtime_assets.studio import Kept

SETTLE_SECONDS = 3
"""A run lets go of its lock a moment before it writes down how it ended, and takes again what a broken line let go."""
REPORTED_WITHIN = timedelta(hours=1)
WILL_RETRY_TAG = "dagster/will_retry"
REMINDED_TAG = "ragtime/reminded_of_retry"


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
    dead = [run for run in _without_process(instance, studio, grace, states) if run.run_id in suspects]
    for run in dead:
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, "The process of this run is gone; it was to be cancelled.")
        else:
            instance.report_run_failed(run, "The process of this run is gone. Finished phases are kept.")
    return [run.run_id for run in dead]


def remind_of_retries(instance: dg.DagsterInstance, after: float) -> list[str]:
    """Report runs as failed once more that failed `after` seconds ago or more, and whose retry Dagster missed.

    Its daemon can hear of a failure before that is written into the run; it then takes the run for one that goes on.
    """
    now = datetime.now(UTC)
    due = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.FAILURE],
        tags={WILL_RETRY_TAG: "true"},
        updated_after=now - RETRY_WITHIN,
        updated_before=now - timedelta(seconds=after),
    )
    missed = [
        run for run in instance.get_runs(due) if run.is_complete_and_waiting_to_retry and REMINDED_TAG not in run.tags
    ]
    for run in missed:
        instance.add_run_tags(run.run_id, {REMINDED_TAG: "true"})
        instance.report_run_failed(run, "Dagster's daemon did not start a retry of this run; it is told again.")
    return [run.run_id for run in missed]


def missed_reports(instance: dg.DagsterInstance, studio: Kept, after: float) -> list[dg.RunRequest]:
    """The reports that are missing of runs that ended badly `after` seconds ago or more.

    A sensor hears of one run a tick, and only of what ends after its first look; on a fresh instance some end before.
    """
    now = datetime.now(UTC)
    ended = dg.RunsFilter(
        job_name=INGEST_JOB,
        statuses=list(ENDED_BADLY),
        updated_after=now - REPORTED_WITHIN,
        updated_before=now - timedelta(seconds=after),
    )
    runs = without_report(studio, instance.get_runs(ended))
    return [request for run in runs for request in report_requests(instance, run)]


def report_requests(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[dg.RunRequest]:
    """The report of the run's episode, alone; nothing where the run goes on, or the report is on its way."""
    key, run_key = run.tags.get(PARTITION_TAG), f"report-{run.run_id}"
    if key is None or run.tags.get(WILL_RETRY_TAG) == "true":
        return
    if not instance.has_dynamic_partition("episodes", key):  # somebody deleted it since
        return
    if instance.get_runs_count(dg.RunsFilter(tags={RUN_KEY_TAG: run_key})) == 0:
        yield dg.RunRequest(run_key=run_key, partition_key=key, asset_selection=[dg.AssetKey(REPORT)])


def without_report(studio: Kept, runs: Sequence[dg.DagsterRun]) -> list[dg.DagsterRun]:
    """Those of the runs whose episode has no report."""
    keys = [run.tags.get(PARTITION_TAG, "") for run in runs]
    found = studio.artifact_index.of(keys)
    return [run for run, key in zip(runs, keys, strict=True) if REPORT not in found.get(key, {})]


def _without_process(
    instance: dg.DagsterInstance, studio: Kept, grace: float, states: Sequence[dg.DagsterRunStatus]
) -> Iterator[dg.DagsterRun]:
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(states))):
        age = (datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC)).total_seconds()
        if age >= grace and not studio.locks.is_held(run_lock(record.dagster_run.run_id)):
            yield record.dagster_run
