"""The sensors: requests become runs, dead runs are failed, runs that ended badly get their report.

What becomes of the requests is decided in `planning.py`; here it is gathered and handed to Dagster.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from ragtime_assets.agents.bindings import bindings_of
from ragtime_assets.domain.graph import REPORT
from ragtime_assets.orchestration.history import (
    ENDED_BADLY,
    PARTITION_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RETRY_WITHIN,
    WORKING,
)
from ragtime_assets.orchestration.instance import make_pools, wake_pools
from ragtime_assets.orchestration.jobs import ingest_episode, report_episode
from ragtime_assets.orchestration.materialise import AGAIN_TAG, DEFER_TAG
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.orchestration.planning import LIVE_UP_TO, MOST_REQUESTS, NOTHING_MISSING, PlannedRun, plan
from ragtime_assets.orchestration.polling import feed_sensor
from ragtime_assets.orchestration.resources import StudioResource, run_lock
from ragtime_assets.studio import Studio

if TYPE_CHECKING:
    from ragtime_assets.corpus.submissions import Request

INTERVAL_SECONDS = 4
"""Dagster looks every 5 seconds; a sensor that wants 5 is often found a moment too young, and waits for 10."""
GRACE_SECONDS = 60
SETTLE_SECONDS = 3
"""A run lets go of its lock a moment before it writes down how it ended."""
MISSED_SECONDS = 20
"""Dagster starts a retry within ten seconds, or not at all."""
REPORTED_WITHIN = timedelta(hours=1)
WILL_RETRY_TAG = "dagster/will_retry"
REMINDED_TAG = "ragtime/reminded_of_retry"


@dg.sensor(
    job=ingest_episode,
    minimum_interval_seconds=INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Turns submissions and requests for retries into runs, in the order in which they were made.",
)
def submission_sensor(context: dg.SensorEvaluationContext, studio: StudioResource) -> dg.SensorResult | dg.SkipReason:
    """Read on from the cursor; one indexed query when nothing is waiting."""
    tools = studio.studio
    waiting = tools.submissions.after(int(context.cursor or 0), MOST_REQUESTS)
    if not waiting:
        return dg.SkipReason("nothing is waiting")
    keys = list(dict.fromkeys(request.key for request in waiting))
    existing = _existing(context.instance, waiting, keys)
    known = frozenset(existing)
    new = [key for key in keys if key not in known]
    positions = {key: place for place, key in enumerate([*existing, *new])}
    runs, answered = plan(waiting, _missing(tools, waiting), positions)
    planned = {request.id: run.run_key for run in runs for request in run.requests}
    models = bindings_of(tools.settings.models)
    tools.submissions.assign({request.id: NOTHING_MISSING for request in answered} | planned, models)
    reached = {request.key for request in answered}
    added = [key for key in new if key in reached]
    return dg.SensorResult(
        run_requests=[run_request(run) for run in runs],
        dynamic_partitions_requests=[episodes.build_add_request(added)] if added else [],
        cursor=str(answered[-1].id),
    )


@dg.sensor(
    job=report_episode,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends the runs whose process is gone; sees to it that no retry, step or report is waited for in vain.",
)
def liveness_sensor(context: dg.SensorEvaluationContext, studio: StudioResource) -> dg.SensorResult:
    """Look at the liveness lock of every run that should be alive, and at what Dagster may have missed."""
    make_pools(context.instance)
    dead = fail_dead_runs(context.instance, studio.studio, GRACE_SECONDS)
    reminded = remind_of_retries(context.instance, MISSED_SECONDS)
    woken = wake_pools(context.instance)
    reports = missed_reports(context.instance, studio.studio, MISSED_SECONDS)
    swept = studio.studio.store.sweep()
    told = (
        f"{len(dead)} dead runs, {len(reminded)} retries asked for again, {woken} steps that were passed over, "
        f"{len(reports)} reports that are missing, {swept} leftovers removed"
    )
    context.log.info(told)
    return dg.SensorResult(run_requests=reports) if reports else dg.SensorResult(skip_reason=told)


def _report_sensor(name: str, status: dg.DagsterRunStatus, description: str) -> dg.SensorDefinition:
    """A sensor that asks for the report of each episode whose run ended so before it could report."""

    @dg.run_status_sensor(
        name=name,
        run_status=status,
        monitored_jobs=[ingest_episode],
        request_job=report_episode,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=description,
    )
    def one_report(context: dg.RunStatusSensorContext, studio: StudioResource) -> Iterator[dg.RunRequest]:
        run = context.dagster_run
        if _can_be_reported(context.instance, run) and not (run.is_success and _is_reported(studio.studio, run)):
            yield _report_request(run)

    return one_report


report_sensor = _report_sensor(
    "report_sensor",
    dg.DagsterRunStatus.FAILURE,
    "Writes the report of an episode whose run failed before it could report.",
)
duplicate_report_sensor = _report_sensor(
    "duplicate_report_sensor",
    dg.DagsterRunStatus.SUCCESS,
    "Writes the report of an episode whose run ended early because it is a duplicate.",
)
cancelled_report_sensor = _report_sensor(
    "cancelled_report_sensor",
    dg.DagsterRunStatus.CANCELED,
    "Writes the report of an episode whose run was cancelled.",
)


def run_request(run: PlannedRun) -> dg.RunRequest:
    """What Dagster is asked to launch."""
    assets, tags = _asset_keys(run), {AGAIN_TAG: ",".join(run.again)}
    if run.is_batch:
        tags |= {RANGE_START_TAG: run.keys[0], RANGE_END_TAG: run.keys[-1], DEFER_TAG: "true"}
        return dg.RunRequest(run_key=run.run_key, tags=tags, asset_selection=assets)
    return dg.RunRequest(run_key=run.run_key, partition_key=run.keys[0], tags=tags, asset_selection=assets)


def fail_dead_runs(
    instance: dg.DagsterInstance,
    studio: Studio,
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


def missed_reports(instance: dg.DagsterInstance, studio: Studio, after: float) -> list[dg.RunRequest]:
    """The reports that are missing of runs that ended badly `after` seconds ago or more.

    A sensor hears of what ends after its first look; on a fresh instance an episode can fail before that.
    """
    now = datetime.now(UTC)
    ended = dg.RunsFilter(
        job_name=ingest_episode.name,
        statuses=list(ENDED_BADLY),
        updated_after=now - REPORTED_WITHIN,
        updated_before=now - timedelta(seconds=after),
    )
    runs = instance.get_runs(ended)
    return [_report_request(run) for run in runs if _can_be_reported(instance, run) and not _is_reported(studio, run)]


def _can_be_reported(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether it was about one episode that somebody has not deleted since, and came to its end."""
    key = run.tags.get(PARTITION_TAG)
    is_over = run.tags.get(WILL_RETRY_TAG) != "true"
    return is_over and key is not None and instance.has_dynamic_partition("episodes", key)


