"""Episodes that a run left for no reason of their own: they are asked for again, or named and left.

Dagster resumes a run whose process died twice, unless it cannot: it gives up for good where the code location is away
just then. What is left after that is asked for again, each episode in a run of its own, so that the one that kills its
worker is found and the others of its batch are done. An episode is left when the runs that died were its own, had
begun, and got no further: no phase was finished, and no answer kept.

A phase that failed because something of ours did not answer, or because another run worked on its episode, is asked for
again as well, after a pause that grows; once it is over, the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import dagster as dg

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.domain.history import REPORT_JOB
from ragtime_assets.domain.outstanding import NOT_ASKED_FOR
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG
from ragtime_assets.orchestration.care.kept_connections import connections_kept
from ragtime_assets.orchestration.care.liveness import is_ours
from ragtime_assets.orchestration.care.reports import keys_of
from ragtime_assets.orchestration.failures import observation
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.planning import AFTER_A_DEATH, ONCE_IT_PASSED
from ragtime_assets.orchestration.standing import EpisodeStatus, where_they_stand
from ragtime_assets.orchestration.steps.episode import guard
from ragtime_assets.orchestration.tags import ASKED_AT_TAG, GONE_ON_TAG, PARTITION_TAG, ROOT_TAG
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio import Kept

LOOK_LOCK = "recovery"
LOOK_BACK = timedelta(hours=1)
"""What died longer ago is left alone, as are the reports that it owes."""
MOST_DEATHS = 3
"""Of the runs of one episode that had begun and got no further; as many as a run and the two that resume it."""
MOST_ASKED = 5
"""So often an episode is asked for again that gets no further; then it is left, whatever its runs died of."""
PAUSE = timedelta(seconds=20)
"""Before an episode is asked for a second time after a failure that passes; doubled each time."""


@dataclass
class _Left:
    """What becomes of the episodes that a run left."""

    died: list[str] = field(default_factory=list[str])
    """Asked for again now, each in a run of its own."""
    passed: list[str] = field(default_factory=list[str])
    """Asked for again now; what they failed of is over by then, or the next try tells."""
    later: list[str] = field(default_factory=list[str])
    """Looked at again."""


def go_on_after_deaths(instance: dg.DagsterInstance, kept: Kept, now: datetime | None = None) -> list[str]:
    """Ask again for the episodes that failed runs left; the keys. It is `now`, or what the clock says.

    One looks at a time: a daemon that was killed leaves a look behind that goes on beside that of the next, and both
    would ask.
    """
    now = now or datetime.now(UTC)
    asked: list[str] = []
    with suppress(LockTaken), kept.locks.hold(LOOK_LOCK, "liveness_sensor"), connections_kept(instance):
        for record in _failed(instance, now):
            run = record.dagster_run
            left = _what_is_left(instance, kept, record, now)
            kept.submissions.request(left.died, by=AFTER_A_DEATH)
            kept.submissions.request(left.passed, by=ONCE_IT_PASSED)
            if not left.later:
                instance.add_run_tags(run.run_id, {GONE_ON_TAG: run.run_id})
            asked += left.died + left.passed
    return asked


def _what_is_left(instance: dg.DagsterInstance, kept: Kept, record: dg.RunRecord, now: datetime) -> _Left:
    """What becomes of the episodes of this run; one that kills its runs is left at once."""
    run, left = record.dagster_run, _Left()
    family = _family(instance, run)
    keys = keys_of(instance, kept, [run])[run.run_id]
    history = History(instance, now)
    for key in kept.submissions.wishes(keys):  # it may have been forgotten meanwhile, or never submitted
        (status,) = where_they_stand(kept, history, key)
        if not _is_left_by(status, run.run_id):
            continue
        failures = _failures(status, family)
        if not failures and (len(keys) > 1 or _may_go_on(instance, kept, key)):
            left.died.append(key)
        elif not failures:
            _leave(instance, kept, run, status)
        elif all(one.goes_on for one in failures):
            _wait(kept, key, failures, now - record.update_timestamp.replace(tzinfo=UTC), left)
    return left


def _failed(instance: dg.DagsterInstance, now: datetime) -> Iterator[dg.RunRecord]:
    """The runs that failed, that Dagster does not resume, and that nobody has done with yet."""
    failed = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=now - LOOK_BACK)
    for record in instance.get_run_records(failed):
        run = record.dagster_run
        is_new = run.tags.get(GONE_ON_TAG) != run.run_id and run.tags.get(WILL_RETRY_TAG) != "true"
        if is_new and is_ours(run) and run.job_name != REPORT_JOB:
            yield record


def _family(instance: dg.DagsterInstance, run: dg.DagsterRun) -> set[str]:
    """The run, those that it resumed, and those that these resumed."""
    root = run.tags.get(ROOT_TAG, run.run_id)
    return {root, run.run_id, *(one.run_id for one in instance.get_runs(dg.RunsFilter(tags={ROOT_TAG: root})))}


def _is_left_by(status: EpisodeStatus, run_id: str) -> bool:
    """Whether this is the run that ended last for the episode, and nobody goes on with it."""
    evidence = status.evidence
    if evidence is None or evidence.in_flight is not None or status.state not in ("queued", "failed"):
        return False
    return evidence.last_run is not None and evidence.last_run.run_id == run_id


def _failures(status: EpisodeStatus, family: Collection[str]) -> list[PhaseFailure]:
    """What phases of the episode failed of in these runs; an older failure tells nothing of why they ended."""
    standing = status.evidence.standing if status.evidence else []
    return [one.failure for one in standing if one.run_id in family]


def _may_go_on(instance: dg.DagsterInstance, kept: Kept, key: str) -> bool:
    """Whether the episode got further lately, or its runs died not often enough to say that it kills them."""
    since = _got_further_at(kept, key)
    if kept.submissions.asked_since(key, AFTER_A_DEATH, since) >= MOST_ASKED:
        return False
    alone = dg.RunsFilter(tags={PARTITION_TAG: key}, statuses=[dg.DagsterRunStatus.FAILURE])
    deaths = [one for one in instance.get_run_records(alone) if one.start_time and _asked_at(one) >= since]
    return len(deaths) < MOST_DEATHS


def _got_further_at(kept: Kept, key: str) -> datetime:
    """When a phase of the episode was finished last, an answer kept for one, or somebody else asked for it."""
    made = kept.artifact_index.of([key]).get(key, {})
    told = kept.journals.last_kept(key), kept.submissions.asked_by_others(key, (AFTER_A_DEATH, ONCE_IT_PASSED))
    finished = (one.created_at for asset, one in made.items() if asset != REPORT)
    return max([*finished, *filter(None, told)], default=datetime.min.replace(tzinfo=UTC))


def _asked_at(record: dg.RunRecord) -> datetime:
    """When a run was asked for, by the clock of the corpus; one that somebody launched in the UI has no such date."""
    told = record.dagster_run.tags.get(ASKED_AT_TAG)
    return datetime.fromisoformat(told) if told else record.create_timestamp.replace(tzinfo=UTC)


def _wait(kept: Kept, key: str, failures: Collection[PhaseFailure], age: timedelta, left: _Left) -> None:
    """Ask for the episode when its pause is over, and not while another run holds it."""
    asked = kept.submissions.asked_since(key, ONCE_IT_PASSED, _got_further_at(kept, key))
    if asked >= MOST_ASKED:
        return
    is_held = any(one.is_busy for one in failures) and kept.locks.is_held(guard(key))
    is_early = asked > 0 and age < PAUSE * 2 ** (asked - 1)
    (left.later if is_held or is_early else left.passed).append(key)


def _leave(instance: dg.DagsterInstance, kept: Kept, run: dg.DagsterRun, status: EpisodeStatus) -> None:
    """Say on the episode what killed its runs, and what to do."""
    working = History(instance).running_phases(run.run_id)
    unmade = (asset for asset, one in status.phases.items() if one.state not in ("done", NOT_ASKED_FOR))
    asset = next(unmade) if not working else min(working, key=PHASES.index)
    failure = PhaseFailure(
        error_class="WorkerDied",
        message=f"the process that made {asset} of {status.key} died each time, and it got no further",
        remedy="See that the machine has memory for it (docs/operations.md), then `ragtime retry KEY`.",
        cause=_last_words(instance, run.run_id),
        permanent=False,
    )
    instance.report_runless_asset_event(
        observation(asset, status.key, failure.about(status.key), kept.database.clock())
    )


def _last_words(instance: dg.DagsterInstance, run_id: str) -> str:
    """What Dagster knows of how the run ended."""
    ends = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    events = [entry.get_dagster_event() for entry in instance.all_logs(run_id, of_type=ends)]
    raised = [event.step_failure_data.error for event in events if event.is_step_failure]
    told = [error.message for error in raised if error] or [event.message for event in events if event.message]
    return told[-1] if told else ""
