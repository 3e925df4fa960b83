"""What is broken now, as an asset without partitions: looked at every hour, so that its history tells since when."""

from datetime import UTC, datetime

import dagster as dg

from ragtime_assets.domain.health import Health, in_words, sections
from ragtime_assets.domain.markdown import markdown
from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.failures import catching, failure_of
from ragtime_assets.orchestration.health import health_of
from ragtime_assets.orchestration.history import DagsterRecords
from ragtime_assets.orchestration.metadata import Metadata
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.studio import Index, Kept, Reading, Speech
from ragtime_assets.studio.staleness import present

JOB = "check_health"
_CELL = 300


@dg.asset(group_name="care", kinds={"python", "sql"}, owners=["team:corpus"], code_version="2")
def corpus_health(
    context: dg.AssetExecutionContext,
    kept: dg.ResourceParam[Kept],
    index: dg.ResourceParam[Index],
    speech: dg.ResourceParam[Speech],
    reading: dg.ResourceParam[Reading],
) -> None:
    """What is broken now: failures by cause with their remedy, who waits for approval, feeds that fail, what is old."""
    with catching() as caught:
        now = present(kept.settings, index, speech, reading)
        health = health_of(kept, index, DagsterRecords(context.instance), now, datetime.now(UTC))
        context.add_asset_metadata(_told(health))
    if caught.failure is not None:
        raise failure_of("the health of the corpus is not known", caught.failure)


health_job = dg.define_asset_job(
    JOB,
    selection=[corpus_health],
    description="Counts what is broken now; health_schedule starts it every hour.",
    executor_def=run_executor,
)


@dg.schedule(
    job=health_job,
    cron_schedule="17 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Looks every hour at what is broken.",
)
@on_kept_history
def health_schedule(context: dg.ScheduleEvaluationContext, kept: dg.ResourceParam[Kept]) -> dg.RunRequest:
    """One look."""
    return dg.RunRequest()


def _told(health: Health) -> Metadata:
    counts = {
        "episodes": health.episodes,
        "searchable": health.searchable,
        "failed": sum(one.episodes for one in health.failed),
        "unfinished": health.unfinished,
        "in_flight": health.in_flight,
        "waiting": health.waiting,
        "waiting_for_approval": health.approvals.waiting,
        "approved": health.approvals.approved,
        "rejected": health.approvals.rejected,
        "feeds_failing": health.feeds_failing,
        "stale_artifacts": sum(one.episodes for one in health.stale),
        "unpublished": health.unpublished,
        "leftovers": health.leftovers,
        "not_told_of": sum(one.episodes for one in health.untold),
    }
    told: Metadata = {"in_words": dg.MetadataValue.text(in_words(health))}
    told |= {name: dg.MetadataValue.int(count) for name, count in counts.items()}
    page = "\n\n".join(f"## {heading}\n\n{markdown(table, None, _CELL)}" for heading, table in sections(health))
    told["what_is_wrong"] = dg.MetadataValue.md(page or "Nothing.")
    told["health"] = dg.MetadataValue.json(health.model_dump(mode="json"))
    return told
