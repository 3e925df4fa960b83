"""What was decided about an episode is written, in one short transaction, one episode at a time.

Nothing is asked and nothing is decided here: whoever waits for the lock waits for rows only.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.registry.families import SHORT, batches, known, roots
from ragtime_assets.corpus.schema import entities, entity_decisions, entity_mentions, entity_names, entity_offers
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.linking.decision import Decision, Name
from ragtime_assets.domain.linking.keys import LONGEST_NAME, is_name, key, short_key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.text.lines import one_line, writable

MOST_KEPT = 10
_Same = tuple[str, str]
"""By what two decisions mean the same new entity: its type, and its MBID or the key of its name."""


class Commit:
    """The rows of one episode."""

    def __init__(self, database: Database, connection: sa.Connection, people: Set[str]) -> None:
        """Write within this transaction; entities of the types `people` are also found by surname."""
        self._database = database
        self._connection = connection
        self._people = people
        self._now = clock_of(connection)
        self._ids: dict[_Same, str] = {}

    def replace(self, episode: str, mentions: Iterable[Mention], decisions: Sequence[Decision]) -> list[Decision]:
        """Make these what an episode mentions and means; the decisions, with entities as the registry has them."""
        said = [mention for mention in mentions if is_name(mention.name)]
        meant = self._entities(decisions)
        decided = [one.model_copy(update={"entity": meant.get(one.said)}) for one in decisions]
        for table in (entity_mentions, entity_decisions, entity_offers):
            self._connection.execute(sa.delete(table).where(table.c.key == episode))
        self._insert(entity_mentions, [_mention_row(episode, mention) for mention in said])
        counts = Counter(Name(mention.type, mention.name) for mention in said)
        rows = [self._decision_row(episode, one, counts[one.said]) for one in decided if one.said in counts]
        self._insert(entity_decisions, sorted(rows, key=lambda row: (row["type"], row["name"])))
        offered = {entity_id for one in decided if one.outcome == "ambiguous" for entity_id in self._may_mean(one)}
        self._insert(entity_offers, [{"entity_id": one, "key": episode} for one in sorted(offered)])
        return decided

    def _entities(self, decisions: Iterable[Decision]) -> dict[Name, KnownEntity]:
        """By name, the entity that it means, made where the registry has none."""
        meant = {one.said: one.entity for one in decisions if one.entity}
        known_of = (*meant.values(), *(entity for one in decisions for entity in _namesakes(one)))
        new = {_same(entity): entity for entity in known_of if entity.entity_id is None}
        there = self._there(new.values())
        missing = {same: entity for same, entity in sorted(new.items()) if same not in there}
        made = {same: self._made(entity) for same, entity in missing.items()}
        learned = {one.entity_id: one for one in meant.values() if one.entity_id and one.mbid}
        learned |= {there[same]: entity for same, entity in new.items() if same in there and entity.mbid}
        for entity_id, entity in sorted(learned.items()):
            self._learn(entity_id, entity)
        self._ids = there | made
        ids = {said: one.entity_id or self._ids[_same(one)] for said, one in meant.items()}
        root_of = roots(self._connection, set(ids.values()))
        current = known(self._connection, set(root_of.values()))
        return {said: current[root_of[one]] for said, one in ids.items()}

    def _may_mean(self, decision: Decision) -> Iterator[str]:
        for judged in decision.candidates[:MOST_KEPT]:
            if entity_id := judged.entity.entity_id or self._ids.get(_same(judged.entity)):
                yield entity_id

    def _there(self, new: Iterable[KnownEntity]) -> dict[_Same, str]:
        """The entities among these that somebody made meanwhile, or that another type of name had led to."""
        by_mbid, own = set[str](), set[str]()
        for entity in new:
            _ = by_mbid.add(entity.mbid) if entity.mbid else own.add(key(entity.name))
        found: dict[_Same, str] = {}
        for column, values in ((entities.c.mbid, by_mbid), (entities.c.own_key, own)):
            for some in batches(sorted(values)):
                query = sa.select(entities.c.id, entities.c.type, column.label("same")).where(column.in_(some))
                found |= {(row.type, row.same): row.id for row in self._connection.execute(query)}
        return found

    def _made(self, entity: KnownEntity) -> str:
        """A new entity; its QID is left out where another has it."""
        entity_id = uuid.uuid4().hex
        row = {
            "id": entity_id,
            "type": entity.type,
            "name": one_line(entity.name, LONGEST_NAME),
            "own_key": None if entity.mbid else key(entity.name),
            "mbid": entity.mbid,
            "qid_tries": 0,
            "created_at": self._now,
        }
        self._insert(entities, [row | self._facts(entity)])
        self._add_names(entity_id, entity)
        return entity_id

    def _learn(self, entity_id: str, entity: KnownEntity) -> None:
        """Let an entity that was known by name only have what MusicBrainz says of it."""
        row = self._connection.execute(sa.select(entities).where(entities.c.id == entity_id)).one()
        if row.mbid is not None or self._is_taken(entity.type, entity.mbid):
            return
        changes = {"mbid": entity.mbid, **self._facts(entity, row.qid)}
        self._connection.execute(sa.update(entities).where(entities.c.id == entity_id).values(changes))
        self._add_names(entity_id, entity)

    def _is_taken(self, kind: str, mbid: str | None) -> bool:
        query = sa.select(entities.c.id).where(entities.c.type == kind, entities.c.mbid == mbid)
        return self._connection.execute(query).first() is not None

    def _facts(self, entity: KnownEntity, own_qid: str | None = None) -> dict[str, Any]:
        query = sa.select(entities.c.id).where(entities.c.qid == entity.qid)
        is_free = entity.qid is not None and self._connection.execute(query).first() is None
        qid = own_qid or (entity.qid if is_free else None)
        return {
            "qid": qid,
            "qid_status": "resolved" if qid else "pending",
            "disambiguation": one_line(entity.disambiguation),
            "begin": entity.begin,
            "end": entity.end,
            "area": entity.area,
            "related": [one_line(name, LONGEST_NAME) for name in entity.related],
        }

    def _add_names(self, entity_id: str, entity: KnownEntity) -> None:
        source = "musicbrainz" if entity.mbid else "corpus"
        rows = [
            {"entity_id": entity_id, "name": name, "key": one, "kind": kind, "source": source}
            for name, one, kind in names_of(entity, self._people)
        ]
        self._connection.execute(self._database.insert_ignore(entity_names), rows)

    def _decision_row(self, episode: str, one: Decision, mentions: int) -> dict[str, Any]:
        return {
            "key": episode,
            "type": one.type,
            "name": one.name,
            "name_key": key(one.name),
            "outcome": one.outcome,
            "entity_id": one.entity.entity_id if one.entity else None,
            "reason": one.reason,
            "sentence": one.sentence,
            "evidence": list(one.evidence),
            "candidates": _offered(one),
            "confidence": one.confidence,
            "decided_by": one.by,
            "engine": one.engine,
            "decided_at": self._now,
            "mentions": mentions,
            "later": one.later,
        }

    def _insert(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._connection.execute(sa.insert(table), list(rows))


def names_of(entity: KnownEntity, people: Set[str]) -> Iterator[tuple[str, str, str]]:
    """Each name under which an entity is found, with its key and what kind of name it is."""
    seen: set[str] = set()
    for place, written in enumerate((entity.name, *entity.aliases)):
        name = one_line(written, LONGEST_NAME)
        if key(name) and name not in seen:
            seen.add(name)
            yield name, key(name), "alias" if place else "name"
    short = short_key(entity.name) if entity.type in people else None
    if short and short not in seen:
        yield short, short, SHORT


def _offered(decision: Decision) -> list[dict[str, Any]]:
    """Who may be meant, where that is not sure or somebody chose; what else is known of them is in their own rows."""
    if decision.outcome != "ambiguous" and decision.by != "model":
        return []
    told = {"entity": {"aliases", "related"}}
    return [judged.model_dump(mode="json", exclude=told) for judged in decision.candidates[:MOST_KEPT]]


def _namesakes(decision: Decision) -> Iterator[KnownEntity]:
    """Those of MusicBrainz who have the name too: without them the one who was meant here would seem the only one."""
    own = key(decision.name)
    for judged in decision.candidates:
        entity = judged.entity
        if entity.mbid and entity.entity_id is None and own in map(key, (entity.name, *entity.aliases)):
            yield entity


def _same(entity: KnownEntity) -> _Same:
    return entity.type, entity.mbid or key(entity.name)


def _mention_row(episode: str, mention: Mention) -> dict[str, Any]:
    row = mention.model_dump(include={"type", "name", "chunk", "start"})
    return {"key": episode, "surface": writable(mention.surface), **row}
