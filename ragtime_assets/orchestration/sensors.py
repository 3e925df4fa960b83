"""The sensors: requests become runs, dead runs are failed, runs that ended early get their report.

What becomes of the requests is decided in `planning.py`, what of runs in `care/`; here it is handed to Dagster.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from ragtime_assets.agents.desk.bindings import bindings_of
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.outstanding import following, outstanding
from ragtime_assets.orchestration.approving import approval_sensor
from ragtime_assets.orchestration.care.clocks import date_again
from ragtime_assets.orchestration.care.dagster_gaps import remind_of_retries
from ragtime_assets.orchestration.care.liveness import fail_dead_runs
from ragtime_assets.orchestration.care.notifying import notification_sensor
from ragtime_assets.orchestration.care.recovery import go_on_after_deaths
from ragtime_assets.orchestration.care.reports import sweep_ended_runs
from ragtime_assets.orchestration.forgetting import finish_forgetting
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.jobs import ingest_episode, report_episode
from ragtime_assets.orchestration.launching.sending import send_what_waits
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.orchestration.planning import (
    LIVE_UP_TO,
    MOST_REQUESTS,
    NOTHING_MISSING,
    Need,
    PlannedRun,
    need_of,
    plan,
)
from ragtime_assets.orchestration.polling import feed_sensor
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.orchestration.tags import (
    AGAIN_TAG,
    ASKED_AT_TAG,
    DEFER_TAG,
    PLACE_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RUN_KEY_TAG,
    naming,
)
from ragtime_assets.studio import Index, Kept

if TYPE_CHECKING:
    from ragtime_assets.corpus.submissions import Request

INTERVAL_SECONDS = 4
"""Dagster looks every 5 seconds; a sensor that wants 5 is often found a moment too young, and waits for 10."""
GRACE_SECONDS = 60
MISSED_SECONDS = 20
"""Dagster starts a retry within ten seconds, or not at all."""


@dg.sensor(
    job=ingest_episode,
    minimum_interval_seconds=INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Turns submissions and requests for retries into runs, in the order in which they were made.",
)
@on_kept_history
def submission_sensor(
    context: dg.SensorEvaluationContext, kept: dg.ResourceParam[Kept]
) -> dg.SensorResult | dg.SkipReason:
    """Read on from the cursor; one indexed query when nothing is waiting."""
    waiting = kept.submissions.after(int(context.cursor or 0), MOST_REQUESTS)
    if not waiting:
        return dg.SkipReason("nothing is waiting")
    keys = list(dict.fromkeys(request.key for request in waiting))
    existing = _existing(context.instance, waiting, keys)
    known = frozenset(existing)
    new = [key for key in keys if key not in known]
    positions = {key: place for place, key in enumerate([*existing, *new])}
    runs, answered = plan(
        waiting, _needs(kept, context.instance, waiting), positions, _launched(context.instance, waiting)
    )
    planned = {request.id: run.run_key for run in runs for request in run.requests}
    models = bindings_of(kept.settings.engines)
    without_run = {request.id: request.run_key or NOTHING_MISSING for request in answered}
    if not kept.submissions.assign(without_run | planned, models, waiting):
        return dg.SkipReason("a request was withdrawn or planned meanwhile; what is left is planned at the next look")
    reached = {request.key for request in answered}
    added = [key for key in new if key in reached]
    return dg.SensorResult(
        run_requests=[run_request(run, _named(kept, run)) for run in runs],
        dynamic_partitions_requests=[episodes.build_add_request(added)] if added else [],
        cursor=str(answered[-1].id),
    )


@dg.sensor(
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Ends the runs whose process is gone, and sees to it that their episodes are gone on with.",
)
@on_kept_history
def liveness_sensor(
    context: dg.SensorEvaluationContext, kept: dg.ResourceParam[Kept], index: dg.ResourceParam[Index]
) -> dg.SkipReason:
    """Look at the liveness lock of every run that should be alive, and at what Dagster may have missed."""
    dead = fail_dead_runs(context.instance, kept, GRACE_SECONDS)
    sent = send_what_waits(context.instance, kept.settings)
    reminded = remind_of_retries(context.instance, MISSED_SECONDS)
    date_again(context.instance)
    again = go_on_after_deaths(context.instance, kept)
    forgotten = finish_forgetting(kept, index, context.instance)
    swept = kept.sweep() + index.vectors.sweep()
    return dg.SkipReason(
        f"{len(dead)} dead runs, {len(sent)} sent again, {len(reminded)} retries asked for again, "
        f"{len(again)} episodes gone on with, {len(forgotten)} forgotten to the end, {swept} leftovers removed"
    )


@dg.sensor(
    job=report_episode,
    minimum_interval_seconds=INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for the reports of runs that failed, were cancelled or stopped early before they could report.",
)
@on_kept_history
def report_sensor(context: dg.SensorEvaluationContext, kept: dg.ResourceParam[Kept]) -> dg.SensorResult:
    """Look at the runs that ended since the last look."""
    sweep = sweep_ended_runs(context.instance, kept, context.cursor)
    return dg.SensorResult(run_requests=list(sweep.requests), cursor=sweep.cursor)


def run_request(run: PlannedRun, named: Mapping[str, str]) -> dg.RunRequest:
    """What Dagster is asked to launch, with the tags by which people find it."""
    assets = [dg.AssetKey(asset) for asset in run.assets]
    tags = {**named, AGAIN_TAG: ",".join(run.again), ASKED_AT_TAG: run.asked_at.isoformat()}
    if run.place is not None:
        tags[PLACE_TAG] = run.place
    if run.is_batch:
        tags |= {RANGE_START_TAG: run.keys[0], RANGE_END_TAG: run.keys[-1], DEFER_TAG: "true"}
        return dg.RunRequest(run_key=run.run_key, tags=tags, asset_selection=assets, asset_check_keys=[])
    return dg.RunRequest(run_key=run.run_key, partition_key=run.keys[0], tags=tags, asset_selection=assets)


def _named(kept: Kept, run: PlannedRun) -> dict[str, str]:
    """Tags with the title and the show of the one episode of a run, if they are known; its details may add them."""
    if run.is_batch:
        return {}
    (key,) = run.keys
    return naming(kept.artifact_index.of([key]).get(key, {}).get(EpisodeDetails.asset))


def _needs(kept: Kept, instance: dg.DagsterInstance, waiting: Sequence["Request"]) -> dict[str, Need]:
    """What the run for the first of each episode's requests has to make; a later request is left for a later tick."""
    first = {request.key: request for request in reversed(waiting)}
    made, wishes = kept.artifact_index.of(list(first)), kept.submissions.wishes(first)
    failed_at = History(instance).failed_at([key for key, request in first.items() if request.attempt > 1])
    needs: dict[str, Need] = {}
    for key, request in first.items():
        asked = [wish for wish in wishes[key] if wish.asked_at <= request.asked_at]
        found = outstanding(made.get(key, {}), asked, failed_at.get(key, {}))
        needs[key] = need_of(found, made.get(key, {}), following(found, asked))
    return needs


def _launched(instance: dg.DagsterInstance, waiting: Sequence["Request"]) -> frozenset[str]:
    """The run keys of these requests that have their run; only a tick that died, or a reset cursor, leaves any."""
    run_keys = sorted({request.run_key for request in waiting if request.run_key})
    if not run_keys:
        return frozenset()
    runs = instance.get_runs(dg.RunsFilter(job_name=ingest_episode.name, tags={RUN_KEY_TAG: run_keys}))
    return frozenset(run.tags[RUN_KEY_TAG] for run in runs)


def _existing(instance: dg.DagsterInstance, waiting: Sequence["Request"], keys: Sequence[str]) -> Sequence[str]:
    """The partitions in their order: all of them where there may be batches, else those that are asked about."""
    if len(keys) <= LIVE_UP_TO and not any(request.run_key for request in waiting):
        return [key for key in keys if instance.has_dynamic_partition("episodes", key)]
    return instance.get_dynamic_partitions("episodes")


ALL = [submission_sensor, approval_sensor, liveness_sensor, report_sensor, feed_sensor, notification_sensor]
