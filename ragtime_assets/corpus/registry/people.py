"""What people change about entities: which are one, which are two, how they are called, of which type they are.

A merge changes one column, so that unmerging brings back what was. What people say a name means is in `verdicts.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import clock_of
from ragtime_assets.corpus.registry import finding
from ragtime_assets.corpus.registry.committing import names_of
from ragtime_assets.corpus.registry.families import REFUSED, SHORT, roots
from ragtime_assets.corpus.registry.verdicts import NOTHING_TO_DO, Verdicts
from ragtime_assets.corpus.schema import entities, entity_names
from ragtime_assets.domain.linking.decision import described
from ragtime_assets.domain.linking.keys import LONGEST_NAME, is_name, key
from ragtime_assets.domain.linking.kinds import Kin
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidCorrection

PERSON = "person"
"""The source of the names that people gave."""


@dataclass(frozen=True)
class Changed:
    """What a correction does, as a person reads it, and the episodes that it touches."""

    sentence: str
    episodes: tuple[str, ...]
    entity_id: str | None = None


class People:
    """Corrections within one transaction; each method raises InvalidCorrection where it makes no sense."""

    def __init__(self, connection: sa.Connection, by: str, kin: Kin, people: Set[str] = frozenset()) -> None:
        """Write what `by` says; entities of the types `people` are also found by surname."""
        self._connection = connection
        self._kin = kin
        self._people = people
        self._verdicts = Verdicts(connection, by)

    def merge(self, gone: str, into: str) -> Changed:
        """From now on the first stands for the second; a redirect stays."""
        one, other = self._meant(gone), self._meant(into)
        for row in (one, other):
            self._refuse_merged(row)
        if one.id == other.id:
            raise InvalidCorrection(
                f"{_told(one)} is one entity already", remedy="Name two entities: `ragtime entities find` shows ids."
            )
        if one.type != other.type:
            raise InvalidCorrection(
                f"{_told(one)} is a {one.type}, {_told(other)} a {other.type}: they cannot be one",
                remedy=f"If one type is wrong, first: ragtime entities type {one.id} {other.type}",
            )
        touched = finding.episodes_of(self._connection, finding.family(self._connection, one.id))
        self._change(one.id, merged_into=other.id)
        apart = f"; both have an MBID, {one.mbid} and {other.mbid}" if one.mbid and other.mbid else ""
        return Changed(f"{_told(one)} becomes {_told(other)}{apart}", tuple(touched), other.id)

    def unmerge(self, entity: str) -> Changed:
        """Bring back an entity that was merged into another, with all that was its own."""
        row = self._meant(entity)
        if row.merged_into is None:
            raise InvalidCorrection(f"{_told(row)} was not merged into another", remedy=self._remedy_of_whole(row))
        root = roots(self._connection, [row.id])[row.id]
        touched = finding.episodes_of(self._connection, finding.family(self._connection, root))
        self._change(row.id, merged_into=None)
        return Changed(f"{_told(row)} stands for itself again", tuple(touched), row.id)

    def split(self, entity: str, name: str, disambiguation: str, episodes: Sequence[str]) -> Changed:
        """Make two of one: who is called `name` in these episodes is another; an alias goes with it."""
        row = self._meant(entity)
        self._refuse_merged(row)
        self._refuse_put_together(row)
        moved = self._alias(row, name)
        if moved is None and not episodes:
            raise InvalidCorrection(
                f"{name!r} is no alias of {_told(row)}, so nothing tells which of its episodes are about another",
                remedy="Name them with --episode KEY.",
            )
        said = [one for episode in episodes for one in finding.said_as(self._connection, name, episode)]
        silent = sorted(set(episodes) - {one[0] for one in said})
        if silent:
            raise InvalidCorrection(
                f"{name!r} is not said in {silent[0]}",
                remedy=f"ragtime entities show {row.id} lists the episodes with the names that are said in each.",
            )
        touched = set(episodes) or set(finding.episodes_of(self._connection, [row.id]))
        new = self._new(row, name, disambiguation)
        if moved is not None:
            self._connection.execute(sa.delete(entity_names).where(entity_names.c.id == moved.id))
        for one in said:
            self._verdicts.note(*one, new, replace=True)
        if moved is None:
            self._stay(row, name, set(episodes))
        return Changed(f"{one_line(name, LONGEST_NAME)} becomes apart from {_told(row)}", tuple(sorted(touched)), new)

    def add_alias(self, entity: str, name: str) -> Changed:
        """From now on the entity is also called so."""
        row = self._meant(entity)
        self._refuse_merged(row)
        self._check_name(name)
        written = one_line(name, LONGEST_NAME)
        there = self._name(row.id, written)
        if there is not None and there.kind != REFUSED:
            raise InvalidCorrection(
                f"{_told(row)} is called {written!r} already", remedy=f"ragtime entities show {row.id} lists its names."
            )
        self._put_name(row.id, written, "alias")
        others = self._others(row, written)
        also = f"; so {'is' if len(others) == 1 else 'are'} {', '.join(others)}" if others else ""
        return Changed(f"{_told(row)} is also called {written!r}{also}", self._saying(row, written), row.id)

    def remove_alias(self, entity: str, name: str) -> Changed:
        """From now on the entity is not called so, whatever a database says."""
        row = self._meant(entity)
        found = self._alias(row, name)
        if found is None:
            is_own = key(name) == key(row.name)
            raise InvalidCorrection(
                f"{name!r} is {'the name' if is_own else 'no alias'} of {_told(row)}",
                remedy=f"ragtime entities show {row.id} lists its aliases.",
            )
        touched = self._saying(row, found.name)
        self._put_name(row.id, found.name, REFUSED)
        return Changed(f"{_told(row)} is not called {found.name!r}", touched, row.id)

    def retype(self, entity: str, kind: str) -> Changed:
        """The entity is of another type; the names that mean it go on meaning it, as whatever they are said."""
        row = self._meant(entity)
        self._refuse_merged(row)
        if kind not in self._kin:
            raise InvalidCorrection(f"{kind!r} is no type", remedy=f"The types are: {', '.join(sorted(self._kin))}.")
        if kind == row.type:
            raise InvalidCorrection(f"{_told(row)} is a {kind} already", remedy=NOTHING_TO_DO)
        self._refuse_rival(row, kind)
        ids = finding.family(self._connection, row.id)
        said = dict.fromkeys((one.type, one.name) for one in finding.sayings(self._connection, ids, limit=None))
        for type_, name in said:
            self._verdicts.note(None, type_, name, row.id, replace=True)
        self._connection.execute(sa.update(entities).where(entities.c.id.in_(ids)).values(type=kind))
        if kind in self._people and row.type not in self._people:
            self._add_short(row, kind)
        touched = finding.episodes_of(self._connection, ids)
        return Changed(f"{_told(row)} is a {kind}, not a {row.type}", tuple(touched), row.id)

    def link(self, name: str, entity: str, episode: str | None, kind: str | None, *, replace: bool) -> Changed:
        """A name means this entity, in one episode or in all, whatever the rules say."""
        row = self._meant(entity)
        self._refuse_merged(row)
        self._check_name(name)
        touched = self._verdicts.link(name, row, episode, kind, self._may_be(row.type), replace=replace)
        return Changed(f"{name!r} means {_told(row)} {_where(episode)}", tuple(touched), row.id)

    def unlink(self, name: str, episode: str | None, kind: str | None, *, replace: bool) -> Changed:
        """A name means no entity, in one episode or in all, whatever the rules say."""
        self._check_name(name)
        touched = self._verdicts.unlink(name, episode, kind, replace=replace)
        return Changed(f"{name!r} means no entity {_where(episode)}", tuple(touched))

    def withdraw(self, name: str, episode: str | None) -> Changed:
        """Take back what people said of a name, so that the rules decide again."""
        touched = self._verdicts.withdraw(name, episode)
        return Changed(f"what {name!r} means {_where(episode)} is for the rules to say again", tuple(touched))

    def _meant(self, words: str) -> sa.Row[Any]:
        return finding.meant(self._connection, words)

    def _may_be(self, kind: str) -> frozenset[str]:
        return self._kin.get(kind, frozenset({kind}))

    def _refuse_merged(self, row: sa.Row[Any]) -> None:
        if row.merged_into is None:
            return
        root = roots(self._connection, [row.id])[row.id]
        raise InvalidCorrection(
            f"{_told(row)} was merged, and stands for {root} now",
            remedy=f"Name {root} instead, or first: ragtime entities unmerge {row.id}",
        )

    def _refuse_put_together(self, row: sa.Row[Any]) -> None:
        others = finding.family(self._connection, row.id)[1:]
        if others:
            raise InvalidCorrection(
                f"{_told(row)} was put together of {len(others) + 1} entities, so it is not told what is to go apart",
                remedy=f"Take apart what was merged: ragtime entities unmerge {others[-1]}"
                + (f" (the others: {', '.join(others[:-1])})" if others[1:] else ""),
            )

    def _remedy_of_whole(self, row: sa.Row[Any]) -> str:
        others = finding.family(self._connection, row.id)[1:]
        if others:
            return f"It holds what was merged into it: ragtime entities unmerge {others[0]}"
        return f"ragtime entities split {row.id} makes two of one."

    def _refuse_rival(self, row: sa.Row[Any], kind: str) -> None:
        """An MBID, or a name of the corpus's own, is of one entity of a type."""
        c = entities.c
        same = [column == value for column, value in ((c.mbid, row.mbid), (c.own_key, row.own_key)) if value]
        query = sa.select(entities).where(c.type == kind, sa.or_(*same)) if same else None
        rival = self._connection.execute(query).first() if query is not None else None
        if rival is not None:
            raise InvalidCorrection(
                f"there is a {kind} {_told(rival)} already",
                remedy=f"Say that names mean that one: ragtime entities link {row.name!r} {rival.id} --type {row.type}",
            )

    def _check_name(self, name: str) -> None:
        if not is_name(name):
            raise InvalidCorrection(
                f"{one_line(name, 40)!r} cannot be a name",
                remedy=f"A name has a letter or a digit, no control characters, and at most {LONGEST_NAME} characters.",
            )

    def _alias(self, row: sa.Row[Any], name: str) -> sa.Row[Any] | None:
        """The row of a name that the entity has beside its own."""
        found = [one for one in finding.names(self._connection, [row.id]) if one.kind not in (SHORT, REFUSED)]
        same = [one for one in found if one.key == key(name) and one.name != row.name]
        return next((one for one in same if one.name == name), same[0] if same else None)

    def _stay(self, row: sa.Row[Any], name: str, but: Set[str]) -> None:
        """Elsewhere the name goes on meaning who it meant, though there are two of it now."""
        meant = finding.sayings(self._connection, [row.id], limit=None)
        for one in meant:
            if one.key not in but and key(one.name) == key(name) and one.by != PERSON:
                self._verdicts.note(one.key, one.type, one.name, row.id, replace=True)

    def _name(self, entity_id: str, name: str) -> sa.Row[Any] | None:
        return next((one for one in finding.names(self._connection, [entity_id]) if one.name == name), None)

    def _put_name(self, entity_id: str, name: str, kind: str) -> None:
        there = self._name(entity_id, name)
        if there is not None:
            same = entity_names.c.id == there.id
            self._connection.execute(sa.update(entity_names).where(same).values(kind=kind, source=PERSON))
            return
        row = {"entity_id": entity_id, "name": name, "key": key(name), "kind": kind, "source": PERSON}
        self._connection.execute(sa.insert(entity_names), [row])

    def _others(self, row: sa.Row[Any], name: str) -> list[str]:
        others = finding.found(self._connection, name, row.type)
        names = {one: {key(each) for each in (one.name, *one.aliases)} for one in others if one.entity_id != row.id}
        return [described(one) for one, keys in names.items() if key(name) in keys]

    def _saying(self, row: sa.Row[Any], name: str) -> tuple[str, ...]:
        """The episodes in which this name is said, as a name of the entity's type or one of its kin."""
        kin = self._may_be(row.type)
        return tuple(sorted({one[0] for one in finding.said_as(self._connection, name) if one[1] in kin}))

    def _new(self, row: sa.Row[Any], name: str, disambiguation: str) -> str:
        self._check_name(name)
        entity_id = uuid.uuid4().hex
        made = KnownEntity(type=row.type, name=one_line(name, LONGEST_NAME))
        values = {
            "id": entity_id,
            "type": row.type,
            "name": made.name,
            "disambiguation": one_line(disambiguation),
            "related": [],
            "qid_status": "pending",
            "qid_tries": 0,
            "created_at": clock_of(self._connection),
        }
        self._connection.execute(sa.insert(entities), [values])
        rows = [
            {"entity_id": entity_id, "name": one, "key": one_key, "kind": kind, "source": PERSON}
            for one, one_key, kind in names_of(made, self._people)
        ]
        self._connection.execute(sa.insert(entity_names), rows)
        return entity_id

    def _add_short(self, row: sa.Row[Any], kind: str) -> None:
        """Somebody who is a person after all is also found by surname."""
        entity = KnownEntity(type=kind, name=row.name)
        for name, one, name_kind in names_of(entity, self._people):
            if name_kind == SHORT and self._name(row.id, name) is None:
                values = {"entity_id": row.id, "name": name, "key": one, "kind": SHORT, "source": PERSON}
                self._connection.execute(sa.insert(entity_names), [values])

    def _change(self, entity_id: str, **values: Any) -> None:
        self._connection.execute(sa.update(entities).where(entities.c.id == entity_id).values(values))


def _told(row: sa.Row[Any]) -> str:
    return described(KnownEntity(type=row.type, name=row.name, disambiguation=row.disambiguation))


def _where(episode: str | None) -> str:
    return f"in {episode}" if episode else "in every episode"
