"""What is costly to count and may be half a minute old: lists that every page shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

SECONDS = 30.0
_MOST = 200

T = TypeVar("T")


class Shortly:
    """Remembers values for a while; a hundred readers at once ask the corpus once."""

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember for so long."""
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._in_the_making: set[Hashable] = set()

    def get(self, name: Hashable, make: Callable[[], T]) -> T:
        """The value of this name; what is raised is not remembered.

        Where it is too old, one makes it anew, and who asks meanwhile gets the one before.
        """
        with self._lock:
            kept = self._kept.get(name)
            is_young = kept is not None and self._clock() - kept[0] < self._seconds
            if kept is not None and (is_young or name in self._in_the_making):
                return kept[1]
            self._in_the_making.add(name)
        try:
            made = make()
            with self._lock:
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[name] = (self._clock(), made)
        finally:
            with self._lock:
                self._in_the_making.discard(name)
        return made

    def forget(self, name: Hashable) -> None:
        """The value of this name is no longer what it was."""
        with self._lock:
            self._kept.pop(name, None)
