"""The canonical entities: exact and alias links; a name nobody knows becomes a new entity."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import entities, entity_mentions, entity_names
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink
from ragtime_assets.domain.language.words import without_accents

_Name = tuple[str, str]
_BATCH = 400


class SqlEntityRegistry:
    """`ports.EntityRegistry` over the entity tables."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def resolve(self, key: str, mentions: Iterable[Mention]) -> tuple[EntityLink, ...]:
        """One link per (type, name); the episode's rows become exactly these."""
        counts = Counter((mention.type, mention.name) for mention in mentions)
        folded = {name: (name[0], fold(name[1])) for name in sorted(counts)}
        with self._database.writing() as connection:
            known = self._find(connection, set(folded.values()))
            new = {one: name for name, one in reversed(folded.items()) if one not in known}
            # In one order everywhere: episodes that add the same names together must not wait for each other.
            self._add(connection, dict(sorted(new.items())))
            known |= {one: row for one, row in self._find(connection, set(new)).items()}
            links = tuple(_link(name, counts[name], known[one], one in new) for name, one in folded.items())
            self._replace_mentions(connection, key, links)
        return links

    def forget(self, key: str) -> None:
        """Drop the mentions of one episode; the entities stay."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(entity_mentions).where(entity_mentions.c.key == key))

    def add_alias(self, entity_id: str, kind: str, alias: str) -> None:
        """Let another name mean this entity, unless that name is taken."""
        row = {"type": kind, "folded": fold(alias), "entity_id": entity_id, "name": alias, "is_alias": True}
        with self._database.writing() as connection:
            connection.execute(self._database.insert_ignore(entity_names), [row])

    def _find(self, connection: sa.Connection, names: set[_Name]) -> dict[_Name, Any]:
        found: dict[_Name, Any] = {}
        wanted = sorted(names)
        for start in range(0, len(wanted), _BATCH):
            some = wanted[start : start + _BATCH]
            query = (
                sa.select(entity_names.c.type, entity_names.c.folded, entity_names.c.is_alias, entities)
                .join(entities, entities.c.id == entity_names.c.entity_id)
                .where(entity_names.c.folded.in_({folded for _, folded in some}))
                .where(entity_names.c.type.in_({kind for kind, _ in some}))
            )
            found |= {(row.type, row.folded): row for row in connection.execute(query)}
        return {name: row for name, row in found.items() if name in names}

    def _add(self, connection: sa.Connection, new: Mapping[_Name, _Name]) -> None:
        if not new:
            return
        now = datetime.now(UTC)
        rows = [
            {"id": entity_id(*one), "type": one[0], "name": name[1], "created_at": now} for one, name in new.items()
        ]
        connection.execute(self._database.insert_ignore(entities), rows)
        names = [
            {"type": one[0], "folded": one[1], "entity_id": entity_id(*one), "name": name[1], "is_alias": False}
            for one, name in new.items()
        ]
        connection.execute(self._database.insert_ignore(entity_names), names)

    def _replace_mentions(self, connection: sa.Connection, key: str, links: tuple[EntityLink, ...]) -> None:
        connection.execute(sa.delete(entity_mentions).where(entity_mentions.c.key == key))
        counts: Counter[str] = Counter()
        for link in links:
            counts[link.entity_id] += link.mentions
        rows = [{"key": key, "entity_id": one, "mentions": count} for one, count in sorted(counts.items())]
        if rows:
            connection.execute(sa.insert(entity_mentions), rows)


def fold(name: str) -> str:
    """`name` as names are compared: no accents, case, doubled spaces or typographic quotes."""
    return " ".join(without_accents(name.replace("\u2019", "'")).casefold().split())


def entity_id(kind: str, folded: str) -> str:
    """The id of an entity that is known by name only."""
    return hashlib.sha256(f"{kind}|{folded}".encode()).hexdigest()[:32]


def _link(name: _Name, mentions: int, row: Any, new: bool) -> EntityLink:
    method = "new" if new else "alias" if row.is_alias else "exact"
    return EntityLink(
        type=name[0],
        name=name[1],
        entity_id=row.id,
        canonical_name=row.name,
        method=method,
        mentions=mentions,
        mbid=row.mbid,
        qid=row.qid,
    )
