"""Entities as rows, and what they stand for now: one that was merged is read as the one that it was merged into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from ragtime_assets.corpus.schema import entities, entity_names
from ragtime_assets.domain.linking.known_entity import KnownEntity

REGISTRY_LOCK = 0x7261_7265
"""Whoever writes to the registry holds it: one at a time, so that nobody waits for somebody who waits for him."""
BATCH = 400
SHORT = "short"
REFUSED = "refused"
"""A name that a person took away: it is kept, so that no database gives it back."""

T = TypeVar("T")


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """The items, so many at a time as one query takes."""
    remaining = iter(items)
    while some := list(islice(remaining, BATCH)):
        yield some


def roots(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """By id, the entity that each of these stands for now: itself, unless it was merged."""
    found = {one: one for one in ids}
    asked = set(ids)
    while asked:
        moved = _merged(connection, sorted(asked))
        found = {one: moved.get(root, root) for one, root in found.items()}
        asked = set(moved.values())
    return found


def members(connection: sa.Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """By root, it and every entity that was merged into it, straight or by way of another."""
    found = {one: [one] for one in ids}
    root_of = {one: one for one in ids}
    asked = sorted(root_of)
    while asked:
        rows = [
            row
            for some in batches(asked)
            for row in connection.execute(
                sa.select(entities.c.id, entities.c.merged_into)
                .where(entities.c.merged_into.in_(some))
                .order_by(entities.c.id)
            )
        ]
        for row in rows:
            root_of[row.id] = root_of[row.merged_into]
            found[root_of[row.id]].append(row.id)
        asked = [row.id for row in rows]
    return found


def known(connection: sa.Connection, ids: Collection[str]) -> dict[str, KnownEntity]:
    """By id, these entities as they are now, each with the names and ids of all that were merged into it."""
    families = members(connection, ids)
    everyone = sorted({one for family in families.values() for one in family})
    rows = {row.id: row for some in batches(everyone) for row in connection.execute(_by_id(some))}
    names: dict[str, list[str]] = {}
    for some in batches(everyone):
        query = (
            sa.select(entity_names.c.entity_id, entity_names.c.name)
            .where(entity_names.c.entity_id.in_(some), entity_names.c.kind.not_in((SHORT, REFUSED)))
            .order_by(entity_names.c.id)
        )
        for row in connection.execute(query):
            names.setdefault(row.entity_id, []).append(row.name)
    return {root: _known([rows[one] for one in family], names) for root, family in families.items() if root in rows}


def _merged(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    query = sa.select(entities.c.id, entities.c.merged_into).where(entities.c.merged_into.is_not(None))
    return {
        row.id: row.merged_into
        for some in batches(ids)
        for row in connection.execute(query.where(entities.c.id.in_(some)))
    }


def _by_id(ids: Sequence[str]) -> sa.Select[Any]:
    return sa.select(entities).where(entities.c.id.in_(ids))


def _known(family: Sequence[sa.Row[Any]], names: Mapping[str, Sequence[str]]) -> KnownEntity:
    root = family[0]
    said = dict.fromkeys(name for row in family for name in (row.name, *names.get(row.id, ())))
    related = dict.fromkeys(name for row in family for name in row.related)
    return KnownEntity(
        type=root.type,
        name=root.name,
        entity_id=root.id,
        mbid=_first(row.mbid for row in family),
        qid=_first(row.qid for row in family),
        aliases=tuple(name for name in said if name != root.name),
        disambiguation=_first(row.disambiguation for row in family) or "",
        begin=_first(row.begin for row in family),
        end=_first(row.end for row in family),
        area=_first(row.area for row in family),
        related=tuple(related),
    )


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value), None)
