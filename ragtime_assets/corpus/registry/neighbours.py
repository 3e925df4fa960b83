"""Names that are written nearly like another: they share many of its trigrams.

SQLite keeps them in an FTS5 table, Postgres in an index of pg_trgm; both give too many, and the domain judges them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ragtime_assets.corpus.registry.families import REFUSED
from ragtime_assets.corpus.schema import entity_names

SHORTEST, LONGEST = 5, 80
"""Of shorter keys hardly a trigram stays when one letter changes; longer ones are sentences."""
MOST = 20
_RARE = 6
_POSTINGS = 400
_LEAST_SHARED = 0.4
_NEAREST = sa.text(
    """
    select asked.key as asked, near.entity_id, near.key
    from unnest(cast(:keys as text[])) as asked(key)
    cross join lateral (
        select entity_id, names.key from entity_names as names
        where names.key % asked.key and kind <> 'short' and kind <> 'refused'
        order by similarity(names.key, asked.key) desc, id limit :most
    ) as near
    """
)
"""The kind is written as the index has it."""


@dataclass(frozen=True)
class Neighbour:
    """A name whose key is like another, and whose it is."""

    entity_id: str
    key: str


def neighbours(connection: sa.Connection, keys: Collection[str]) -> dict[str, list[Neighbour]]:
    """By key, the nearest to it, at most so many; none for one that is too short or too long to have any."""
    asked = sorted(key for key in set(keys) if SHORTEST <= len(key) <= LONGEST)
    if connection.dialect.name != "sqlite":
        return _in_postgres(connection, asked) if asked else {}
    return {key: _in_sqlite(connection, key) for key in asked}


def _in_postgres(connection: sa.Connection, keys: Sequence[str]) -> dict[str, list[Neighbour]]:
    """One question for all names: where the machine is busy, each round trip is what costs."""
    connection.execute(sa.text("select set_limit(:least)"), {"least": _LEAST_SHARED})
    found: defaultdict[str, list[Neighbour]] = defaultdict(list)
    for row in connection.execute(_NEAREST, {"keys": list(keys), "most": MOST}):
        found[row.asked].append(Neighbour(row.entity_id, row.key))
    return found


def _in_sqlite(connection: sa.Connection, key: str) -> list[Neighbour]:
    shared: Counter[int] = Counter()
    for trigram in _rarest(connection, key):
        query = sa.text("select rowid from entity_name_trigrams where entity_name_trigrams match :one limit :most")
        found = connection.execute(query, {"one": _quoted(trigram), "most": _POSTINGS})
        shared.update(found.scalars())
    nearest = [row for row, _ in shared.most_common(MOST)]
    query = sa.select(entity_names.c.id, entity_names.c.entity_id, entity_names.c.key)
    rows = (
        connection.execute(query.where(entity_names.c.id.in_(nearest), entity_names.c.kind != REFUSED)).all()
        if nearest
        else []
    )
    order = {row: place for place, row in enumerate(nearest)}
    return [Neighbour(row.entity_id, row.key) for row in sorted(rows, key=lambda row: order[row.id])]


def _rarest(connection: sa.Connection, key: str) -> Sequence[str]:
    """The trigrams of `key` that fewest names have: those say most, and are found soonest."""
    counted = sa.text("select term, doc from entity_name_trigram_counts where term in :terms").bindparams(
        sa.bindparam("terms", expanding=True)
    )
    counts = connection.execute(counted, {"terms": sorted(set(_trigrams(key)))}).all()
    return [row.term for row in sorted(counts, key=lambda row: (row.doc, row.term))[:_RARE]]


def _trigrams(key: str) -> Iterator[str]:
    return (key[at : at + 3] for at in range(len(key) - 2))


def _quoted(trigram: str) -> str:
    """As a phrase of FTS5, in which nothing is a command."""
    return '"' + trigram.replace('"', '""') + '"'
