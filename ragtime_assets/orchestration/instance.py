"""The Dagster instance under HOME: its configuration put in place, and a way to open it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from ragtime_assets.errors import ConfigurationError
from ragtime_assets.settings import WEB_PORT, Settings

_TEMPLATE = Path(__file__).with_name("dagster.yaml")
LISTEN = "listen"
POOLS = frozenset({LISTEN})
"""In each of them one step works at a time, unless somebody set another limit."""
_NOTED_PORT = "web-port"


def prepare_home(settings: Settings) -> Path:
    """The folder for DAGSTER_HOME, with the embedded instance's configuration unless it has one of its own."""
    home = settings.instance_folder
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(_TEMPLATE.read_text())
    return home


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Dagster's instance, for reading its history and stopping runs."""
    return dg.DagsterInstance.from_config(str(prepare_home(settings)))


def make_pools(instance: dg.DagsterInstance) -> None:
    """Make the pools that are not there; Dagster leaves that to the first runs, which break each other on Postgres."""
    storage = instance.event_log_storage
    if storage.supports_global_concurrency_limits:
        for pool in sorted(POOLS - storage.get_concurrency_keys()):
            storage.initialize_concurrency_limit_to_default(pool)


def wake_pools(instance: dg.DagsterInstance) -> int:
    """Give the free places of our pools to steps that wait; how many got one.

    A step that asks for a place at the moment another gives it back is passed over by Dagster, and would wait until one
    more step of its pool ends: for ever, if it is the last.
    """
    from dagster._core.storage.event_log import SqlEventLogStorage

    storage, woken = instance.event_log_storage, 0
    if isinstance(storage, SqlEventLogStorage) and storage.supports_global_concurrency_limits:
        for pool, places in storage.get_concurrency_infos(sorted(POOLS)).items():
            given = min(places.slot_count - places.assigned_step_count, places.pending_step_count)
            storage.assign_pending_steps([pool] * given)
            woken += max(given, 0)
    return woken


def note_web_port(settings: Settings, port: int) -> None:
    """Remember where the web UI of this corpus is, for those who tell of its pages."""
    (prepare_home(settings) / _NOTED_PORT).write_text(str(port))


def run_page(settings: Settings, run_id: str) -> str:
    """The page of a run, on the web UI that was up last."""
    try:
        noted = (settings.instance_folder / _NOTED_PORT).read_text()
    except FileNotFoundError:
        noted = ""
    return f"http://127.0.0.1:{noted or WEB_PORT}/runs/{run_id}"


def refuse_throwaway(instance: dg.DagsterInstance) -> None:
    """Stop where nothing would be kept."""
    if instance.is_ephemeral:
        raise ConfigurationError(
            "DAGSTER_HOME is not set, so this run's history would be thrown away",
            remedy='Run: eval "$(ragtime env)"',
        )
