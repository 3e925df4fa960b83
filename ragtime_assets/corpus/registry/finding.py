"""Which entity a person means, what is known of it, and which episodes a change of it touches: it only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from ragtime_assets.corpus.registry.families import REFUSED, SHORT, batches, known, members, roots
from ragtime_assets.corpus.registry.neighbours import neighbours
from ragtime_assets.corpus.schema import (
    entities,
    entity_corrections,
    entity_decisions,
    entity_mentions,
    entity_names,
    entity_offers,
)
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.linking.decision import described
from ragtime_assets.domain.linking.keys import key, loose_keys
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import match
from ragtime_assets.domain.text.lines import writable
from ragtime_assets.errors import NotOneEntity

MOST_FOUND = 20
FEWEST_SIGNS = 4
"""So much of the beginning of an id stands for it."""
_SHOWN = 5
_MOST_ECHOED = 120


class Moment(NamedTuple):
    """One time that an entity is named."""

    key: str
    chunk: int
    start: float
    surface: str
    name: str
    type: str


class Said(NamedTuple):
    """What one name of one episode was decided to mean, and why."""

    key: str
    type: str
    name: str
    outcome: str
    sentence: str
    by: str


def meant(connection: sa.Connection, words: str) -> sa.Row[Any]:
    """The entity with this id, the start of one, this MBID or QID, or the name that only one has."""
    words = words.strip()
    rows = _by_id(connection, words)
    if not rows:
        called = known(connection, set(_called(connection, words)))
        exact = [one for one in called.values() if one.name == words]
        rows = _rows(connection, [one.entity_id or "" for one in exact or called.values()])
    if len(rows) == 1:
        return rows[0]
    if rows:
        shown = ", ".join(f"{row.id} {_told(row)}" for row in rows[:_SHOWN])
        raise NotOneEntity(f"{words!r} may be {plural(len(rows), 'entity', 'entities')}: {shown}")
    near = [f"{one.name} ({one.type}, {one.entity_id})" for one in found(connection, words)[:_SHOWN]]
    hint = f"Did you mean {', '.join(near)}?" if near else NotOneEntity.remedy
    raise NotOneEntity(f"no entity has the id or the name {words[:_MOST_ECHOED]!r}", remedy=hint)


def found(connection: sa.Connection, words: str, kind: str | None = None) -> list[KnownEntity]:
    """The entities that are called so, or nearly so, or have it in their name; the likeliest first."""
    own = key(words)
    is_in = sa.and_(entity_names.c.key.contains(own, autoescape=True), entity_names.c.kind != REFUSED)
    has_it = sa.select(entity_names.c.entity_id).where(is_in)
    ids = [
        *(row.id for row in _by_id(connection, words.strip())),
        *_called(connection, words),
        *(connection.execute(has_it.order_by(*_nearest_first(own)).limit(MOST_FOUND)).scalars() if own else ()),
    ]
    near = [one.entity_id for one in neighbours(connection, [own]).get(own, ())]
    root_of = roots(connection, {*ids, *near})
    entity = known(connection, set(root_of.values()))
    likely = [root_of[one] for one in near if match(words, entity[root_of[one]], is_person=True)]
    wanted = (entity[root] for root in dict.fromkeys([*(root_of[one] for one in ids), *likely]))
    return [one for one in wanted if kind in (None, one.type)][:MOST_FOUND]


def family(connection: sa.Connection, entity_id: str) -> list[str]:
    """The entity, and all that was merged into it."""
    return members(connection, [entity_id])[entity_id]


def episodes_of(connection: sa.Connection, ids: Collection[str]) -> list[str]:
    """The episodes that name one of these, or in which a name may mean one of these and nobody knows which."""
    decided, offered = entity_decisions.c, entity_offers.c
    found: set[str] = set()
    for some in batches(sorted(ids)):
        for whose, key_ in ((decided.entity_id, decided.key), (offered.entity_id, offered.key)):
            found.update(connection.execute(sa.select(key_).distinct().where(whose.in_(some))).scalars())
    return sorted(found)


def counted(connection: sa.Connection, ids: Iterable[str]) -> dict[str, int]:
    """By id, in how many episodes each is named, whatever was merged into it included."""
    families = members(connection, list(ids))
    owner = {one: root for root, some in families.items() for one in some}
    keys: defaultdict[str, set[str]] = defaultdict(set)
    decided = entity_decisions.c
    for some in batches(sorted(owner)):
        query = sa.select(decided.entity_id, decided.key).distinct().where(decided.entity_id.in_(some))
        for row in connection.execute(query):
            keys[owner[row.entity_id]].add(row.key)
    return {root: len(keys[root]) for root in families}


def moments(connection: sa.Connection, ids: Collection[str], limit: int) -> list[Moment]:
    """When these are named, episode by episode."""
    said, decided = entity_mentions.c, entity_decisions.c
    same = sa.and_(said.key == decided.key, said.type == decided.type, said.name == decided.name)
    query = (
        sa.select(said.key, said.chunk, said.start, said.surface, said.name, said.type)
        .select_from(entity_decisions.join(entity_mentions, same))
        .where(decided.entity_id.in_(sorted(ids)))
        .order_by(said.key, said.start, said.id)
        .limit(limit)
    )
    return [Moment(*row) for row in connection.execute(query)]


def sayings(connection: sa.Connection, ids: Collection[str], limit: int | None) -> list[Said]:
    """Why these were linked, episode by episode."""
    decided = entity_decisions.c
    query = sa.select(
        decided.key, decided.type, decided.name, decided.outcome, decided.sentence, decided.decided_by
    ).where(decided.entity_id.in_(sorted(ids)))
    return [Said(*row) for row in connection.execute(query.order_by(decided.key, decided.name).limit(limit))]


def names(connection: sa.Connection, ids: Collection[str]) -> Sequence[sa.Row[Any]]:
    """The names of these, and where each is from."""
    query = sa.select(entity_names).where(entity_names.c.entity_id.in_(sorted(ids)))
    return connection.execute(query.order_by(entity_names.c.id)).all()


def corrections_of(connection: sa.Connection, ids: Collection[str]) -> Sequence[sa.Row[Any]]:
    """What people said of these that still stands."""
    said = entity_corrections.c
    query = sa.select(entity_corrections).where(said.entity_id.in_(sorted(ids)), said.withdrawn_at.is_(None))
    return connection.execute(query.order_by(said.id)).all()


def said_as(connection: sa.Connection, name: str, episode: str | None = None) -> list[tuple[str, str, str]]:
    """(episode, type, name) of every name with the key of `name`; in one episode, or in all."""
    decided = entity_decisions.c
    query = sa.select(decided.key, decided.type, decided.name).where(decided.name_key == key(name))
    if episode is not None:
        query = query.where(decided.key == episode)
    return [(row.key, row.type, row.name) for row in connection.execute(query.order_by(decided.key, decided.name))]


def _by_id(connection: sa.Connection, words: str) -> list[sa.Row[Any]]:
    begins = entities.c.id.startswith(words, autoescape=True)
    own = begins if len(words) >= FEWEST_SIGNS else entities.c.id == words
    is_it = sa.or_(own, entities.c.mbid == words.lower(), entities.c.qid == words.upper())
    if writable(words) != words:
        return []
    return list(connection.execute(sa.select(entities).where(is_it).order_by(entities.c.id).limit(_SHOWN + 1)))


def _nearest_first(own: str) -> tuple[Any, ...]:
    """Names that begin with these words, then those that have them as words, then those that have them in a word."""
    one = entity_names.c.key
    begins, has_words = one.startswith(f"{own} ", autoescape=True), one.contains(f" {own} ", autoescape=True)
    ends = one.endswith(f" {own}", autoescape=True)
    return sa.case((one == own, 0), (begins, 1), (sa.or_(has_words, ends), 2), else_=3), entity_names.c.id


def _called(connection: sa.Connection, words: str) -> list[str]:
    """The present ids of those who have this very name, then of those who have it otherwise written, or as surname."""
    own = [one for one in (key(words), *loose_keys(words)) if one]
    names = entity_names.c
    query = sa.select(names.entity_id).where(names.key.in_(own), names.kind != REFUSED)
    query = query.order_by(names.kind == SHORT, names.key != key(words), names.id)
    ids = list(dict.fromkeys(connection.execute(query.limit(MOST_FOUND)).scalars()))
    root_of = roots(connection, ids)
    return list(dict.fromkeys(root_of[one] for one in ids))


def _rows(connection: sa.Connection, ids: Sequence[str]) -> list[sa.Row[Any]]:
    return list(connection.execute(sa.select(entities).where(entities.c.id.in_(ids)).order_by(entities.c.id)))


def _told(row: sa.Row[Any]) -> str:
    return f"({described(KnownEntity(type=row.type, name=row.name, disambiguation=row.disambiguation))}, {row.type})"
