"""What a chunk looks like as a Qdrant point, alike in the embedded index and on a server.

What belongs here: ids, payloads, shapes and the merging of hits. What does not: anything that imports Qdrant.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragtime_assets.domain.points import Filters, Hit, PointName, Points
from ragtime_assets.errors import ArtifactCorrupt

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

EPISODE = "episode_key"
CHUNK = "chunk_digest"
DAY = "published"
START = "start"
WORDS = (
    EPISODE, "show", "language", DAY, "speakers", "entities", "entity_types", "entity_mbids", "entity_qids",
)  # fmt: skip
"""The payload fields of words, which fit where they are equal, or hold an equal one. Without a field index a
filtered search reads every payload."""
NUMBERS = (START, "end")
LATER = frozenset(("speakers", "entities", "entity_types"))
"""Fields that points of before have not; they are let through, for the tables to judge. Such points have no start."""
SPARE = 20
"""How many more hits to ask for than wanted, for those that are stale."""
_IDS = uuid.UUID("6f0c6f0b-6a4e-5d5c-9a55-5b9f1f1e7c11")


@dataclass(frozen=True)
class Row:
    """One point on its way into the index."""

    id: str
    vector: Vectors
    payload: dict[str, Any]


@dataclass(frozen=True)
class Narrowing:
    """Which points a search looks at; None means all."""

    equal: Mapping[str, str]
    since: str | None = None
    until: str | None = None
    names: Mapping[str, PointName] | None = None
    """The ids of points, and what they are called."""

    @property
    def is_by_day(self) -> bool:
        """Whether some days are left out."""
        return self.since is not None or self.until is not None


def narrowing(filters: Filters, among: Collection[PointName] | None) -> Narrowing:
    """What the filters ask of payloads, and the points that they are looked for `among`."""
    fields = {
        EPISODE: filters.episode,
        "show": filters.show,
        "language": filters.language,
        "speakers": filters.speaker,
        "entities": filters.entity,
        "entity_types": filters.entity_type,
    }
    return Narrowing(
        equal={name: value for name, value in fields.items() if value is not None},
        since=filters.since,
        until=filters.until,
        names=None if among is None else {point_id(*name): name for name in among},
    )


def point_id(key: str, chunk_digest: str) -> str:
    """The id of a chunk's point: the same on every publish, so that repeating one is harmless."""
    return str(uuid.uuid5(_IDS, f"{key}/{chunk_digest}"))


def rows(key: str, points: Points) -> Iterator[Row]:
    """The points of one episode."""
    for digest, vector, payload in zip(points.chunk_digests, points.vectors, points.payloads, strict=True):
        yield Row(point_id(key, digest), vector, {**payload, EPISODE: key, CHUNK: digest})


def check_shapes(episodes: Mapping[str, Points], dimension: int) -> None:
    """Refuse points that cannot be in a collection of this dimension, before anything is written."""
    for key, points in episodes.items():
        chunks = len(points.chunk_digests)
        shape = (chunks, dimension) if chunks else points.vectors.shape
        if points.vectors.shape != shape or len(points.payloads) != chunks:
            raise ArtifactCorrupt(
                f"{key} has {chunks} chunks, {len(points.payloads)} payloads and vectors of shape "
                f"{points.vectors.shape}; the collection takes vectors of {dimension}",
                remedy=f"ragtime redo {key} --from embeddings",
            )


def check_query(vector: Vectors, dimension: int) -> None:
    """Refuse a query vector of another engine."""
    if vector.shape != (dimension,):
        raise ArtifactCorrupt(
            f"the query's vector has the shape {vector.shape}; the collection holds vectors of {dimension}",
            remedy="Set RAGTIME_EMBEDDER to the engine of the corpus, or `ragtime reindex --vectors`.",
        )


def side_by_side(found: Iterable[Mapping[str, float]]) -> dict[str, tuple[float, ...]]:
    """The figures of each point that is in all of these."""
    first, *others = found
    return {
        one: (figure, *(other[one] for other in others))
        for one, figure in first.items()
        if all(one in other for other in others)
    }


def best(found: Iterable[Hit], limit: int) -> list[Hit]:
    """The `limit` best hits, each point once; ties in the order of digests."""
    scores: dict[PointName, float] = {}
    for name, score in ((hit.name, hit.score) for hit in found):
        scores[name] = max(score, scores.get(name, score))
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0].chunk_digest, item[0].episode_key))
    return [Hit(name, score) for name, score in ranked[:limit]]
