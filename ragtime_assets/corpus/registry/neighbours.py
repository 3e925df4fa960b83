"""Names that are written nearly like another: they share many of its trigrams.

SQLite keeps them in an FTS5 table, Postgres in an index of pg_trgm; both give too many, and the domain judges them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class Neighbour:
    """A name whose key is like another, and whose it is."""

    entity_id: str
    key: str


def neighbours(connection: sa.Connection, key: str) -> list[Neighbour]:
    """The nearest to `key`, at most so many; none for a key that is too short or too long to have any."""
    if not SHORTEST <= len(key) <= LONGEST:
        return []
    find = _in_sqlite if connection.dialect.name == "sqlite" else _in_postgres
    return find(connection, key)


def _in_postgres(connection: sa.Connection, key: str) -> list[Neighbour]:
    names = entity_names.c
    connection.execute(sa.text("select set_limit(:least)"), {"least": _LEAST_SHARED})
    query = (
        sa.select(names.entity_id, names.key)
        .where(names.key.op("%")(key), names.kind != sa.literal_column("'short'"), names.kind != REFUSED)
        .order_by(sa.func.similarity(names.key, key).desc(), names.id)
        .limit(MOST)
    )
    return [Neighbour(row.entity_id, row.key) for row in connection.execute(query)]


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
