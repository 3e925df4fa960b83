"""An entity as the registry or MusicBrainz knows it: what a name may turn out to mean."""

from __future__ import annotations

from ragtime_assets.domain.artifact import Record


class KnownEntity(Record):
    """Somebody or something that a name may mean; `entity_id` is set when the registry has it."""

    type: str
    name: str
    entity_id: str | None = None
    mbid: str | None = None
    qid: str | None = None
    aliases: tuple[str, ...] = ()
    disambiguation: str = ""
    begin: int | None = None
    end: int | None = None
    area: str | None = None
    related: tuple[str, ...] = ()
    score: float | None = None
