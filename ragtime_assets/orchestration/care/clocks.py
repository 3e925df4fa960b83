"""Runs that a machine worked on whose clock is off: Dagster dates them by it, and sensors look at dates.

What the corpus keeps is dated by the database, whatever the machine says.
"""

from __future__ import annotations

import dagster as dg

from ragtime_assets.orchestration.tags import CLOCK_TAG
from ragtime_assets.studio.checkup import MOST_SECONDS_OFF

OFF, RIGHT, DATED_AGAIN = "off", "right", "off, its end dated again"
_ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def note_clock(instance: dg.DagsterInstance, run: dg.DagsterRun, seconds_off: float) -> None:
    """Say on the run that the clock of the machine that begins it is off; a retry has the tags of its parent."""
    if abs(seconds_off) > MOST_SECONDS_OFF:
        told = f"The clock of this machine is {seconds_off:+.0f} s off that of the corpus database"
        instance.report_engine_event(f"{told}: the times of this run are too. Let it be set by the network.", run)
        instance.add_run_tags(run.run_id, {CLOCK_TAG: OFF})
    elif CLOCK_TAG in run.tags:
        instance.add_run_tags(run.run_id, {CLOCK_TAG: RIGHT})


def date_again(instance: dg.DagsterInstance) -> list[str]:
    """Date the ends of such runs by the clock of this machine, once, so that who looks for new ends finds them."""
    wrong = instance.get_runs(dg.RunsFilter(statuses=list(_ENDED), tags={CLOCK_TAG: OFF}))
    for run in wrong:
        instance.add_run_tags(run.run_id, {CLOCK_TAG: DATED_AGAIN})
    return [run.run_id for run in wrong]
