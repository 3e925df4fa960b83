"""The registry as the phases see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry import reading
from ragtime_assets.corpus.registry.committing import Commit
from ragtime_assets.corpus.registry.families import REGISTRY_LOCK
from ragtime_assets.corpus.schema import entity_corrections, entity_decisions, entity_mentions, entity_offers
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.linking.decision import Decision, Found, Name


class SqlEntityRegistry:
    """`ports.EntityRegistry` over the entity tables."""

    def __init__(self, database: Database, people: Set[str] = frozenset()) -> None:
        """Work on this database; entities of the types `people` are also found by surname."""
        self._database = database
        self._people = people

    def candidates(self, key: str, wanted: Mapping[Name, Collection[str]]) -> dict[Name, Found]:
        """What is there for each name of episode `key`, among entities of the types that the name may be of."""
        with self._database.reading() as connection:
            return reading.candidates(connection, key, wanted)

    def commit(self, key: str, mentions: Iterable[Mention], decisions: Sequence[Decision]) -> list[Decision]:
        """Write what was decided of episode `key`, instead of what was decided before; safe to repeat."""
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            return Commit(self._database, connection, self._people).replace(key, mentions, decisions)

    def forget(self, key: str) -> None:
        """Drop what is noted of one episode; the entities stay."""
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            for table in (entity_mentions, entity_decisions, entity_offers, entity_corrections):
                connection.execute(sa.delete(table).where(table.c.key == key))
