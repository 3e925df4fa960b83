"""What people may change in the registry: corrections of names, other names, merging and splitting.

Nothing is overwritten: a correction is withdrawn, a merge undone, and what was there before counts again. Episodes are
not linked again here; `episodes_of` says which ones a change touches.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.families import REGISTRY_LOCK, known, members, roots
from ragtime_assets.corpus.schema import entities, entity_corrections, entity_decisions, entity_names
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.linking.keys import is_name, key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.errors import InvalidSubmission

_FIND = "ragtime entities find NAME lists entities with their ids."


@dataclass(frozen=True)
class Correction:
    """What somebody said a name means, in one episode or, without a key, in all."""

    id: int
    name: Name
    entity_id: str | None
    key: str | None
    by: str
    at: datetime


class People:
    """The registry as people change it; each change says who made it."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def show(self, entity_id: str) -> KnownEntity:
        """The entity that this id stands for now."""
        with self._database.reading() as connection:
            root = _root(connection, entity_id)
            return known(connection, [root])[root]

    def episodes_of(self, entity_id: str) -> list[str]:
        """The episodes that name it, or what was merged into it: those that are linked again when it changes."""
        with self._database.reading() as connection:
            return _episodes(connection, _root(connection, entity_id))

    def correct(self, name: Name, entity_id: str | None, by: str, key: str | None = None) -> int:
        """Let a name mean this entity, or none at all, in one episode or in all; the newest word on it counts."""
        if not is_name(name.name):
            raise InvalidSubmission(f"{name.name[:80]!r} is nothing that could be a name")
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            if entity_id is not None:
                _root(connection, entity_id)
            return _correct(connection, name, entity_id, by, key)

    def corrections(self, name: Name) -> list[Correction]:
        """What people said of this name and did not take back, the newest first."""
        said = entity_corrections.c
        query = (
            sa.select(entity_corrections)
            .where(said.name_key == key(name.name), said.type == name.type, said.withdrawn_at.is_(None))
            .order_by(said.id.desc())
        )
        with self._database.reading() as connection:
            return [_correction(row) for row in connection.execute(query)]

    def withdraw(self, correction: int) -> None:
        """Take a correction back: what was said before it counts again."""
        changed = sa.update(entity_corrections).where(entity_corrections.c.id == correction)
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            if not connection.execute(changed.values(withdrawn_at=datetime.now(UTC))).rowcount:
                raise InvalidSubmission(f"there is no correction {correction}", remedy="Name one that is listed.")

    def name_also(self, entity_id: str, name: str, language: str | None = None) -> None:
        """Let an entity be found by another name; others who have it keep it."""
        if not is_name(name):
            raise InvalidSubmission(f"{name[:80]!r} is nothing that could be a name")
        row = {"entity_id": entity_id, "name": name, "key": key(name), "language": language}
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            _root(connection, entity_id)
            insert = self._database.insert_ignore(entity_names)
            connection.execute(insert, [row | {"kind": "alias", "source": "person"}])

    def merge(self, entity_id: str, into: str) -> list[str]:
        """Let one entity stand for another from now on; the episodes that name it."""
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            root = _root(connection, into)
            if _root(connection, entity_id) == root:
                raise InvalidSubmission(f"{entity_id} and {into} are one entity already", remedy="Nothing to do.")
            if _row(connection, entity_id).merged_into is not None:
                raise InvalidSubmission(
                    f"{entity_id} was merged into {_root(connection, entity_id)} before",
                    remedy=f"Merge that one, or ragtime entities unmerge {entity_id} first.",
                )
            touched = _episodes(connection, entity_id)
            _set_merged(connection, entity_id, root)
        return touched

    def unmerge(self, entity_id: str) -> list[str]:
        """Let a merged entity be one of its own again, with all that was merged into it; the episodes to link again."""
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            if _row(connection, entity_id).merged_into is None:
                raise InvalidSubmission(f"{entity_id} is merged into no other entity", remedy=_FIND)
            touched = _episodes(connection, _root(connection, entity_id))
            _set_merged(connection, entity_id, None)
        return touched

    def split(self, entity_id: str, episodes: Collection[str], by: str, disambiguation: str = "") -> str:
        """Make a second entity of the same name, which is meant in these episodes; the others go on meaning the first.

        Merging the two undoes it.
        """
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            root = _root(connection, entity_id)
            names = _names_in(connection, root)
            if not any(episode in episodes for episode, _ in names):
                raise InvalidSubmission(f"none of these episodes names {entity_id}", remedy=_FIND)
            made = _copied(connection, root, disambiguation)
            for episode, name in names:
                _correct(connection, name, made if episode in episodes else root, by, episode)
        return made


def _row(connection: sa.Connection, entity_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(entities).where(entities.c.id == entity_id)).first()
    if row is None:
        raise InvalidSubmission(f"there is no entity {entity_id}", remedy=_FIND)
    return row


def _root(connection: sa.Connection, entity_id: str) -> str:
    return roots(connection, [_row(connection, entity_id).id])[entity_id]


def _named(connection: sa.Connection, root: str) -> sa.ColumnElement[bool]:
    return entity_decisions.c.entity_id.in_(members(connection, [root])[root])


def _episodes(connection: sa.Connection, root: str) -> list[str]:
    query = sa.select(entity_decisions.c.key).where(_named(connection, root)).distinct()
    return list(connection.execute(query.order_by(entity_decisions.c.key)).scalars())


def _names_in(connection: sa.Connection, root: str) -> Sequence[tuple[str, Name]]:
    """Which episodes name it, and how."""
    decided = entity_decisions.c
    query = sa.select(decided.key, decided.type, decided.name).where(_named(connection, root))
    return [(row.key, Name(row.type, row.name)) for row in connection.execute(query)]


def _correct(connection: sa.Connection, name: Name, entity_id: str | None, by: str, episode: str | None) -> int:
    row = {
        "key": episode,
        "type": name.type,
        "name": name.name,
        "name_key": key(name.name),
        "entity_id": entity_id,
        "said_by": by,
        "said_at": datetime.now(UTC),
    }
    return connection.execute(sa.insert(entity_corrections).returning(entity_corrections.c.id), row).scalar_one()


def _set_merged(connection: sa.Connection, entity_id: str, into: str | None) -> None:
    connection.execute(sa.update(entities).where(entities.c.id == entity_id).values(merged_into=into))


def _copied(connection: sa.Connection, root: str, disambiguation: str) -> str:
    """An entity of the same type and name, of which nothing else is known."""
    old = _row(connection, root)
    made = {
        "id": uuid.uuid4().hex,
        "type": old.type,
        "name": old.name,
        "disambiguation": disambiguation,
        "related": [],
        "qid_status": "pending",
        "qid_tries": 0,
        "created_at": datetime.now(UTC),
    }
    connection.execute(sa.insert(entities), made)
    name = {"entity_id": made["id"], "name": old.name, "key": key(old.name), "kind": "name", "source": "person"}
    connection.execute(sa.insert(entity_names), name)
    return made["id"]


def _correction(row: sa.Row[Any]) -> Correction:
    return Correction(row.id, Name(row.type, row.name), row.entity_id, row.key, row.said_by, row.said_at)
