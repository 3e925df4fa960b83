"""Stops the runs of an episode."""

from __future__ import annotations

import dagster as dg

from ragtime_assets.orchestration.status import runs_in_flight
from ragtime_assets.studio import Kept


def cancel_runs(studio: Kept, instance: dg.DagsterInstance, key: str) -> list[str]:
    """Terminate the runs that are in flight for this episode, those that wait before the one at work; their ids."""
    runs = runs_in_flight(studio, instance, key)
    for run in runs:
        if run.status == dg.DagsterRunStatus.QUEUED:
            instance.run_coordinator.cancel_run(run.run_id)
        else:
            instance.run_launcher.terminate(run.run_id)
    return [run.run_id for run in runs]
