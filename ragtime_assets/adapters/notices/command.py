"""Telling by a command of the user's own, without a shell."""

from __future__ import annotations

import json
import subprocess

from ragtime_assets.adapters.notices.document import document
from ragtime_assets.domain.notices import Command, Message
from ragtime_assets.errors import EngineUnavailable, SourceUnavailable, TimedOut

SECONDS = 30.0


class CommandNotifier:
    """`ports.Notifier` by a process that reads JSON from its standard input."""

    def __init__(self, way: Command, seconds: float = SECONDS) -> None:
        """Start this command for each message; it has so many `seconds`."""
        self._way = way
        self._seconds = seconds

    def tell(self, message: Message) -> None:
        """Run it to its end."""
        name = self._way.words[0]
        written = json.dumps(document(message), ensure_ascii=False).encode()
        try:
            ended = subprocess.run(  # noqa: S603 - the command is the user's own, from the settings
                self._way.words, input=written, capture_output=True, timeout=self._seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise TimedOut(f"the command {name} took longer than {self._seconds:g} seconds") from None
        except OSError as error:
            raise EngineUnavailable(f"the command {name} cannot be started: {error.strerror}") from None
        if ended.returncode:
            raise SourceUnavailable(f"the command {name} ended with {ended.returncode}")
