"""Whether anybody looks at what waits: the daemon, and the sensor that turns requests into runs."""

from __future__ import annotations

import time

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorState, SensorInstigatorData, TickStatus
from dagster._daemon.types import DaemonHeartbeat

from ragtime_assets.orchestration.history import SUBMISSION_SENSOR as SENSOR

DAEMON_SILENT_SECONDS = 90
"""Its heart beats every 30 seconds."""
SENSOR_SILENT_SECONDS = 120
"""It looks every few seconds; one look may take a minute when thousands wait."""


def who_looks(instance: dg.DagsterInstance, now: float | None = None) -> str | None:
    """Why nobody turns what waits into runs, with what to do; None when somebody does."""
    now = now or time.time()
    heartbeat = instance.get_daemon_heartbeats().get("SENSOR")
    if heartbeat is None or now - heartbeat.timestamp > DAEMON_SILENT_SECONDS:
        return f"Dagster's daemon {_last_seen(heartbeat, now)}: nothing that waits starts. What to do: ragtime up"
    state = next((one for one in instance.all_instigator_state() if one.instigator_name == SENSOR), None)
    if state is None:
        return f"{SENSOR} has not looked yet. If it stays so, read code.log and daemon.log under HOME/logs."
    if not state.is_running:
        return f"{SENSOR} is turned off: nothing that waits starts. What to do: turn it on under Automation in the UI."
    return _of_its_looks(instance, state, now)


def _of_its_looks(instance: dg.DagsterInstance, state: InstigatorState, now: float) -> str | None:
    (tick, *_) = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1) or [None]
    if tick is not None and tick.status == TickStatus.FAILURE:
        why = (tick.error.message if tick.error else "").strip().splitlines()
        return (
            f"the last look of {SENSOR} failed: {why[0] if why else 'no cause'}. What to do: read HOME/logs/code.log."
        )
    data = state.instigator_data
    last = data.last_tick_timestamp if isinstance(data, SensorInstigatorData) else None
    if last is not None and now - last > SENSOR_SILENT_SECONDS:
        return f"{SENSOR} last looked {_ago(now - last)} ago. What to do: stop ragtime up and start it again."
    return None


def _last_seen(heartbeat: DaemonHeartbeat | None, now: float) -> str:
    return "never ran" if heartbeat is None else f"was last seen {_ago(now - heartbeat.timestamp)} ago"


def _ago(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
