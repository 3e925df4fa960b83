"""One piece of evidence."""

from __future__ import annotations

from typing import NamedTuple


class Weight(NamedTuple):
    """How much it counts, and how people read it."""

    counts: float
    says: str
    is_near: bool = False
    """Whether it is said where the name is."""
    is_of_topic: bool = False
    """Whether it only says that the talk is of such things, which may be so of namesakes too."""
