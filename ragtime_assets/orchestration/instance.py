"""The Dagster instance under HOME: its configuration put in place, and a way to open it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from ragtime_assets.settings import WEB_PORT, Settings

_TEMPLATE = Path(__file__).with_name("dagster.yaml")
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
