"""What the vector index keeps, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

Payload = Mapping[str, str | float | Sequence[str]]
"""The filterable fields of a point; a field of many values fits where one of them does."""


class PointName(NamedTuple):
    """One chunk of one episode: the same words in two episodes are two points."""

    episode_key: str
    chunk_digest: str


@dataclass(frozen=True)
class Points:
    """What the vector index keeps of one episode: a vector and a few filterable fields per chunk."""

    chunk_digests: tuple[str, ...]
    vectors: Vectors
    payloads: tuple[Payload, ...]


@dataclass(frozen=True)
class Hit:
    """A chunk that the vector index found, and the cosine of its vector and the query's."""

    name: PointName
    score: float

    @property
    def chunk_digest(self) -> str:
        """The digest of its words."""
        return self.name.chunk_digest


@dataclass(frozen=True)
class Filters:
    """Narrows a search; None means everything. Days are written as 2024-05-31 and included."""

    show: str | None = None
    language: str | None = None
    since: str | None = None
    until: str | None = None
    entity: str | None = None
    """The id of an entity of the registry."""
    entity_type: str | None = None
    speaker: str | None = None
    episode: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything is let through."""
        return self == Filters()


EVERYTHING = Filters()
