"""Whether anybody looks at what waits: the daemon, and the sensor that turns requests into runs."""

from __future__ import annotations

import time

from ragtime_assets.domain.history import SUBMISSION_SENSOR as SENSOR
from ragtime_assets.domain.history import Records, SensorSeen

DAEMON_SILENT_SECONDS = 90
"""Its heart beats every 30 seconds."""
SENSOR_SILENT_SECONDS = 120
"""It looks every few seconds; one look may take a minute when thousands wait."""


def who_looks(records: Records, now: float | None = None) -> str | None:
    """Why nobody turns what waits into runs, with what to do; None when somebody does."""
    now = now or time.time()
    beat_at = records.daemon_beat_at()
    if beat_at is None or now - beat_at > DAEMON_SILENT_SECONDS:
        return f"Dagster's daemon {_last_seen(beat_at, now)}: nothing that waits starts. What to do: ragtime up"
    seen = records.sensor(SENSOR)
    if seen is None:
        return f"{SENSOR} has not looked yet. If it stays so, read code.log and daemon.log under HOME/logs."
    if not seen.is_running:
        return f"{SENSOR} is turned off: nothing that waits starts. What to do: turn it on under Automation in the UI."
    return _of_its_looks(seen, now)


def _of_its_looks(seen: SensorSeen, now: float) -> str | None:
    if seen.failed is not None:
        why = seen.failed.strip().splitlines()
        return (
            f"the last look of {SENSOR} failed: {why[0] if why else 'no cause'}. What to do: read HOME/logs/code.log."
        )
    if seen.looked_at is not None and now - seen.looked_at > SENSOR_SILENT_SECONDS:
        return f"{SENSOR} last looked {ago(now - seen.looked_at)} ago. What to do: stop ragtime up and start it again."
    return None


def _last_seen(beat_at: float | None, now: float) -> str:
    return "never ran" if beat_at is None else f"was last seen {ago(now - beat_at)} ago"


def ago(seconds: float) -> str:
    """How long ago, as people read it."""
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
