"""What the corpus has, in short: an episode and an entity as somebody sees them who looks for passages."""

from __future__ import annotations

from typing import NamedTuple


class ListedEpisode(NamedTuple):
    """An episode that can be searched."""

    key: str
    title: str
    show: str | None
    published: str | None


class ListedEntity(NamedTuple):
    """An entity that episodes name."""

    entity_id: str
    name: str
    type: str
    disambiguation: str
    episodes: int
