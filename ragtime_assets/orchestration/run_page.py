"""Where the page of a run is: on the web UI that the settings name, or on that of this machine that was up last.

Nothing here imports dagster.
"""

from __future__ import annotations

from ragtime_assets.domain.folders import made_folder
from ragtime_assets.settings import WEB_PORT, Settings

_NOTED_PORT = "web-port"


def note_web_port(settings: Settings, port: int) -> None:
    """Remember where the web UI of this corpus is, for those who tell of its pages."""
    made_folder(settings.instance_folder)
    (settings.instance_folder / _NOTED_PORT).write_text(str(port))


def run_page(settings: Settings, run_id: str) -> str:
    """The page of a run."""
    return f"{settings.web_url or _last_on_this_machine(settings)}/runs/{run_id}"


def _last_on_this_machine(settings: Settings) -> str:
    try:
        noted = (settings.instance_folder / _NOTED_PORT).read_text()
    except FileNotFoundError:
        noted = ""
    return f"http://127.0.0.1:{noted or WEB_PORT}"
