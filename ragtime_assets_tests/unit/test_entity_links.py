"""Entity links: what the registry says, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink
from ragtime_assets.phases.entity_links import make_entity_links


class OneNewEach:
    """A registry that knows nobody yet."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def resolve(self, key: str, mentions: Iterable[Mention]) -> tuple[EntityLink, ...]:
        self.asked.append(key)
        return tuple(
            EntityLink(
                type=mention.type,
                name=mention.name,
                entity_id=mention.name.lower(),
                canonical_name=mention.name,
                method="new",
                mentions=1,
            )
            for mention in mentions
        )


def test_the_links_are_the_registrys_for_this_episode() -> None:
    mention = Mention(type="musician", name="Miles Davis", surface="Davis", chunk=0, start=1.0, context="Davis plays")
    registry = OneNewEach()
    links = make_entity_links("show-1", Entities(engine="rules 1", language="en", mentions=(mention,)), registry)
    assert registry.asked == ["show-1"]
    assert links.engine == "registry"
    assert [link.canonical_name for link in links.links] == ["Miles Davis"]