def _is_reported(studio: Studio, run: dg.DagsterRun) -> bool:
    key = run.tags[PARTITION_TAG]
    return REPORT in studio.artifact_index.of([key]).get(key, {})


def _report_request(run: dg.DagsterRun) -> dg.RunRequest:
    report = [dg.AssetKey(REPORT)]
    return dg.RunRequest(run_key=f"report-{run.run_id}", partition_key=run.tags[PARTITION_TAG], asset_selection=report)


def _without_process(
    instance: dg.DagsterInstance, studio: Studio, grace: float, states: Sequence[dg.DagsterRunStatus]
) -> Iterator[dg.DagsterRun]:
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(states))):
        age = (datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC)).total_seconds()
        if age >= grace and not studio.locks.is_held(run_lock(record.dagster_run.run_id)):
            yield record.dagster_run


def _missing(studio: Studio, waiting: Sequence["Request"]) -> dict[str, frozenset[str]]:
    return studio.artifact_index.outstanding([request.key for request in waiting])


def _existing(instance: dg.DagsterInstance, waiting: Sequence["Request"], keys: Sequence[str]) -> Sequence[str]:
    """The partitions in their order: all of them where there may be batches, else those that are asked about."""
    if len(keys) <= LIVE_UP_TO and not any(request.run_key for request in waiting):
        return [key for key in keys if instance.has_dynamic_partition("episodes", key)]
    return instance.get_dynamic_partitions("episodes")


def _asset_keys(run: PlannedRun) -> list[dg.AssetKey]:
    return [dg.AssetKey(asset) for asset in run.assets]


ALL = [submission_sensor, liveness_sensor, report_sensor, cancelled_report_sensor, duplicate_report_sensor, feed_sensor]
