"""An embedder that makes each vector once, for benchmarks that ask the same again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ragtime_assets.ports import Embedder, TraitReader

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


class Remembering:
    """Has every vector that it made already, and all traits that it read."""

    def __init__(self, embedder: Embedder, traits: TraitReader) -> None:
        """Remember what these make."""
        self.engine = embedder.engine
        self.dimension = embedder.dimension
        self.queries = embedder.queries
        self.query = cache(embedder.query)
        self.traits = cache(traits.traits)
        self._passage = cache(lambda text: embedder.passages([text])[0])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row per passage."""
        return np.stack([self._passage(text) for text in texts])
