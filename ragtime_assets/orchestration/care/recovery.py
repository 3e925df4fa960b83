"""Episodes whose run died for good, with no failure of a phase to tell of: they are asked for again, or named and left.

Dagster resumes a run whose process died twice. What is left after that is asked for again, each episode in a run of its
own, so that the one that kills its worker is found and the others of its batch are done. An episode is left when the
runs that died were its own, had begun, and finished nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.domain.history import REPORT_JOB
from ragtime_assets.domain.outstanding import NOT_ASKED_FOR
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG
from ragtime_assets.orchestration.care.liveness import is_ours
from ragtime_assets.orchestration.care.reports import keys_of
from ragtime_assets.orchestration.failures import observation
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.planning import AFTER_A_DEATH
from ragtime_assets.orchestration.standing import RUN_FAILED, EpisodeStatus
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import GONE_ON_TAG, ROOT_TAG
from ragtime_assets.studio import Kept

LOOK_BACK = timedelta(hours=1)
"""What died longer ago is left alone, as are the reports that it owes."""
MOST_UNBEGUN = 5
"""So often an episode is asked for again whose runs die before they begin; then it is not the episode."""


def go_on_after_deaths(instance: dg.DagsterInstance, kept: Kept, now: datetime | None = None) -> list[str]:
    """Ask again for the episodes whose runs died since; the keys. It is `now`, or what the clock says."""
    asked: list[str] = []
    for run in _died(instance, now or datetime.now(UTC)):
        family = _family(instance, run)
        keys = keys_of(instance, kept, [run])[run.run_id]
        again: list[str] = []
        for key in kept.submissions.wishes(keys):  # it may have been forgotten meanwhile, or never submitted
            (status,) = statuses(kept, instance, key)
            if not _is_stranded(status, run.run_id):
                continue
            if len(keys) > 1 or _gets_further(kept, key, family):
                again.append(key)
            else:
                _leave(instance, kept, run, status, family)
        kept.submissions.request(again, by=AFTER_A_DEATH)
        instance.add_run_tags(run.run_id, {GONE_ON_TAG: run.run_id})
        asked += again
    return asked


def _died(instance: dg.DagsterInstance, now: datetime) -> Iterator[dg.DagsterRun]:
    """The runs that failed, that Dagster does not resume, and that nobody looked at yet."""
    failed = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=now - LOOK_BACK)
    for run in instance.get_runs(failed):
        is_new = run.tags.get(GONE_ON_TAG) != run.run_id and run.tags.get(WILL_RETRY_TAG) != "true"
        if is_new and is_ours(run) and run.job_name != REPORT_JOB:
            yield run


def _family(instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[dg.RunRecord]:
    """The run, those that it resumed, and those that these resumed."""
    root = run.tags.get(ROOT_TAG, run.run_id)
    resumed = instance.get_run_records(dg.RunsFilter(tags={ROOT_TAG: root}))
    return [*instance.get_run_records(dg.RunsFilter(run_ids=[root])), *resumed]


def _is_stranded(status: EpisodeStatus, run_id: str) -> bool:
    """Whether the episode is where the end of this run left it, with no failure of a phase to tell of."""
    is_unexplained = status.error is not None and status.error.error_class == RUN_FAILED.error_class
    return status.run_id == run_id and (status.state == "queued" or is_unexplained)


def _gets_further(kept: Kept, key: str, family: Collection[dg.RunRecord]) -> bool:
    """Whether these runs of one episode finished a phase of it, or died before they began, and not too often."""
    ids = {record.dagster_run.run_id for record in family}
    made = kept.artifact_index.of([key]).get(key, {})
    if any(one.run_id in ids for asset, one in made.items() if asset != REPORT):
        return True
    if any(record.start_time for record in family):
        return False
    since = max((one.created_at for one in made.values()), default=datetime.min.replace(tzinfo=UTC))
    return kept.submissions.asked_since(key, AFTER_A_DEATH, since) < MOST_UNBEGUN


def _leave(
    instance: dg.DagsterInstance,
    kept: Kept,
    run: dg.DagsterRun,
    status: EpisodeStatus,
    family: Collection[dg.RunRecord],
) -> None:
    """Say on the episode what killed its runs, and what to do."""
    working = History(instance).running_phases(run.run_id)
    unmade = (asset for asset, one in status.phases.items() if one.state not in ("done", NOT_ASKED_FOR))
    asset = next(unmade) if not working else min(working, key=PHASES.index)
    told = [
        entry.dagster_event.message
        for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
        if entry.dagster_event is not None and entry.dagster_event.message
    ]
    failure = PhaseFailure(
        error_class="WorkerDied",
        message=f"the process that made {asset} of {status.key} died each time; runs in a row: {len(family)}",
        remedy="See that the machine has memory for it (docs/operations.md), then `ragtime retry KEY`.",
        cause=told[-1] if told else "",
        permanent=False,
    )
    instance.report_runless_asset_event(
        observation(asset, status.key, failure.about(status.key), kept.database.clock())
    )
