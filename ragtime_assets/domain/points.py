"""What the vector index keeps, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Points:
    """What the vector index keeps of one episode: a vector and a few filterable fields per chunk."""

    chunk_digests: tuple[str, ...]
    vectors: Vectors
    payloads: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Hit:
    """A chunk that the vector index found."""

    chunk_digest: str
    score: float


@dataclass(frozen=True)
class Filters:
    """Narrows a search; empty means everything."""

    values: Mapping[str, str] = field(default_factory=dict[str, str])
