"""Answers of public services on disk, each with its age: what was asked once is not asked again within days."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

DAY = 86_400.0


class KeptAnswers:
    """A folder of answers by what was asked; the age of a file is the age of its answer."""

    def __init__(self, folder: Path, days: float, clock: Callable[[], float] = time.time) -> None:
        """Believe answers for so many days."""
        self._folder = folder
        self._seconds = days * DAY
        self._clock = clock

    def find(self, question: str) -> bytes | None:
        """The answer, if it is there and young enough."""
        with suppress(OSError):
            path = self._path(question)
            if self._is_young(path):
                return path.read_bytes()
        return None

    def keep(self, question: str, answer: bytes) -> None:
        """Keep an answer that proved to be good; a folder that takes none costs only another question."""
        with suppress(OSError):
            path = self._path(question)
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                file.write(answer)
            moment = self._clock()
            os.utime(file.name, (moment, moment))
            os.replace(file.name, path)

    def drop_old(self) -> int:
        """Remove the answers that nobody believes any more; how many there were."""
        old = [path for path in self._folder.glob("*/*") if not self._is_young(path)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _is_young(self, path: Path) -> bool:
        try:
            return 0 <= self._clock() - path.stat().st_mtime + 1 <= self._seconds
        except FileNotFoundError:
            return False

    def _path(self, question: str) -> Path:
        digest = hashlib.sha256(question.encode()).hexdigest()
        return self._folder / digest[:2] / digest
