"""A MusicBrainz database of one's own: the tables of its public dumps, asked in place of the web service."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ragtime_assets.adapters.knowledge import musicbrainz_sql as sql
from ragtime_assets.adapters.knowledge.bounded_postgres import BoundedPostgres
from ragtime_assets.adapters.knowledge.breaker import Breaker
from ragtime_assets.adapters.knowledge.tables import MOST_FOUND, MOST_RELATED, TABLES, Table
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.identifiers import mbid as valid_mbid
from ragtime_assets.domain.linking.identifiers import qid_of_page
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.text.lines import one_line, writable
from ragtime_assets.domain.vocabulary.vocabulary import MusicBrainzTable
from ragtime_assets.errors import ConfigurationError, TimedOut

_LONGEST_NAME = 300


@dataclass(frozen=True)
class Abilities:
    """What this database can do beside the plain."""

    unaccents: bool
    knows_likeness: bool


class MusicBrainzServer:
    """The database behind all who ask it in this process: one connection, one breaker, one look at its tables."""

    def __init__(self, url: str, tables: Iterable[str], breaker: Breaker) -> None:
        """Nothing is opened before the first question."""
        self._postgres = BoundedPostgres(url, sql.SCHEMAS)
        self._tables = frozenset(tables)
        self._breaker = breaker
        self._lock = threading.Lock()
        self._abilities: Abilities | None = None

    def rows(self, statement: str, values: Mapping[str, Any], deadline: Deadline) -> list[tuple[Any, ...]]:
        """What the statement answers."""
        if not self._lock.acquire(timeout=max(0.0, deadline.left())):
            raise TimedOut("the MusicBrainz database was not asked: this process asks it something else")
        try:
            with self._breaker.watching():
                return self._postgres.rows(statement, values, deadline)
        finally:
            self._lock.release()

    def abilities(self, deadline: Deadline) -> Abilities:
        """What it can do; raises ConfigurationError where tables are missing. It is asked once."""
        if self._abilities is None:
            missing = self.rows(sql.MISSING, {"tables": sql.needed(self._tables)}, deadline)
            if missing:
                raise ConfigurationError(
                    f"the MusicBrainz database has no {', '.join(name for (name,) in missing)}",
                    remedy="Import MusicBrainz's dump mbdump into it, or unset RAGTIME_MUSICBRAINZ_DATABASE_URL.",
                )
            ((unaccents, knows_likeness),) = self.rows(sql.ABILITIES, {}, deadline)
            self._abilities = Abilities(unaccents, knows_likeness)
        return self._abilities

    def close(self) -> None:
        """Give the connection back."""
        self._postgres.close()


@dataclass(frozen=True)
class MusicBrainzDatabase:
    """`ports.MusicDatabase` over such a database."""

    server: MusicBrainzServer
    kinds: Mapping[str, MusicBrainzTable]
    """Our types that MusicBrainz has."""
    deadline: Deadline

    def until(self, deadline: Deadline) -> MusicBrainzDatabase:
        """The same, for somebody who waits no longer than until `deadline`."""
        return replace(self, deadline=deadline)

    def search(self, kind: str, name: str) -> tuple[KnownEntity, ...]:
        """What is called so, else what is called nearly so, as far as the database tells what is similar."""
        counts = self.kinds.get(kind)
        asked = writable(one_line(name, _LONGEST_NAME))
        if counts is None or not asked:
            return ()
        can = self.server.abilities(self.deadline)
        table = TABLES[counts.table]
        exact = sql.entries(table, sql.by_name(table, can.unaccents))
        rows = self._rows(exact, counts, names=_spellings(asked))
        if not rows and can.knows_likeness:
            rows = self._rows(sql.entries(table, sql.by_likeness(table)), counts, name=asked)
        return self._entities(table, kind, rows)

    def look_up(self, kind: str, mbid: str) -> KnownEntity | None:
        """The entity with this MBID, or what it was merged into."""
        counts, known = self.kinds.get(kind), valid_mbid(mbid)
        if counts is None or known is None:
            return None
        self.server.abilities(self.deadline)
        table = TABLES[counts.table]
        rows = self._rows(sql.entries(table, sql.by_gid(table)), MusicBrainzTable(table=counts.table), gid=known)
        return next(iter(self._entities(table, kind, rows)), None)

    def _rows(self, statement: str, counts: MusicBrainzTable, **values: object) -> list[tuple[Any, ...]]:
        types = {"types": list(counts.types), "untyped": counts.untyped, "most": MOST_FOUND}
        return self.server.rows(statement, {**types, **values}, self.deadline)

    def _entities(self, table: Table, kind: str, rows: Sequence[tuple[Any, ...]]) -> tuple[KnownEntity, ...]:
        if not rows:
            return ()
        ids = {"ids": [row[0] for row in rows]}
        about = _About(
            _grouped(self.server.rows(sql.aliases(table), ids, self.deadline)),
            _grouped(self.server.rows(sql.urls(table), ids, self.deadline)),
            _grouped(self.server.rows(sql.related(table), ids, self.deadline) if table.related else ()),
        )
        return tuple(_entity(kind, row, about) for row in rows if one_line(row[2]))


@dataclass(frozen=True)
class _About:
    """What is known of entries beside their own row, by their number."""

    aliases: Mapping[int, list[str]]
    urls: Mapping[int, list[str]]
    related: Mapping[int, list[str]]


def _entity(kind: str, row: tuple[Any, ...], about: _About) -> KnownEntity:
    number, gid, raw, comment, _, begin, end, area, score = row
    name = one_line(raw)
    return KnownEntity(
        type=kind,
        name=name,
        mbid=gid,
        qid=next(filter(None, map(qid_of_page, about.urls[number])), None),
        aliases=_once(about.aliases[number], name),
        disambiguation=one_line(comment),
        begin=begin,
        end=end,
        area=area,
        related=_once(about.related[number], name)[:MOST_RELATED],
        score=None if score is None else round(float(score), 3),
    )


def _spellings(name: str) -> list[str]:
    """`name`, and the same with or without the article of English names."""
    without = name[4:] if name.casefold().startswith("the ") else name
    return list(dict.fromkeys((name, without, f"The {without}")))


def _grouped(rows: Iterable[tuple[Any, ...]]) -> Mapping[int, list[str]]:
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for number, text in rows:
        groups[number].append(text)
    return groups


def _once(names: Iterable[str], own: str) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(map(one_line, names)) if name and name != own)
