"""Which entity of the registry each name means, and how that was decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.facts import Count, Fact, Table

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

    def tells(self) -> Iterator[Fact]:
        """How many entities were found, and how the first were decided."""
        entities = {link.entity_id for link in self.links}
        decided = tuple((link.name, link.canonical_name, link.type, link.method) for link in self.links[:15])
        yield Fact("entities", Count(len(entities), "entity", "entities"), brief=True)
        yield Fact("new", Count(sum(link.method == "new" for link in self.links), "new one"), brief=True)
        yield Fact("preview", Table(("name", "entity", "type", "decided by"), decided))
