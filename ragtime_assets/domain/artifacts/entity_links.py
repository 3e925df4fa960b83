"""Which entity of the registry each name means, and how that was decided."""

from __future__ import annotations

from typing import ClassVar, Literal

from ragtime_assets.domain.artifact import Artifact, Record

LinkMethod = Literal["exact", "alias", "new", "musicbrainz", "model", "person"]


class EntityLink(Record):
    """One name of this episode and its canonical entity."""

    type: str
    name: str
    entity_id: str
    canonical_name: str
    method: LinkMethod
    mentions: int
    mbid: str | None = None
    qid: str | None = None
    confidence: float | None = None


class EntityLinks(Artifact):
    """One link per (type, name) of the episode."""

    asset: ClassVar[str] = "entity_links"

    links: tuple[EntityLink, ...]
