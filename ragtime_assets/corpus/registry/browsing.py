"""Entities as people leaf through them: from A to Z, and who is named where somebody else is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa

from ragtime_assets.corpus.registry.families import roots
from ragtime_assets.corpus.schema import entities, entity_decisions

_INITIAL: Any = sa.func.upper(sa.func.substr(entities.c.name, 1, 1))


class InList(NamedTuple):
    """An entity in a list."""

    entity_id: str
    name: str
    type: str
    disambiguation: str


class Companion(NamedTuple):
    """Somebody or something that is named in the same episodes."""

    entity_id: str
    name: str
    type: str
    episodes: int


def initials(connection: sa.Connection, kind: str | None) -> list[str]:
    """The signs with which names begin."""
    query = sa.select(_INITIAL).distinct().where(*_own(kind))
    return sorted(str(one) for one in connection.execute(query).scalars() if one)


def listed(
    connection: sa.Connection, kind: str | None, initial: str | None, limit: int, offset: int
) -> tuple[list[InList], int]:
    """Some of those whose names begin so, by name, and how many there are."""
    query = sa.select(entities.c.id, entities.c.name, entities.c.type, entities.c.disambiguation).where(*_own(kind))
    if initial is not None:
        query = query.where(initial.upper() == _INITIAL)
    total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    ordered = query.order_by(sa.func.lower(entities.c.name), entities.c.id).limit(limit).offset(offset)
    return [InList(*row) for row in connection.execute(ordered)], int(total)


def company(connection: sa.Connection, ids: Collection[str], limit: int) -> list[Companion]:
    """Who and what is named in most of the episodes that name one of these."""
    mine, theirs = entity_decisions.alias("mine"), entity_decisions.alias("theirs")
    together = sa.and_(mine.c.key == theirs.c.key, theirs.c.entity_id.not_in(sorted(ids)))
    episodes = sa.func.count(theirs.c.key.distinct()).label("episodes")
    query = (
        sa.select(theirs.c.entity_id, episodes)
        .select_from(mine.join(theirs, together))
        .where(mine.c.entity_id.in_(sorted(ids)))
        .group_by(theirs.c.entity_id)
        .order_by(episodes.desc(), theirs.c.entity_id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    root_of = roots(connection, [row.entity_id for row in rows])
    named = sa.select(entities.c.id, entities.c.name, entities.c.type).where(entities.c.id.in_(set(root_of.values())))
    known = {row.id: row for row in connection.execute(named)}
    counts: dict[str, int] = {}
    for row in rows:
        counts.setdefault(root_of[row.entity_id], row.episodes)
    return [Companion(one, known[one].name, known[one].type, count) for one, count in counts.items() if one in known]


def _own(kind: str | None) -> list[Any]:
    """Those that stand for themselves, of one type or of all."""
    return [entities.c.merged_into.is_(None), *([entities.c.type == kind] if kind else [])]
