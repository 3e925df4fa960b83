"""A nightly run that removes what is kept for nobody; what that is says `studio/tidying.py`."""

import dagster as dg

from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.failures import catching, failure_of
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.studio import Kept
from ragtime_assets.studio.tidying import look, tidy


@dg.op(out=dg.Out(dg.Nothing))
def remove_what_nobody_needs(context: dg.OpExecutionContext, kept: dg.ResourceParam[Kept]) -> None:
    """Remove files that no artifact names, and audio past the days for which it is kept."""
    now = kept.database.clock()
    with catching() as caught:
        gone = tidy(kept, look(kept, now), now)
        for line in gone.lines():
            context.log.info(f"removed {line}")
        context.add_output_metadata({"orphans": len(gone.orphans), "audio": len(gone.audio)})
    if caught.failure is not None:
        raise failure_of("not everything was tidied up", caught.failure)


@dg.job(
    description="Removes files that no artifact names, and audio past RAGTIME_KEEP_AUDIO_DAYS; started every night.",
    executor_def=run_executor,
)
def tidy_up() -> None:
    """Tidy up."""
    remove_what_nobody_needs()


@dg.schedule(
    job=tidy_up,
    cron_schedule="30 4 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Tidies up every night.",
)
@on_kept_history
def tidy_schedule(context: dg.ScheduleEvaluationContext, kept: dg.ResourceParam[Kept]) -> dg.RunRequest:
    """One run."""
    return dg.RunRequest()
