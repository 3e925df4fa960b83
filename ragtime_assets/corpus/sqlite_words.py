"""The words in passages on SQLite: read from its full-text index word by word, and kept while that stays as it is.

SQLite's own `bm25()` walks through each word again for every statement, and reads the length of every passage that it
weighs. Here the same is reckoned from what was read once, with what `bm25()` would say: a word that was asked for
before costs nothing, any other as much as one walk.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from ragtime_assets.corpus.narrowing import narrowed
from ragtime_assets.corpus.schema import passages as table
from ragtime_assets.corpus.word_index import Asked, Weighed, Word, Worded, weighed, weight_of
from ragtime_assets.domain.points import Filters, PointName
from ragtime_assets.domain.searching.query_words import Phrase
from ragtime_assets.domain.searching.stems import words as words_in

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ids = npt.NDArray[np.int64]
    Figures = npt.NDArray[np.float64]

_HEADING = 2.0
"""A word of a title or of a speaker's name counts as much as so many of the text."""
_K1, _B = 1.2, 0.75
"""Of BM25, as SQLite has them."""
_MOST_KEPT = 1_000_000
"""So many places of words are kept, 16 bytes each,"""
_MOST_PASSAGES = 100_000
"""and names and lengths of some more passages than these; then all is read again."""
_COLUMN_BIT, _ROW_BIT = 24, 25
_STATE = sa.text("SELECT block FROM passage_words_data WHERE id IN (1, 10) ORDER BY id")
"""How many passages and words there are, and which pieces the index consists of: whatever is written changes these."""
_COUNTED = sa.text("SELECT term, doc FROM passage_words_counts WHERE term IN (SELECT value FROM json_each(:terms))")
_PLACES_ARE_TOLD = sa.text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.passage_words_places USING fts5vocab(main, passage_words, instance)"
)
_PLACES = sa.text(
    "SELECT group_concat((doc << :row_bit) | ((col = 'heading_words') << :column_bit) | offset) "
    "FROM temp.passage_words_places WHERE term = :term"
).bindparams(row_bit=_ROW_BIT, column_bit=_COLUMN_BIT)
_LENGTHS = sa.text("SELECT id, sz FROM passage_words_docsize WHERE id IN (SELECT value FROM json_each(:ids))")
_NAMED = sa.text("SELECT id, episode_key, chunk_digest FROM passages WHERE id IN (SELECT value FROM json_each(:ids))")
_OF_DIGESTS = sa.text(
    "SELECT id, episode_key, chunk_digest FROM passages WHERE chunk_digest IN (SELECT value FROM json_each(:digests))"
)
_HOLDING = sa.text("SELECT rowid AS id FROM passage_words WHERE passage_words MATCH :match")


class _Postings(NamedTuple):
    """Which passages have a word, in the order of their ids, and how often."""

    ids: Ids
    often: Figures


@dataclass
class _Read:
    """What was read of the index while it was in one state."""

    state: tuple[bytes, ...]
    passages: int = 0
    mean_length: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    postings: dict[Phrase, _Postings] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    names: dict[int, PointName] = field(default_factory=dict)
    ids: dict[PointName, int] = field(default_factory=dict)

    def learn(self, rows: Iterable[Any]) -> None:
        """Note what passages are called."""
        for one, key, digest in rows:
            name = PointName(key, digest)
            self.names[one], self.ids[name] = name, one


