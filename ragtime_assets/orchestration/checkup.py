"""Whether Dagster's storage answers, and its daemon and our sensors are alive; read without importing Dagster."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.history import SENSORS, WAITING_TO_START, SensorSeen
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
    """The daemon gave a sign of life, or nothing waits for it; raises RagtimeError where something does."""
    beat_at = None if _is_new(studio) else read_history(studio.settings, lambda records: records.daemon_beat_at())
    if beat_at is not None and not _is_silent(beat_at):
        yield f"alive {time.time() - beat_at:.0f} s ago"
        return
    seen = "never ran" if beat_at is None else f"was last seen {ago(time.time() - beat_at)} ago"
    if held_up := _waiting_for_it(studio):
        raise RagtimeError(f"Dagster's daemon {seen}, and {held_up}", remedy="ragtime up")
    yield f"{seen}, and nothing waits for it: ragtime up starts it"
    if followed := studio.health.feeds()[0]:
        yield f"{plural(followed, 'feed')} not polled until then"


def sensors(studio: Studio) -> Iterator[str]:
    """Each sensor is on, looked not long ago unless the daemon that has it look does not run, and did not fail."""
    seen: dict[str, SensorSeen | None] = {}
    beat_at = None
    if not _is_new(studio):
        seen = read_history(studio.settings, lambda records: {name: records.sensor(name) for name in SENSORS})
        beat_at = read_history(studio.settings, lambda records: records.daemon_beat_at())
    if not any(seen.values()):
        yield "none looked yet: ragtime up"
        return
    for name, one in seen.items():
        yield f"{name} {_looks(name, one, time.time(), may_be_silent=_is_silent(beat_at))}"


def _waiting_for_it(studio: Studio) -> str | None:
    """What does not go on without the daemon."""
    requests = studio.health.waiting()
    runs = 0 if _is_new(studio) else len(read_history(studio.settings, lambda records: records.runs(WAITING_TO_START)))
    told = [(requests, "episode"), (runs, "run")]
    some = " and ".join(plural(count, name) for count, name in told if count)
    return f"{some} {'waits' if requests + runs == 1 else 'wait'} for it" if some else None


def _is_silent(beat_at: float | None) -> bool:
    return beat_at is None or time.time() - beat_at > DAEMON_SILENT_SECONDS


def _is_new(studio: Studio) -> bool:
    return not (studio.settings.instance_folder / "dagster.yaml").exists()


def _looks(name: str, seen: SensorSeen | None, now: float, *, may_be_silent: bool) -> str:
    """When a sensor last looked; raises RagtimeError where it does not, or cannot."""
    if seen is None or seen.looked_at is None:
        return "has not looked yet"
    if not seen.is_running:
        raise RagtimeError(f"{name} is turned off", remedy="Turn it on under Automation in the web UI.")
    if seen.failed is not None:
        why = (seen.failed.strip().splitlines() or ["no cause"])[0]
        raise RagtimeError(f"the last look of {name} failed: {why}", remedy="Read HOME/logs/code.log.")
    if (silent := now - seen.looked_at) > SENSOR_SILENT_SECONDS and not may_be_silent:
        raise RagtimeError(f"{name} last looked {ago(silent)} ago", remedy="Stop `ragtime up` and start it again.")
    return f"{silent:.0f} s ago" if silent < SENSOR_SILENT_SECONDS else f"{ago(silent)} ago"
