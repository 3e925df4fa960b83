"""The registry as people see and change it: what it has, and what a correction would touch before it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry import browsing, finding
from ragtime_assets.corpus.registry.families import REGISTRY_LOCK, batches, known, roots
from ragtime_assets.corpus.registry.people import Changed, People
from ragtime_assets.corpus.schema import entities, entity_decisions
from ragtime_assets.corpus.submissions import ask_again
from ragtime_assets.domain.linking.kinds import Kin
from ragtime_assets.domain.linking.known_entity import KnownEntity

Change = Callable[[People], Changed]
MOST_MOMENTS = 1_000


class _OnlyAPreviewError(Exception):
    """Takes back what was tried."""


@dataclass(frozen=True)
class Listed:
    """An entity that was found, and in how many episodes it is named."""

    entity: KnownEntity
    episodes: int


@dataclass(frozen=True)
class Shown:
    """Everything that is known of one entity."""

    entity: KnownEntity
    merged_into: str | None
    episodes: int
    names: Sequence[sa.Row[Any]]
    merged: Sequence[KnownEntity]
    """What was merged into it."""
    corrections: Sequence[sa.Row[Any]]
    sayings: Sequence[finding.Said]
    moments: Sequence[finding.Moment]


class Decided(NamedTuple):
    """What one name of one episode was decided to mean, with the entity as it is now."""

    key: str
    type: str
    name: str
    outcome: str
    entity_id: str | None
    sentence: str
    by: str
    engine: str


class SqlEntities:
    """What people see of the entity tables, and what they change."""

    def __init__(self, database: Database, kin: Kin, people: Set[str] = frozenset()) -> None:
        """Work on this database; `kin` are the types of the vocabulary, `people` those found by surname."""
        self._database = database
        self._kin = kin
        self._people = people

    def find(self, words: str, kind: str | None = None) -> list[Listed]:
        """Those who are called so, or nearly so."""
        with self._database.reading() as connection:
            found = finding.found(connection, words, kind)
            counts = finding.counted(connection, [one.entity_id for one in found if one.entity_id])
        return [Listed(one, counts.get(one.entity_id or "", 0)) for one in found]

    def id_of(self, words: str) -> str:
        """The id of the one entity that is meant; raises NotOneEntity with those that it may be."""
        with self._database.reading() as connection:
            return str(finding.meant(connection, words).id)

    def types(self) -> list[str]:
        """The types of which there are entities."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(entities.c.type).distinct().order_by(entities.c.type)).scalars())

    def show(self, words: str, limit: int = MOST_MOMENTS) -> Shown:
        """All of one entity; raises NotOneEntity when nobody, or several, may be meant."""
        with self._database.reading() as connection:
            row = finding.meant(connection, words)
            ids = finding.family(connection, row.id)
            entities = known(connection, ids)
            root = roots(connection, [row.id])[row.id]
            return Shown(
                entity=entities[row.id],
                merged_into=None if root == row.id else root,
                episodes=finding.counted(connection, [row.id])[row.id],
                names=finding.names(connection, ids),
                merged=[entities[one] for one in ids[1:]],
                corrections=finding.corrections_of(connection, ids),
                sayings=finding.sayings(connection, ids, limit),
                moments=finding.moments(connection, ids, limit),
            )

    def initials(self, kind: str | None = None) -> list[str]:
        """The signs with which names of this type begin."""
        with self._database.reading() as connection:
            return browsing.initials(connection, kind)

    def listed(
        self, kind: str | None = None, initial: str | None = None, *, limit: int, offset: int = 0
    ) -> tuple[list[browsing.InList], int]:
        """Some of those whose names begin so, by name, and how many there are."""
        with self._database.reading() as connection:
            return browsing.listed(connection, kind, initial, limit, offset)

    def company(self, entity_id: str, limit: int) -> list[browsing.Companion]:
        """Who and what is named in most of the episodes that name this one."""
        with self._database.reading() as connection:
            return browsing.company(connection, finding.family(connection, entity_id), limit)

    def decided(self, engine: str, limit: int) -> dict[str, list[Decided]]:
        """By episode, what was decided in those in which a person decided, or other rules than `engine`: the newest."""
        said = entity_decisions.c
        other = sa.and_(said.decided_by == "rule", said.engine != engine)
        newest = sa.func.max(said.decided_at)
        keys = sa.select(said.key).where(sa.or_(said.decided_by == "person", other)).group_by(said.key)
        fields = (
            said.key,
            said.type,
            said.name,
            said.outcome,
            said.entity_id,
            said.sentence,
            said.decided_by,
            said.engine,
        )
        found: dict[str, list[Decided]] = {}
        with self._database.reading() as connection:
            wanted = list(connection.execute(keys.order_by(newest.desc(), said.key).limit(limit)).scalars())
            rows = [
                Decided(*row)
                for some in batches(wanted)
                for row in connection.execute(
                    sa.select(*fields).where(said.key.in_(some)).order_by(said.key, said.name)
                )
            ]
            root_of = roots(connection, {row.entity_id for row in rows if row.entity_id})
        for row in rows:
            found.setdefault(row.key, []).append(row._replace(entity_id=root_of.get(row.entity_id or "")))
        return found

    def preview(self, change: Change, by: str) -> Changed:
        """What a correction would do; raises InvalidCorrection where it makes no sense, and changes nothing."""
        told: list[Changed] = []
        with suppress(_OnlyAPreviewError), self._database.writing_alone(REGISTRY_LOCK) as connection:
            told.append(change(self._people_of(connection, by)))
            raise _OnlyAPreviewError
        return told[0]

    def correct(self, change: Change, by: str, again: Sequence[str] = ()) -> Changed:
        """Do it, and ask in the same transaction for the phases `again` of the episodes that it touches."""
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            done = change(self._people_of(connection, by))
            if again:
                ask_again(self._database, connection, done.episodes, by, again, respells=True)
            return done

    def _people_of(self, connection: sa.Connection, by: str) -> People:
        return People(connection, by, self._kin, self._people)
