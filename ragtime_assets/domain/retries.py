"""The one way to try again what failed for now: how often, how long to wait between, and when to give up.

A server's Retry-After goes before our own waits. Waiting can be interrupted: a signal ends `time.sleep`, a
cancellation `asyncio.sleep`. Who retries says what waits; phases do not retry, what they call does.
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
"""Seconds; no server is waited for longer, whatever it asks for."""

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """How patient somebody is."""

    attempts: int = 3
    patience: float = 1.0
    """Seconds before the second attempt; the third waits twice as long."""
    left: Callable[[], float] = lambda: math.inf
    """How many seconds are left for everything."""

    def pause(self, tried: int, error: SourceUnavailable | TimedOut) -> float:
        """Seconds to wait after attempt number `tried`; raises its error where there is no attempt or no time left."""
        asked = error.retry_after if isinstance(error, SourceUnavailable) else None
        # Jitter, so that what was refused together does not come back in step; nothing secret hangs on it.
        growing = self.patience * 2.0 ** (tried - 1) * random.uniform(0.5, 1.0)  # noqa: S311
        seconds = growing if asked is None else min(asked, LONGEST_WAIT)
        if tried >= self.attempts or seconds >= self.left():
            error.details["attempts"] = tried
            raise error
        return seconds


def retried(attempt: Callable[[], T], retries: Retries, wait: Callable[[float], None] = time.sleep) -> T:
    """What the first attempt gives that succeeds; raises what the last one raised."""
    tried = 1
    while True:
        try:
            return attempt()
        except (SourceUnavailable, TimedOut) as error:
            pause = retries.pause(tried, error)
        wait(pause)
        tried += 1


async def retried_async(attempt: Callable[[], Awaitable[T]], retries: Retries) -> T:
    """The same on an event loop."""
    tried = 1
    while True:
        try:
            return await attempt()
        except (SourceUnavailable, TimedOut) as error:
            pause = retries.pause(tried, error)
        await asyncio.sleep(pause)
        tried += 1
