"""The transcript cut into passages that are searched and cited."""

from __future__ import annotations

from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact, Record


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
