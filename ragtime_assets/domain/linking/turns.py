"""Whose turn it is to ask a public service."""

from __future__ import annotations

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.errors import TimedOut

LONGEST_QUIET = 3_600.0
"""Seconds for which a service may ask to be left alone by everybody here."""


def wait_for(service: str, free_at: float, now: float, deadline: Deadline) -> float:
    """Seconds until the turn that is free at `free_at`; raises TimedOut where that is too late.

    A moment that lies further ahead than a service may ask for was written before the clock was set back.
    """
    seconds = free_at - now
    if not 0 < seconds <= LONGEST_QUIET:
        return 0.0
    if seconds > deadline.left():
        raise TimedOut(f"{service} was not asked: it is to be left alone for {seconds:.0f} seconds")
    return seconds
