"""What filters mean in SQL: which rows of `passages` they let through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.registry.families import members, roots
from ragtime_assets.corpus.schema import entities, passage_entities, passage_speakers
from ragtime_assets.corpus.schema import passages as table
from ragtime_assets.domain.points import Filters


def narrowed(connection: sa.Connection, query: Any, filters: Filters) -> Any:
    """The query, with what these filters let through."""
    return query.where(*_conditions(connection, filters))


def _conditions(connection: sa.Connection, filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    equal = {"show": filters.show, "language": filters.language, "episode_key": filters.episode}
    yield from (table.c[name] == value for name, value in equal.items() if value is not None)
    if filters.since is not None:
        yield table.c.published >= filters.since
    if filters.until is not None:
        yield table.c.published <= filters.until
    if filters.speaker is not None:
        speaking = sa.select(passage_speakers.c.passage_id).where(passage_speakers.c.speaker == filters.speaker)
        yield table.c.id.in_(speaking)
    if filters.entity is not None:
        yield table.c.id.in_(_naming(passage_entities.c.entity_id.in_(_family(connection, filters.entity))))
    if filters.entity_type is not None:
        of_type = sa.select(entities.c.id).where(entities.c.type == filters.entity_type)
        yield table.c.id.in_(_naming(passage_entities.c.entity_id.in_(of_type)))


def _naming(which: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    return sa.select(passage_entities.c.passage_id).where(which)


def _family(connection: sa.Connection, entity: str) -> list[str]:
    """What this entity stands for now, and all that was merged into that: passages name any of them."""
    root = roots(connection, [entity])[entity]
    return members(connection, [root])[root]
