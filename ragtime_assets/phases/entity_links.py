"""entities -> entity links: what the registry says each name means."""

from __future__ import annotations

from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.ports import EntityRegistry


def make_entity_links(key: str, entities: Entities, registry: EntityRegistry) -> EntityLinks:
    """One link per (type, name) that episode `key` mentions."""
    return EntityLinks(engine="registry", links=registry.resolve(key, entities.mentions))
