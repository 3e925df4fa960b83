"""How far submission_sensor has read; told to begin again, it launches nothing twice."""

from __future__ import annotations

import dagster as dg
from dagster._core.scheduler.instigation import SensorInstigatorData

from ragtime_assets.domain.history import SUBMISSION_SENSOR


def read_from_the_start(instance: dg.DagsterInstance) -> None:
    """Forget how far it has read: with other tables, what is new may lie before that."""
    for state in instance.all_instigator_state():
        data = state.instigator_data
        if state.instigator_name == SUBMISSION_SENSOR and isinstance(data, SensorInstigatorData):
            instance.update_instigator_state(state.with_data(data._replace(cursor=None)))
