"""The one way to try again what failed for now: how often, how long to wait between, and when to give up.

A server's Retry-After goes before our own waits; who asks for longer than anybody waits is not asked again. Waiting can
be interrupted: a signal ends `time.sleep`, a cancellation `asyncio.sleep`. Who retries says what waits; phases do not
retry, what they call does.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from ragtime_assets.errors import SourceUnavailable, TimedOut

LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more is left alone instead of waited for."""

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """How patient somebody is."""

    attempts: int = 3
    patience: float = 1.0
    """Seconds before the second attempt; the third waits twice as long."""
    left: Callable[[], float] = lambda: math.inf
    """How many seconds are left for everything."""
    reached: Callable[[], int] = lambda: 0
    """How far the work is: an attempt that brought it further than any before is none of those that count."""

    def pause(self, tried: int, error: SourceUnavailable | TimedOut) -> float:
        """Seconds to wait after attempt number `tried`; raises its error where nobody shall be asked again."""
        asked = error.retry_after if isinstance(error, SourceUnavailable) else None
        # Jitter, so that what was refused together does not come back in step; nothing secret hangs on it.
        growing = self.patience * 2.0 ** (tried - 1) * random.uniform(0.5, 1.0)  # noqa: S311
        seconds = growing if asked is None else asked
        if tried >= self.attempts or seconds > LONGEST_WAIT or seconds >= self.left():
            error.details["attempts"] = tried
            raise error
        return seconds


class _Attempts:
    """The attempts so far that brought nothing."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self._tried = 0
        self._furthest = retries.reached()

    def pause(self, error: SourceUnavailable | TimedOut) -> float:
        """Seconds to wait after one more attempt; raises its error where nobody shall be asked again."""
        reached = self._retries.reached()
        self._tried = self._tried + 1 if reached <= self._furthest else 1
        self._furthest = max(self._furthest, reached)
        return self._retries.pause(self._tried, error)


def retried(attempt: Callable[[], T], retries: Retries, wait: Callable[[float], None] = time.sleep) -> T:
    """What the first attempt gives that succeeds; raises what the last one raised."""
    attempts = _Attempts(retries)
    while True:
        try:
            return attempt()
        except (SourceUnavailable, TimedOut) as error:
            pause = attempts.pause(error)
        wait(pause)


async def retried_async(attempt: Callable[[], Awaitable[T]], retries: Retries) -> T:
    """The same on an event loop."""
    attempts = _Attempts(retries)
    while True:
        try:
            return await attempt()
        except (SourceUnavailable, TimedOut) as error:
            pause = attempts.pause(error)
        await asyncio.sleep(pause)
