"""The vectors of sentences that were judged of late: to embed those of three passages is most of an answer's time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragtime_assets.ports import Embedder

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

MOST = 8_000
"""Sentences: some 12 MB."""


class SentenceVectors:
    """Embeds a sentence once, as long as it is among the last that were asked for."""

    def __init__(self, embedder: Embedder, most: int = MOST) -> None:
        """Hold the vectors of so many."""
        self._embedder = embedder
        self._most = most
        self._lock = threading.Lock()
        self._held: dict[str, Vectors] = {}

    def of(self, sentences: Sequence[str]) -> Vectors:
        """One row per sentence, each of which is there once."""
        import numpy as np

        with self._lock:
            rows = {one: self._held[one] for one in sentences if one in self._held}
        new = [one for one in sentences if one not in rows]
        if new:
            rows |= zip(new, self._embedder.passages(new), strict=True)
        with self._lock:
            self._held = {one: row for one, row in self._held.items() if one not in rows} | rows
            for oldest in list(self._held)[: max(len(self._held) - self._most, 0)]:
                del self._held[oldest]
        return np.array([rows[one] for one in sentences], np.float32).reshape(-1, self._embedder.dimension)
