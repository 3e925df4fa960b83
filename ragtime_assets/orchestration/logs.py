"""What the steps of runs log, as lines of JSON for machines that read logs: each names its run and its episode.

`RAGTIME_LOG=json` turns it on. What a run logs is bounded, so its lines are too.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ragtime_assets.orchestration.tags import PARTITION_TAG
from ragtime_assets.settings import Settings

LONGEST = 2_000
FILE = "runs.jsonl"


class JsonLines(logging.Handler):
    """Adds lines to a file. It is opened for each line: a step has no end that would close it."""

    def __init__(self, file: Path) -> None:
        """The folder is made; the file comes with the first line."""
        file.parent.mkdir(parents=True, exist_ok=True)
        super().__init__()
        self.file = file

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(line_of(record), ensure_ascii=False)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line; a disk that takes none ends no step."""
        try:
            with self.file.open("a", encoding="utf-8") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            self.handleError(record)


def log_as_json(log: logging.Logger, settings: Settings) -> None:
    """Write what this step logs to HOME/logs/runs.jsonl too, where the settings ask for it."""
    if settings.log == "json" and not any(isinstance(one, JsonLines) for one in log.handlers):
        log.addHandler(JsonLines(settings.root / "logs" / FILE))


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says; what nobody knows is left out."""
    told: dict[str, Any] = getattr(record, "dagster_meta", {})
    event = told.get("dagster_event")
    line = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "run": told.get("run_id"),
        "job": told.get("job_name"),
        "step": told.get("step_key"),
        "episode": (event and event.partition) or (told.get("job_tags") or {}).get(PARTITION_TAG),
        "event": event and event.event_type_value,
        "message": str(told.get("orig_message") or record.getMessage())[:LONGEST],
    }
    return {name: value for name, value in line.items() if value is not None}