class SqliteWords:
    """`WordIndex` over an FTS5 table; safe to share between threads."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._read = _Read(())
        self._making_room = threading.Lock()

    def weighed(self, connection: sa.Connection, looked_for: Asked) -> Weighed:
        """What is looked for, as it weighs in this corpus."""
        read = self._current(connection)
        return weighed(looked_for, read.passages, lambda wanted: _having(connection, read, wanted))

    def best(self, connection: sa.Connection, words: Weighed, limit: int, filters: Filters) -> list[Worded]:
        """The passages that these words bring up, those with the largest shares, best first."""
        import numpy as np

        read = self._current(connection)
        ids = _narrowed(connection, self._brought_up(connection, read, words), filters)
        shares = self._shares(connection, read, words, ids)
        few = np.lexsort((ids, -shares))[:limit]
        names = _names(connection, read, ids[few].tolist())
        return [Worded(name, share) for name, share in zip(names, shares[few].tolist(), strict=True)]

    def shares(
        self, connection: sa.Connection, words: Weighed, names: Collection[PointName], filters: Filters
    ) -> dict[PointName, float]:
        """The share of each of these passages that exists; without those that are filtered out."""
        read = self._current(connection)
        ids = _narrowed(connection, _ids(connection, read, names), filters)
        shares = self._shares(connection, read, words, ids)
        return {read.names[one]: share for one, share in zip(ids.tolist(), shares.tolist(), strict=True)}

    def holding(self, alternatives: Sequence[Phrase]) -> Any:
        """A query of the ids of the passages in which one of these phrases is."""
        any_of = " OR ".join(f'"{" ".join(phrase)}"' for phrase in alternatives)
        return _HOLDING.bindparams(match=any_of).columns(id=sa.Integer).subquery("found")

    def _current(self, connection: sa.Connection) -> _Read:
        """What was read of the index as this transaction sees it."""
        state = tuple(connection.execute(_STATE).scalars())
        read = self._read
        if read.state != state or max(len(read.lengths), len(read.names)) > _MOST_PASSAGES:
            passages, *lengths = list(_numbers(state[0])) or [0]
            self._read = read = _Read(state, passages, sum(lengths) / max(passages, 1) or 1.0)
        return read

    def _brought_up(self, connection: sa.Connection, read: _Read, words: Weighed) -> Ids:
        """The passages with one of the words; where words are divided so, with a rare one or enough common ones."""
        import numpy as np

        def having(word: Word) -> Ids:
            return _together(self._postings(connection, read, phrase).ids for phrase in word)

        if words.together is None:
            return having(tuple(words.weights))
        times = np.bincount(np.concatenate([having(word) for word in words.together.common]))
        common = np.flatnonzero(times >= words.together.size)
        return _together([*(having(word) for word in words.together.rare), common])

    def _shares(self, connection: sa.Connection, read: _Read, words: Weighed, ids: Ids) -> Figures:
        """BM25 of each of these passages, in proportion to what it may be at most."""
        import numpy as np

        spread = _K1 * (1.0 - _B + _B * _lengths(connection, read, ids) / read.mean_length)
        shares = np.zeros(len(ids))
        if not words.weights:
            return shares
        for phrase in words.weights:
            having = self._postings(connection, read, phrase)
            often = _often(having, ids)
            shares += weight_of(read.passages, len(having.ids)) * (often * (_K1 + 1.0) / (often + spread))
        return np.minimum(1.0, shares / ((_K1 + 1.0) * words.most))

    def _postings(self, connection: sa.Connection, read: _Read, phrase: Phrase) -> _Postings:
        found = read.postings.get(phrase)
        if found is None:
            found = _postings(_places(connection, phrase))
            with self._making_room:
                read.postings[phrase] = found
                while len(read.postings) > 1 and sum(len(one.ids) for one in read.postings.values()) > _MOST_KEPT:
                    del read.postings[next(iter(read.postings))]
        return found


def _having(connection: sa.Connection, read: _Read, wanted: Collection[str]) -> dict[str, int]:
    """In how many passages each word is."""
    unknown = sorted(one for one in wanted if one not in read.counts)
    if unknown:
        rows = connection.execute(_COUNTED, {"terms": json.dumps(unknown)})
        read.counts |= dict.fromkeys(unknown, 0) | {term: count for term, count in rows.all()}
    return {one: read.counts[one] for one in wanted}


def _places(connection: sa.Connection, phrase: Phrase) -> Ids:
    """Where a phrase begins, each place as one number: passage, column, and how many words are before it."""
    import numpy as np

    connection.execute(_PLACES_ARE_TOLD)
    places: list[Ids] = []
    for before, sign in enumerate(_as_indexed(phrase)):
        told = connection.execute(_PLACES, {"term": sign}).scalar_one()
        places.append(np.fromstring(told or "", dtype=np.int64, sep=",") - before)
    return reduce(np.intersect1d, places) if places else np.array([], dtype=np.int64)


def _as_indexed(phrase: Phrase) -> Iterator[str]:
    """The signs of a phrase as SQLite splits them, which knows cases of a few that we leave as they are."""
    return (one for sign in phrase for one in words_in(sign.casefold()))


def _postings(places: Ids) -> _Postings:
    import numpy as np

    ids, first = np.unique(places >> _ROW_BIT, return_index=True)
    weights = np.where(places >> _COLUMN_BIT & 1, _HEADING, 1.0)
    return _Postings(ids, np.add.reduceat(weights, first) if len(ids) else weights)


def _often(having: _Postings, ids: Ids) -> Figures:
    """How often the passages with these ids have a word."""
    import numpy as np

    if not len(having.ids):
        return np.zeros(len(ids))
    at = np.minimum(np.searchsorted(having.ids, ids), len(having.ids) - 1)
    return np.where(having.ids[at] == ids, having.often[at], 0.0)


def _lengths(connection: sa.Connection, read: _Read, ids: Ids) -> Figures:
    """How many words each of these passages has."""
    import numpy as np

    wanted = ids.tolist()
    unknown = [one for one in wanted if one not in read.lengths]
    if unknown:
        rows = connection.execute(_LENGTHS, {"ids": json.dumps(unknown)})
        read.lengths |= {one: sum(_numbers(told)) for one, told in rows.all()}
    return np.array([read.lengths.get(one, 0) for one in wanted], dtype=np.float64)


def _numbers(told: bytes) -> Iterator[int]:
    """Numbers as SQLite packs them: seven bits in a byte, the last of which has no eighth."""
    number = 0
    for byte in told:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            yield number
            number = 0


def _together(some: Iterable[Ids]) -> Ids:
    """The ids that are in any of these, in order."""
    import numpy as np

    listed = list(some)
    return listed[0] if len(listed) == 1 else np.flatnonzero(np.bincount(np.concatenate(listed)))


def _narrowed(connection: sa.Connection, ids: Ids, filters: Filters) -> Ids:
    """Those of these that the filters let through."""
    import numpy as np

    if filters.is_empty:
        return ids
    these = sa.text("SELECT value FROM json_each(:ids)").bindparams(ids=json.dumps(ids.tolist()))
    query = narrowed(connection, sa.select(table.c.id).where(table.c.id.in_(these)), filters)
    return ids[np.isin(ids, list(connection.execute(query).scalars()))]


def _names(connection: sa.Connection, read: _Read, ids: Sequence[int]) -> list[PointName]:
    """What the passages with these ids are called."""
    unknown = [one for one in ids if one not in read.names]
    if unknown:
        read.learn(connection.execute(_NAMED, {"ids": json.dumps(unknown)}).all())
    return [read.names[one] for one in ids]


def _ids(connection: sa.Connection, read: _Read, names: Collection[PointName]) -> Ids:
    """The ids of those passages that exist, in order."""
    import numpy as np

    unknown = sorted({name.chunk_digest for name in names if name not in read.ids})
    if unknown:
        read.learn(connection.execute(_OF_DIGESTS, {"digests": json.dumps(unknown)}).all())
    return np.array(sorted(read.ids[name] for name in names if name in read.ids), dtype=np.int64)
