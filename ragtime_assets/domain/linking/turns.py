"""Whose turn it is to ask a public service."""

from __future__ import annotations

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.retries import LONGEST_WAIT
from ragtime_assets.errors import TimedOut


def wait_for(service: str, free_at: float, now: float, deadline: Deadline) -> float:
    """Seconds until the turn that is free at `free_at`; raises TimedOut where that is too late.

    A moment that lies further ahead than anybody waits was written before the clock was set back.
    """
    seconds = free_at - now
    if not 0 < seconds <= LONGEST_WAIT:
        return 0.0
    if seconds > deadline.left():
        raise TimedOut(f"{service} was not asked: it is to be left alone for {seconds:.0f} seconds")
    return seconds
