"""Stops the runs of an episode."""

from __future__ import annotations

import dagster as dg

from ragtime_assets.orchestration.history import IN_FLIGHT
from ragtime_assets.orchestration.status import runs_by_key
from ragtime_assets.studio import Studio


def cancel_runs(studio: Studio, instance: dg.DagsterInstance, key: str) -> list[str]:
    """Terminate the run that is in flight for this episode; its id, if there is one."""
    run = runs_by_key(studio, instance, IN_FLIGHT).get(key)
    if run is None:
        return []
    if run.status == dg.DagsterRunStatus.QUEUED:
        instance.run_coordinator.cancel_run(run.run_id)
    else:
        instance.run_launcher.terminate(run.run_id)
    return [run.run_id]
