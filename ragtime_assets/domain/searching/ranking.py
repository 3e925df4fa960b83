"""How found passages are ranked: pure arithmetic.

Measured (`benchmarks/retrieval.py`): likeness and share added up rank better than any weighted reciprocal rank does,
with k from 2 to 60, and a weight that the query chooses gains nothing more. What does not belong here: whether what
is found is close (`closeness.py`), SQL, vectors.
"""

from __future__ import annotations

from typing import Literal

Mode = Literal["hybrid", "dense", "keyword"]

SHARE_WEIGHT = 0.5
"""All words of a query count as much as half the way from any passage to the query itself."""

TITLE_WEIGHT = 0.2
"""Who says the whole title of an episode means that one, where others are not much nearer."""


def score(likeness: float | None, share: float | None, mode: Mode) -> float:
    """How well a passage fits: how near its vector is, and how much of the query's words it has."""
    if mode == "keyword":
        return share or 0.0
    return (likeness or 0.0) + (SHARE_WEIGHT * (share or 0.0) if mode == "hybrid" else 0.0)
