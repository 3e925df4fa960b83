"""What the registry has for the names of an episode: it only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.registry.families import REFUSED, SHORT, batches, known, roots
from ragtime_assets.corpus.registry.neighbours import neighbours
from ragtime_assets.corpus.schema import entities, entity_corrections, entity_decisions, entity_names
from ragtime_assets.domain.linking.decision import Decision, Found, Judged, Name, Verdict
from ragtime_assets.domain.linking.keys import key, loose_keys, short_key
from ragtime_assets.domain.linking.known_entity import KnownEntity

MOST = 10
_OF_ONE_KEY = 40
"""So many rows of one key are looked at: of a surname that thousands have, some will do to see that it says nothing."""
MOST_EPISODES = 200
"""So many episodes of a candidate are counted; who is named in more is well known."""

_ByKey = Mapping[str, Sequence[str]]


def candidates(connection: sa.Connection, episode: str, wanted: Mapping[Name, Collection[str]]) -> dict[Name, Found]:
    """What the registry has for each name of an episode, among entities of the types that the name may be of."""
    asked = {said: _lookup_keys(said.name) for said in wanted}
    by_key = _owners(connection, {one for keys in asked.values() for one in keys})
    whole = {said: _ids(by_key, keys) for said, keys in asked.items()}
    types = _types(connection, {one for ids in whole.values() for one in ids})
    ids = {said: _of_types(ids, types, wanted[said]) for said, ids in whole.items()}
    ids |= _near(connection, {said: wanted[said] for said, found in ids.items() if not found})
    verdicts = _verdicts(connection, episode, wanted)
    before = _before(connection, episode)
    root_of = roots(connection, _all_ids(ids, verdicts, before))
    entity = known(connection, set(root_of.values()))
    counts = _episodes(connection, episode, root_of, [found for found in ids.values() if len(found) > 1])

    def now(entity_id: str | None) -> KnownEntity | None:
        return entity.get(root_of[entity_id]) if entity_id else None

    def found(said: Name) -> Found:
        own = tuple(dict.fromkeys(filter(None, map(now, ids[said]))))[:MOST]
        verdict, row = verdicts.get(said), before.get(said)
        return Found(
            candidates=own,
            episodes={one.entity_id: counts.get(one.entity_id, 0) for one in own if one.entity_id},
            verdict=Verdict(entity=now(verdict.entity_id), by=verdict.said_by) if verdict else None,
            before=_decision(row, now(row.entity_id), now) if row else None,
        )

    return {said: found(said) for said in wanted}


def _lookup_keys(name: str) -> tuple[str, ...]:
    own = key(name)
    short = short_key(name)
    has_initial = short is not None and len(own.split()[0]) <= 2
    return tuple(filter(None, (own, *loose_keys(name), short if has_initial else None)))


def _owners(connection: sa.Connection, keys: Collection[str]) -> dict[str, list[str]]:
    """By key, whose names have it: those who are called so before those of that surname."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    names = entity_names.c
    place = sa.func.row_number().over(partition_by=names.key, order_by=(names.kind == SHORT, names.id))
    for some in batches(sorted(keys)):
        whose = sa.select(names.key, names.entity_id, place.label("place"))
        ranked = whose.where(names.key.in_(some), names.kind != REFUSED).subquery()
        query = sa.select(ranked.c.key, ranked.c.entity_id).where(ranked.c.place <= _OF_ONE_KEY)
        for row in connection.execute(query.order_by(ranked.c.key, ranked.c.place)):
            found[row.key].append(row.entity_id)
    return found


def _ids(by_key: _ByKey, keys: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one for key_ in keys for one in by_key.get(key_, ())))


