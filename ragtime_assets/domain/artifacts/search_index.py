"""That the episode is searchable, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.episode.identity import slug
from ragtime_assets.domain.facts import Count, Fact


class Passage(Record):
    """One row of the search tables: a chunk with what a hit shows of it."""

    chunk_digest: str
    episode_key: str
    index: int
    text: str
    start: float
    end: float
    language: str
    episode_title: str
    show: str | None
    published: str | None
    url: str
    speakers: tuple[str, ...] = ()
    chapter: str | None = None
    entities: tuple[str, ...] = ()
    entity_ids: tuple[str, ...] = ()


class SearchIndex(Artifact):
    """What was published for this episode, and into which collection."""

    asset: ClassVar[str] = "search_index"
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"generation"})

    collection: str
    generation: str
    points: int
    passages: int

    def tells(self) -> Iterator[Fact]:
        """How much was published, and where."""
        yield Fact("points", Count(self.points, "point"), brief=True)
        yield Fact("passages", Count(self.passages, "passage"), brief=True)
        yield Fact("collection", self.collection)
        yield Fact("generation", self.generation)


def collection_name(engine: str, dimension: int) -> str:
    """What vectors of this engine are kept under, apart from those of any other."""
    return f"ragtime-{slug(engine.removesuffix(str(dimension)), 60)}-{dimension}"
