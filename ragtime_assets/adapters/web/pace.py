"""The least speed of a download, as a deadline that moves on while enough bytes arrive."""

from __future__ import annotations

import math

from ragtime_assets.domain.deadline import Deadline


class Pace(Deadline):
    """The deadline of a download: its last second, or before it the end of a stretch in which too few bytes came."""

    def __init__(self, whole: Deadline, least: float, stretch: float) -> None:
        """At `least` so many bytes a second, on the average of each `stretch` of seconds; 0 asks for no speed."""
        super().__init__(math.inf, whole)
        self._whole = whole
        self._least = least
        self._stretch = stretch
        self._came = 0

    def rest(self) -> None:
        """Nothing is expected to arrive."""
        self.seconds = math.inf
        self.restart()

    def begin(self) -> None:
        """From now on bytes are expected."""
        self.seconds = self._stretch if self._least else math.inf
        self._came = 0
        self.restart()

    def count(self, received: int) -> None:
        """So many bytes arrived."""
        self._came += received
        if self._came >= self._least * self._stretch:
            self.begin()

    @property
    def missed(self) -> str:
        """What is said of what comes too late, or too slowly."""
        if self._whole.left() <= 0:
            return self._whole.missed
        return (
            f"came slower than {self._least:g} bytes a second for {self._stretch:g} seconds "
            "(RAGTIME_MIN_DOWNLOAD_SPEED)"
        )
