"""Tells people of failures: which runs failed since the last look, of what, and one message per cause and hour.

What is to be told is a row for each cause, so it outlives the sensor, the daemon and whatever way does not answer.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.notices import Failed, message, notices
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG
from ragtime_assets.orchestration.care.liveness import is_ours
from ragtime_assets.orchestration.failures import catching
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.orchestration.standing import RUN_FAILED
from ragtime_assets.orchestration.steps.run import stops_left_by
from ragtime_assets.orchestration.tags import PARTITION_TAG
from ragtime_assets.ports import Notifier
from ragtime_assets.studio import Kept
from ragtime_assets.studio.notifying import notifier_of

OVERLAP = timedelta(seconds=20)
"""Looked at again each time, but for the runs that were seen: a run may be written down late."""
MOST = 200
"""Of the failed runs that one look reads for the first time."""
_LONGEST = 200


@dataclass(frozen=True)
class Look:
    """How far the failed runs were read."""

    since: datetime
    seen: frozenset[str] = frozenset()
    """Of the runs that changed shortly before, those that were read."""

    @classmethod
    def at(cls, cursor: str | None, now: datetime) -> "Look":
        """Where the last look ended; the first begins `now`, for what failed before is no news."""
        if cursor is None:
            return cls(now)
        kept = json.loads(cursor)
        return cls(datetime.fromisoformat(kept["since"]), frozenset(kept["seen"]))

    @property
    def cursor(self) -> str:
        """What the next look is told."""
        return json.dumps({"since": self.since.isoformat(), "seen": sorted(self.seen)})


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells people what failed, by the way that RAGTIME_NOTIFY names: a message per cause and hour.",
)
@on_kept_history
def notification_sensor(
    context: dg.SensorEvaluationContext, kept: dg.ResourceParam[Kept]
) -> dg.SensorResult | dg.SkipReason:
    """Note what failed since the last look, and tell what is due."""
    notifier = notifier_of(kept.settings)
    if notifier is None:
        return dg.SkipReason("RAGTIME_NOTIFY is not set, so nobody is told of failures")
    look = note_failures(context.instance, kept, Look.at(context.cursor, datetime.now(UTC)))
    told, untold = tell(kept, notifier, kept.database.clock())
    return dg.SensorResult(skip_reason=f"{told} messages sent, {untold} not taken", cursor=look.cursor)


def note_failures(instance: dg.DagsterInstance, kept: Kept, look: Look) -> Look:
    """Note of what the runs failed that did so since `look`; where the next one begins."""
    failed = instance.get_run_records(
        dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=look.since - OVERLAP),
        limit=MOST + len(look.seen),
        order_by="update_timestamp",
        ascending=True,
    )
    new = [record for record in failed if record.dagster_run.run_id not in look.seen]
    kept.notices.note(notices(one for record in new for one in _failures(instance, kept, record.dagster_run)))
    if not failed:
        return Look(look.since, look.seen)
    since = max(look.since, failed[-1].update_timestamp.replace(tzinfo=UTC))
    recent = (one for one in failed if one.update_timestamp.replace(tzinfo=UTC) > since - OVERLAP)
    return Look(since, frozenset(one.dagster_run.run_id for one in recent))


def tell(kept: Kept, notifier: Notifier, now: datetime) -> tuple[int, int]:
    """Tell what is due; how many messages got through, and how many did not. Nothing is raised for these."""
    told = untold = 0
    for notice in kept.notices.take(now):
        with catching() as caught:
            notifier.tell(message(notice, kept.settings.serve_url))
        if caught.failure is None:
            kept.notices.sent(notice, now)
            told += 1
        else:
            kept.notices.failed(notice, f"{caught.failure.error_class}: {caught.failure.message}")
            untold += 1
    return told, untold


def _failures(instance: dg.DagsterInstance, kept: Kept, run: dg.DagsterRun) -> Iterator[Failed]:
    """What failed in a run: episodes, or the run itself where no phase could say why."""
    if not is_ours(run) or run.tags.get(WILL_RETRY_TAG) == "true":
        return
    found = stops_left_by(instance, kept, run, run.step_keys_to_execute or PHASES)
    stops = [stop for stop in found if stop.failure.halt is None]
    for stop in stops:
        said = stop.failure.message.splitlines()[0][:_LONGEST]
        yield Failed(stop.failure.error_class, stop.key, f"{stop.asset}: {said}", stop.failure.remedy)
    if not stops:
        yield _failed_run(instance, run)


def _failed_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Failed:
    what = run.tags.get(PARTITION_TAG, run.job_name)
    for step in _failed_steps(instance, run.run_id):
        told = {name: entry.value for name, entry in step.metadata.items()}
        if "error" in told:
            return Failed(str(told["error"]), what, str(told["message"])[:_LONGEST], str(told["what_to_do"]))
    return Failed(RUN_FAILED.error_class, what, RUN_FAILED.message, RUN_FAILED.remedy.replace("KEY", what))


def _failed_steps(instance: dg.DagsterInstance, run_id: str) -> Sequence[dg.Failure]:
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    events = (entry.get_dagster_event().step_failure_data.user_failure_data for entry in entries)
    return [dg.Failure(told.description, told.metadata) for told in events if told is not None]
