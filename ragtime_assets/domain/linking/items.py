"""Which item of Wikidata an entity of ours is: exactly one of its name and of its class, or none at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import WikidataClass

QidStatus = Literal["pending", "resolved", "not_found", "failed"]
YEARS_APART = 1
"""Two sources may differ by so much on when somebody was born."""


class Item(Record):
    """An item of Wikidata, as far as it tells what it is."""

    qid: str
    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    """Of a class, the classes that it is a subclass of."""
    mbids: tuple[str, ...] = ()
    """Its ids in any table of MusicBrainz."""
    begin: int | None = None
    end: int | None = None


class Finding(Record):
    """What became of looking for the item of an entity."""

    entity_id: str
    status: QidStatus
    qid: str | None = None
    reason: str
    candidates: tuple[str, ...] = ()
    """The items that fit."""


def choose(
    entity: KnownEntity, items: Iterable[Item], rule: WikidataClass, wider: Mapping[str, Collection[str]]
) -> Finding:
    """The item that `entity` is; `wider` has for each class all that it is, directly or through subclasses.

    An item that names the entity's MBID is it, whatever else is said. Else a name alone decides nothing where several
    items have it: that is left to people.
    """
    found = list({item.qid: item for item in items}.values())
    same_id = [item for item in found if entity.mbid and entity.mbid in item.mbids]
    if same_id:
        return _found(entity, same_id, "Wikidata names its MBID")
    fitting = [item for item in found if _fits(entity, item, rule, wider)]
    return _found(entity, fitting, "the only item of its name and class")


def _found(entity: KnownEntity, items: Sequence[Item], reason: str) -> Finding:
    entity_id, fit = entity.entity_id or "", tuple(item.qid for item in items)
    match fit:
        case [qid]:
            return Finding(entity_id=entity_id, status="resolved", qid=qid, reason=reason, candidates=fit)
        case []:
            return Finding(entity_id=entity_id, status="not_found", reason="no item of its name and class")
        case _:
            several = f"several items fit: {', '.join(fit[:10])}"
            return Finding(entity_id=entity_id, status="not_found", reason=several, candidates=fit)


def _fits(entity: KnownEntity, item: Item, rule: WikidataClass, wider: Mapping[str, Collection[str]]) -> bool:
    own = {key(name) for name in (entity.name, *entity.aliases)} - {""}
    return (
        not own.isdisjoint(map(key, item.names))
        and is_of(item, rule, wider)
        and not (entity.mbid and item.mbids)
        and _may_be(entity.begin, item.begin)
        and _may_be(entity.end, item.end)
    )


def is_of(item: Item, rule: WikidataClass, wider: Mapping[str, Collection[str]]) -> bool:
    """Whether an item is an instance of the rule's class, with the occupation that the rule asks for."""
    return _any(item.classes, rule.instance_of, wider) and (
        rule.occupation is None or _any(item.occupations, rule.occupation, wider)
    )


def _any(classes: Iterable[str], wanted: str, wider: Mapping[str, Collection[str]]) -> bool:
    return any(one == wanted or wanted in wider.get(one, ()) for one in classes)


def _may_be(one: int | None, other: int | None) -> bool:
    return one is None or other is None or abs(one - other) <= YEARS_APART
