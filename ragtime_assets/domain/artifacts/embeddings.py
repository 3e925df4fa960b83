"""The chunks as vectors, kept in one blob per episode."""

from __future__ import annotations

from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact


class Embeddings(Artifact):
    """Row i of the blob `vectors` (a float32 .npy matrix) belongs to `chunk_digests[i]`."""

    asset: ClassVar[str] = "embeddings"

    dimension: int
    chunk_digests: tuple[str, ...]
    vectors: str
