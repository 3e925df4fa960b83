"""A breaker: who just failed is left alone for a while, so that a run does not wait for it again at every name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ragtime_assets.errors import SourceUnavailable


class Breaker:
    """Opens when a service fails for now, and closes again by itself."""

    def __init__(self, service: str, rest: float = 60, clock: Callable[[], float] = time.monotonic) -> None:
        """After a failure the service is not asked for `rest` seconds."""
        self._service = service
        self._rest = rest
        self._clock = clock
        self._closed_at = 0.0
        self._told = ""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Raise SourceUnavailable at once while open; open when the service does not answer now.

        That somebody had no time left for an answer (TimedOut) says nothing about the service.
        """
        left = self._closed_at - self._clock()
        if left > 0:
            raise SourceUnavailable(f"{self._service} was not asked again, for it failed: {self._told}")
        try:
            yield
        except SourceUnavailable as error:
            self._told = error.message
            self._closed_at = self._clock() + self._rest
            raise
