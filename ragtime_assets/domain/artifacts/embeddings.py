"""The chunks as vectors, kept in one blob per episode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.facts import Count, Fact


class Embeddings(Artifact):
    """Row i of the blob `vectors` (a float32 .npy matrix) belongs to `chunk_digests[i]`."""

    asset: ClassVar[str] = "embeddings"

    dimension: int
    chunk_digests: tuple[str, ...]
    vectors: str

    def tells(self) -> Iterator[Fact]:
        """How many there are, and how long."""
        yield Fact("vectors", Count(len(self.chunk_digests), "vector"), brief=True)
        yield Fact("dimension", Count(self.dimension, "dimension"), brief=True)
