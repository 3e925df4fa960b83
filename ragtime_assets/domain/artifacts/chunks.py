"""The transcript cut into passages that are searched and cited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.facts import Count, Fact, Moments


class Chunk(Record):
    """About 150 words on segment boundaries; `digest` names it in vectors, points and rows."""

    index: int
    digest: str
    text: str
    start: float
    end: float
    first_segment: int
    last_segment: int
    words: int
    speakers: tuple[str, ...] = ()
    chapter: str | None = None


class Chunks(Artifact):
    """All chunks in order of time."""

    asset: ClassVar[str] = "chunks"

    language: str
    chunks: tuple[Chunk, ...]

    def tells(self) -> Iterator[Fact]:
        """How many there are, how long, and the first of them."""
        words = [chunk.words for chunk in self.chunks]
        yield Fact("chunks", Count(len(words), "chunk"), brief=True)
        yield Fact("words_per_chunk", round(sum(words) / len(words), 1) if words else 0.0)
        yield Fact("preview", Moments(tuple((chunk.start, chunk.text) for chunk in self.chunks[:5])))
