"""The whole corpus as notes and lines of JSON: an asset without partitions, its job, and a schedule that is off.

What the files say is in `domain/rendering/`, when they are seen in `adapters/storage/corpus_export.py`.
"""

import time
from collections.abc import Callable, Iterator

import dagster as dg

from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.failures import catching, failure_of
from ragtime_assets.orchestration.metadata import Metadata
from ragtime_assets.orchestration.progress import EVERY_SECONDS
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio import Kept
from ragtime_assets.studio.corpus_export import LOCK, ExportedCorpus, export_corpus

JOB = "export_corpus"
ASSET = "corpus_export"


@dg.asset(group_name="publish", kinds={"python", "markdown"}, owners=["team:corpus"], code_version="1")
def corpus_export(context: dg.AssetExecutionContext, kept: dg.ResourceParam[Kept]) -> None:
    """Writes every episode as a Markdown note and as lines of JSON under HOME/export; rewrites only what changed."""
    with catching() as caught:
        _export(context, kept)
    if caught.failure is not None:
        raise failure_of("not every episode is in the export as it is now", caught.failure)


export_job = dg.define_asset_job(
    JOB,
    selection=[corpus_export],
    description="Writes the whole corpus as Markdown and JSONL; export_schedule starts it every night if it is on.",
    executor_def=run_executor,
)


@dg.schedule(
    job=export_job,
    cron_schedule="0 3 * * *",
    description="Exports the corpus every night; off until somebody turns it on.",
)
@on_kept_history
def export_schedule(context: dg.ScheduleEvaluationContext, kept: dg.ResourceParam[Kept]) -> dg.RunRequest:
    """One run; it rewrites what changed."""
    return dg.RunRequest()


def _export(context: dg.AssetExecutionContext, kept: Kept) -> None:
    """Export, unless somebody is at it; raises for the first episode that could not be read, after all others."""
    try:
        with kept.locks.hold(LOCK, context.run.run_id):
            done = export_corpus(kept, _telling(context))
    except LockTaken as taken:
        context.log.info(f"{taken.holder} is writing the export already: nothing is done here")
        return
    context.add_asset_metadata(_told(done))
    for error in done.unreadable:
        raise error


def _telling(context: dg.AssetExecutionContext) -> Callable[[int, int], None]:
    """Observations of how far the export is, one every few seconds."""
    last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < EVERY_SECONDS:
            return
        last = time.monotonic()
        doing = {"doing": f"{done:,} of {total:,} episodes", "progress": round(done / total, 3)}
        context.log_event(dg.AssetObservation(asset_key=ASSET, metadata=doing))

    return tell


def _told(done: ExportedCorpus) -> Metadata:
    counts = {
        "episodes": done.episodes,
        "rewritten": done.rewritten,
        "gone": done.gone,
        "unreadable": len(done.unreadable),
    }
    told: Metadata = {name: dg.MetadataValue.int(count) for name, count in counts.items()}
    told["folder"] = dg.MetadataValue.path(str(done.folder))
    if done.unreadable:
        told["errors"] = dg.MetadataValue.md("\n".join(_lines(done)))
    return told


def _lines(done: ExportedCorpus) -> Iterator[str]:
    yield from (f"* {error.message}" for error in done.unreadable[:50])
