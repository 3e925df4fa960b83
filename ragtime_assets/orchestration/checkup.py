"""Whether Dagster's storage answers, and its daemon and our sensors are alive; read without importing Dagster."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.history import SENSORS, SensorSeen
from ragtime_assets.errors import RagtimeError
from ragtime_assets.orchestration.care.lookout import DAEMON_SILENT_SECONDS, SENSOR_SILENT_SECONDS, ago
from ragtime_assets.orchestration.looking import read_history

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio


def dagster(studio: Studio) -> Iterator[str]:
    """Dagster's storage answers."""
    home = studio.settings.instance_folder
    if _is_new(studio):
        yield f"{home} is not there yet: ragtime up makes it"
        return
    partitions = read_history(studio.settings, lambda records: len(records.partitions()))
    yield f"{home}, with {plural(partitions, 'partition')}"


def daemon(studio: Studio) -> Iterator[str]:
    """The daemon gave a sign of life."""
    beat_at = None if _is_new(studio) else read_history(studio.settings, lambda records: records.daemon_beat_at())
    if beat_at is None:
        yield "never ran: ragtime up starts it"
        return
    silent = time.time() - beat_at
    if silent > DAEMON_SILENT_SECONDS:
        told = f"Dagster's daemon was last seen {ago(silent)} ago: nothing that waits starts"
        raise RagtimeError(told, remedy="ragtime up")
    yield f"alive {silent:.0f} s ago"


def sensors(studio: Studio) -> Iterator[str]:
    """Each sensor is on, looked not long ago, and did not fail."""
    seen: dict[str, SensorSeen | None] = {}
    if not _is_new(studio):
        seen = read_history(studio.settings, lambda records: {name: records.sensor(name) for name in SENSORS})
    if not any(seen.values()):
        yield "none looked yet: ragtime up"
        return
    for name, one in seen.items():
        yield f"{name} {_looks(name, one, time.time())}"


def _is_new(studio: Studio) -> bool:
    return not (studio.settings.instance_folder / "dagster.yaml").exists()


def _looks(name: str, seen: SensorSeen | None, now: float) -> str:
    """When a sensor last looked; raises RagtimeError where it does not, or cannot."""
    if seen is None or seen.looked_at is None:
        return "has not looked yet"
    if not seen.is_running:
        raise RagtimeError(f"{name} is turned off", remedy="Turn it on under Automation in the web UI.")
    if seen.failed is not None:
        why = (seen.failed.strip().splitlines() or ["no cause"])[0]
        raise RagtimeError(f"the last look of {name} failed: {why}", remedy="Read HOME/logs/code.log.")
    if (silent := now - seen.looked_at) > SENSOR_SILENT_SECONDS:
        raise RagtimeError(f"{name} last looked {ago(silent)} ago", remedy="Stop `ragtime up` and start it again.")
    return f"{silent:.0f} s ago"
