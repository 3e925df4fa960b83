"""The words in passages on Postgres, which keeps them in the column `document`.

A share is reckoned by `ts_rank` of each word, which bends as BM25 does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.narrowing import narrowed
from ragtime_assets.corpus.schema import passages as table
from ragtime_assets.corpus.word_index import Asked, Together, Weighed, Worded, weighed
from ragtime_assets.domain.points import Filters, PointName
from ragtime_assets.domain.searching.query_words import Phrase

_DOCUMENT = sa.literal_column("passages.document")
_WEIGHTS = sa.literal_column("'{0.75, 0.75, 0.75, 1.0}'")


class PostgresWords:
    """`WordIndex` over stored tsvectors."""

    def weighed(self, connection: sa.Connection, looked_for: Asked) -> Weighed:
        """What is looked for, as it weighs in this corpus."""
        passages = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        return weighed(looked_for, passages, lambda wanted: _having(connection, wanted))

    def best(self, connection: sa.Connection, words: Weighed, limit: int, filters: Filters) -> list[Worded]:
        """The passages that these words bring up, those with the largest shares, best first."""
        together = words.together
        found = _brought_up_by(together) if together else _any_of(words.weights)
        share = _share(words)
        query = sa.select(table.c.episode_key, table.c.chunk_digest, share).where(_has(found))
        if not filters.is_empty:
            query = narrowed(connection, query, filters)
        rows = connection.execute(query.order_by(share.desc(), table.c.id).limit(limit)).all()
        return [Worded(PointName(row.episode_key, row.chunk_digest), row.share) for row in rows]

    def shares(
        self, connection: sa.Connection, words: Weighed, names: Collection[PointName], filters: Filters
    ) -> dict[PointName, float]:
        """The share of each of these passages that exists; without those that are filtered out."""
        digests = sa.literal(sorted({name.chunk_digest for name in names}), sa.ARRAY(sa.String))
        query = sa.select(table.c.id, table.c.episode_key, table.c.chunk_digest)
        query = narrowed(connection, query.where(table.c.chunk_digest == sa.any_(digests)), filters)
        wanted = set(names)
        found = [(row.id, PointName(row.episode_key, row.chunk_digest)) for row in connection.execute(query)]
        ids = {one: name for one, name in found if name in wanted}
        having: dict[int, float] = {}
        if ids and words.weights:
            of_these = sa.select(table.c.id, _share(words)).where(table.c.id.in_(sorted(ids)))
            rows = connection.execute(of_these.where(_has(_any_of(words.weights))))
            having = {row.id: row.share for row in rows}
        return {name: having.get(one, 0.0) for one, name in ids.items()}

    def holding(self, alternatives: Sequence[Phrase]) -> Any:
        """A query of the ids of the passages in which one of these phrases is."""
        return sa.select(table.c.id).where(_has(_any_of(alternatives))).subquery("found")


def _having(connection: sa.Connection, wanted: Collection[str]) -> dict[str, int]:
    """In how many passages each word is."""
    counts = [
        sa.select(sa.literal(word), sa.func.count()).select_from(table).where(_has(_any_of([(word,)])))
        for word in sorted(wanted)
    ]
    return {word: count for word, count in connection.execute(sa.union_all(*counts))}


def _share(words: Weighed) -> sa.Label[float]:
    ranks = [
        sa.func.ts_rank(_WEIGHTS, _DOCUMENT, _query(_any_of([phrase]))) * weight
        for phrase, weight in words.weights.items()
    ]
    return sa.func.least(1.0, sum(ranks, start=sa.literal(0.0)) / words.most).label("share")


def _has(words: str) -> sa.ColumnElement[bool]:
    return _DOCUMENT.op("@@")(_query(words))


def _query(words: str) -> Any:
    return sa.func.to_tsquery(sa.literal_column("'simple'"), words)


def _any_of(phrases: Iterable[Phrase]) -> str:
    """One of these."""
    each = (" <-> ".join(phrase) for phrase in phrases)
    return f"({' | '.join(f'({one})' for one in each)})"


def _brought_up_by(together: Together) -> str:
    """A rare word, or so many of the common ones."""
    rare = [_any_of(word) for word in together.rare]
    return " | ".join([*rare, _some_of([_any_of(word) for word in together.common], together.size)])


def _some_of(words: Sequence[str], size: int) -> str:
    """So many of these words: the first and some behind it, or some without it; so each is looked up seldom."""
    if size == 1:
        return f"({' | '.join(words)})"
    first = range(len(words) - size + 1)
    each = (f"({words[at]} & {_some_of(words[at + 1 :], size - 1)})" for at in first)
    return f"({' | '.join(each)})"
