"""Finding the items of Wikidata that entities are, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ragtime_assets.domain.linking.items import Finding, Item, choose
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import EntityType
from ragtime_assets.errors import PermanentError
from ragtime_assets.ports import ItemDatabase

AT_ONCE = 25
"""Entities whose items are asked for together, and settled together."""
LANGUAGES = ("en", "de")
"""In which names are looked for, the next where the one before had nothing that fits."""
FARTHEST = 12
"""Steps from a class to a wider one."""

Types = Mapping[str, EntityType]


def resolve(entities: Sequence[KnownEntity], types: Types, database: ItemDatabase) -> Iterator[list[Finding]]:
    """What became of each entity, some at a time; one whose question is refused is `failed`.

    That the database does not answer ends everything: nobody was looked for then, and nothing is said of anybody.
    """
    for start in range(0, len(entities), AT_ONCE):
        yield _settled(entities[start : start + AT_ONCE], types, database)


def _settled(entities: Sequence[KnownEntity], types: Types, database: ItemDatabase) -> list[Finding]:
    try:
        return _looked_for(entities, types, database)
    except PermanentError as error:
        if len(entities) == 1:
            (one,) = entities
            return [Finding(entity_id=one.entity_id or "", status="failed", reason=error.message)]
    return [finding for one in entities for finding in _settled([one], types, database)]


def _looked_for(entities: Sequence[KnownEntity], types: Types, database: ItemDatabase) -> list[Finding]:
    found: dict[str | None, Finding] = {}
    for language in (None, *LANGUAGES):
        left = [one for one in entities if one.entity_id not in found or not found[one.entity_id].candidates]
        offered = _with_their_mbids(left, types, database) if language is None else _called(left, language, database)
        items = database.items({qid for qids in offered.values() for qid in qids})
        wider = _wider(items.values(), database)
        for one in left:
            own = [items[qid] for qid in offered.get(one.entity_id, ()) if qid in items]
            rule = types[one.type].wikidata
            if rule is not None:
                found[one.entity_id] = choose(one, own, rule, wider)
    return list(found.values())


def _with_their_mbids(
    entities: Sequence[KnownEntity], types: Types, database: ItemDatabase
) -> dict[str | None, Sequence[str]]:
    """By entity, the items that name an MBID of its kind: which names whose, the items say."""
    tables = {one.entity_id: table.table for one in entities if one.mbid and (table := types[one.type].musicbrainz)}
    offered = {
        table: database.with_mbids(table, [one.mbid for one in entities if one.mbid and tables[one.entity_id] == table])
        for table in sorted(set(tables.values()))
    }
    return {entity_id: offered[table] for entity_id, table in tables.items()}


def _called(entities: Sequence[KnownEntity], language: str, database: ItemDatabase) -> dict[str | None, Sequence[str]]:
    return {one.entity_id: database.search(one.name, language) for one in entities}


def _wider(items: Iterable[Item], database: ItemDatabase) -> dict[str, frozenset[str]]:
    """For each class that these items are of, all the classes that it is a subclass of."""
    classes = {one for item in items for one in (*item.classes, *item.occupations)}
    above: dict[str, tuple[str, ...]] = {}
    asked = classes
    for _ in range(FARTHEST):
        above |= {one: () for one in asked} | {qid: item.wider for qid, item in database.items(asked).items()}
        asked = {wider for one in asked for wider in above[one]} - above.keys()
        if not asked:
            break
    return {one: frozenset(_all_above(one, above)) for one in classes}


def _all_above(one: str, above: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    asked = set(above.get(one, ()))
    while asked:
        found |= asked
        asked = {wider for class_ in asked for wider in above.get(class_, ())} - found
    return found
