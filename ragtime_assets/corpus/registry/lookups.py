"""What MusicBrainz answered, kept in the corpus: to link an episode again asks nothing that was asked before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import entity_lookups
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.ports import MusicDatabase

GOOD_FOR = timedelta(days=30)
"""MusicBrainz changes: after so long it is asked again."""


class RememberedMusicDatabase:
    """`ports.MusicDatabase` that asks another one, once."""

    def __init__(self, database: Database, music: MusicDatabase, now: Callable[[], datetime] | None = None) -> None:
        """Ask `music` what is not in this database, or too old."""
        self._database = database
        self._music = music
        self._now = now or database.clock

    def search(self, kind: str, name: str) -> tuple[KnownEntity, ...]:
        """At most 10 entities of our type `kind` that may be called `name`."""
        return self._answer(kind, f"name {key(name)}", lambda: self._music.search(kind, name))

    def look_up(self, kind: str, mbid: str) -> KnownEntity | None:
        """The entity with names, life span, relations and QID; None when it is gone."""

        def ask() -> tuple[KnownEntity, ...]:
            found = self._music.look_up(kind, mbid)
            return (found,) if found else ()

        return next(iter(self._answer(kind, f"mbid {mbid}", ask)), None)

    def _answer(self, kind: str, asked: str, ask: Callable[[], tuple[KnownEntity, ...]]) -> tuple[KnownEntity, ...]:
        there = sa.select(entity_lookups.c.answer).where(
            entity_lookups.c.type == kind,
            entity_lookups.c.key == asked,
            entity_lookups.c.looked_up_at > self._now() - GOOD_FOR,
        )
        with self._database.reading() as connection:
            answer = connection.execute(there).scalar()
        if answer is not None:
            return tuple(map(KnownEntity.model_validate, answer))
        found = ask()
        row = {"type": kind, "key": asked, "answer": [one.model_dump(mode="json") for one in found]}
        row["looked_up_at"] = self._now()
        with self._database.writing() as connection:
            connection.execute(self._database.upsert(entity_lookups, "type", "key"), [row])
        return found