def _types(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    query = sa.select(entities.c.id, entities.c.type)
    return {
        row.id: row.type
        for some in batches(sorted(ids))
        for row in connection.execute(query.where(entities.c.id.in_(some)))
    }


def _of_types(ids: Sequence[str], types: Mapping[str, str], wanted: Collection[str]) -> list[str]:
    return [one for one in ids if types.get(one) in wanted][:_OF_ONE_KEY]


def _near(connection: sa.Connection, wanted: Mapping[Name, Collection[str]]) -> dict[Name, list[str]]:
    """By name, those whose names are written nearly so."""
    keys = {said: key(said.name) for said in wanted}
    near = neighbours(connection, keys.values())
    owners = {one: list(dict.fromkeys(each.entity_id for each in found)) for one, found in near.items()}
    types = _types(connection, {one for ids in owners.values() for one in ids})
    return {said: _of_types(owners.get(keys[said], ()), types, wanted[said])[:MOST] for said in wanted}


def _verdicts(
    connection: sa.Connection, episode: str, wanted: Mapping[Name, Collection[str]]
) -> dict[Name, sa.Row[Any]]:
    """By name, the newest word of a person on it: that on this episode before that on all."""
    said = entity_corrections.c
    keys = {name: key(name.name) for name in wanted}
    rows: defaultdict[str, list[sa.Row[Any]]] = defaultdict(list)
    for some in batches(sorted(set(keys.values()))):
        query = (
            sa.select(entity_corrections)
            .where(said.name_key.in_(some), said.withdrawn_at.is_(None))
            .where(sa.or_(said.key == episode, said.key.is_(None)))
            .order_by(said.key.is_(None), said.id.desc())
        )
        for row in connection.execute(query):
            rows[row.name_key].append(row)
    found = ((name, (row for row in rows[keys[name]] if row.type in types)) for name, types in wanted.items())
    return {name: first for name, some in found if (first := next(some, None))}


def _before(connection: sa.Connection, episode: str) -> dict[Name, sa.Row[Any]]:
    decided = entity_decisions.c
    query = sa.select(entity_decisions).where(decided.key == episode, decided.decided_by == "model")
    return {Name(row.type, row.name): row for row in connection.execute(query)}


def _decision(row: sa.Row[Any], entity: KnownEntity | None, now: Any) -> Decision:
    judged = [Judged.model_validate(one) for one in row.candidates]
    current = (one.model_copy(update={"entity": now(one.entity.entity_id) or one.entity}) for one in judged)
    return Decision(
        type=row.type,
        name=row.name,
        outcome=row.outcome,
        reason=row.reason,
        sentence=row.sentence,
        evidence=tuple(row.evidence),
        confidence=row.confidence,
        by=row.decided_by,
        engine=row.engine,
        entity=entity,
        candidates=tuple(current),
    )


def _all_ids(
    ids: Mapping[Name, Sequence[str]], verdicts: Mapping[Name, sa.Row[Any]], before: Mapping[Name, sa.Row[Any]]
) -> set[str]:
    named = {one for found in ids.values() for one in found}
    decided = {row.entity_id for row in (*verdicts.values(), *before.values())}
    offered = {one["entity"]["entity_id"] for row in before.values() for one in row.candidates}
    return {one for one in (*named, *decided, *offered) if one}


def _episodes(
    connection: sa.Connection, episode: str, root_of: Mapping[str, str], rivals: Collection[Sequence[str]]
) -> dict[str, int]:
    """By root, in how many other episodes each of those is named that have a name with others in common.

    Counted no further than tells: else linking an episode again would cost more the more episodes there are.
    """
    entity = entities.c.id
    decided = entity_decisions.c
    keys = sa.select(decided.key).distinct().where(decided.entity_id == entity, decided.key != episode)
    named = keys.limit(MOST_EPISODES).correlate(entities).subquery()
    count = sa.select(sa.func.count()).select_from(named).scalar_subquery()
    asked = sorted({root_of[one] for found in rivals for one in found})
    return {
        row.id: row.episodes
        for some in batches(asked)
        for row in connection.execute(sa.select(entity, count.label("episodes")).where(entity.in_(some)))
    }
