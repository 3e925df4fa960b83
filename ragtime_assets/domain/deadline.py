"""Moments after which nothing is waited for: of a request, of a page, of a phase as a whole."""

from __future__ import annotations

import time


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float, outer: Deadline | None = None) -> None:
        """The moment `seconds` from now, or that of `outer` if it comes first."""
        self.seconds = seconds
        self._outer = outer
        self.restart()

    def restart(self) -> None:
        """Count the seconds from now on."""
        self._end = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds until the deadline; negative when it is over."""
        own = self._end - time.monotonic()
        return min(own, self._outer.left()) if self._outer else own

    @property
    def missed(self) -> str:
        """What is said of what comes too late."""
        if self._outer and self._outer.left() <= 0:
            return self._outer.missed
        return f"did not arrive within {self.seconds:g} seconds"
