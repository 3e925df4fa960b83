"""Turns at a public service, for the processes of one machine: a file says when the next one is.

Who has the turn holds the file's lock until it begins, so requests keep their distance whatever else the machine does.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.folders import made_folder
from ragtime_assets.domain.linking.turns import wait_for
from ragtime_assets.errors import TimedOut


class FileTurns:
    """`ports.ServiceTurns` in one folder."""

    def __init__(
        self, folder: Path, wait: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.time
    ) -> None:
        """Keep the files of each service here; `wait` and `clock` are seams for tests."""
        self._folder = folder
        self._wait = wait
        self._clock = clock

    def take(self, service: str, seconds: float, deadline: Deadline) -> None:
        """Wait for a turn; raises TimedOut where it comes too late."""
        made_folder(self._folder)
        turn, quiet = self._file(service, "turn"), self._file(service, "quiet")
        try:
            with FileLock(self._file(service, "lock"), timeout=max(0.0, deadline.left())):
                self._wait(wait_for(service, max(_read(turn), _read(quiet)), self._clock(), deadline))
                _write(turn, self._clock() + seconds)
        except Timeout as error:
            raise TimedOut(f"{service} was not asked: others had every turn") from error

    def hold_off(self, service: str, seconds: float) -> None:
        """Let nobody ask for so many seconds."""
        made_folder(self._folder)
        _write(self._file(service, "quiet"), self._clock() + seconds)

    def _file(self, service: str, kind: str) -> Path:
        return self._folder / f"{service}.{kind}"


def _read(file: Path) -> float:
    """The moment in a file; one that is not there, or not whole, says now."""
    with suppress(OSError, ValueError):
        return float(file.read_text(encoding="ascii"))
    return 0.0


def _write(file: Path, moment: float) -> None:
    """All at once: who reads meanwhile reads the one or the other."""
    new = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    new.write_text(f"{moment:.6f}", encoding="ascii")
    os.replace(new, file)
