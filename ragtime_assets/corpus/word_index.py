"""The words in passages: what is indexed of them, and how well a query's words fit, alike on both databases.

How well is a share: the weight of the words that are there of the weight of all that are asked for, where a rare word
weighs more (BM25 without a bound would tell passages apart, but not good answers from bad ones). SQLite reckons by
BM25 itself; Postgres by `ts_rank` of each word, which bends as BM25 does.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.schema import passages as table
from ragtime_assets.domain.language.words import signs
from ragtime_assets.domain.searching.query_words import Phrase, content_words, phrases
from ragtime_assets.domain.searching.stems import stem, stems, words

_MOST_WORDS = 32
_HEADING = 2.0
"""A word of a title or of a speaker's name counts as much as so many of the text."""
_STEEPNESS = 2.2
"""What a word that is there ever so often may count at most, of its weight: 1 + k1 of BM25."""
_LEAST_WEIGHT = 1e-6
_MANY = 5_000
"""In a corpus of more passages, words that half of them have are not looked for beside rarer ones: they cost time."""
_POSTGRES_WEIGHTS = "'{0.75, 0.75, 0.75, 1.0}'"


@dataclass(frozen=True)
class Asked:
    """What is looked for: for each word of the query all its forms, each in several signs or in one."""

    words: tuple[tuple[Phrase, ...], ...]

    @property
    def phrases(self) -> list[Phrase]:
        """Every form of every word, once."""
        return list(dict.fromkeys(phrase for forms in self.words for phrase in forms))


def indexed(text: str, title: str, chapter: str | None, speakers: Iterable[str], language: str) -> dict[str, str]:
    """The words of a passage, as both databases index them."""
    heading = (title, chapter or "", *speakers)
    return {
        "words": " ".join(stems(text, language)),
        "heading_words": " ".join(one for part in heading for one in stems(part, language)),
    }


def asked(query: str, languages: Collection[str]) -> Asked:
    """The words of a query that say what it is about, as texts of these languages have them."""
    found: list[tuple[Phrase, ...]] = []
    for word in content_words(words(query)):
        for phrase in phrases(word):
            forms = (tuple(stem(sign, language) for sign in phrase) for language in languages)
            found.append(tuple(dict.fromkeys(forms)))
    return Asked(tuple(dict.fromkeys(found))[:_MOST_WORDS])


def one_behind_the_other(name: str, languages: Collection[str]) -> list[Phrase]:
    """The words of a name as texts of each of these languages are indexed."""
    parts = [sign for word in words(name) for sign in signs(word)]
    spelled = (tuple(stem(part, language) for part in parts) for language in languages)
    return [phrase for phrase in dict.fromkeys(spelled) if phrase]


class WordIndex:
    """Looks words up, inside a transaction of its caller."""

    def __init__(self, connection: sa.Connection) -> None:
        """Read by this connection."""
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    def shares(self, looked_for: Asked, among: Collection[int] | None = None) -> Any:
        """A query of the ids of passages, all or among these, in which one of the words is, with the share of each."""
        passages = self._connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        having = self._having({word for phrase in looked_for.phrases for word in phrase})
        there = {phrase: min(having.get(word, 0) for word in phrase) for phrase in looked_for.phrases}
        weights = {phrase: _weight(passages, count) for phrase, count in there.items()}
        most = sum(max(weights[phrase] for phrase in forms) for forms in looked_for.words)
        telling = {phrase: weight for phrase, weight in weights.items() if 0 < 2 * there[phrase] < passages}
        telling = telling if telling and passages > _MANY else weights
        return (self._sqlite if self._is_sqlite else self._postgres)(telling, most, among)

    def holding(self, alternatives: Sequence[Phrase]) -> Any:
        """A query of the ids of the passages in which one of these phrases is."""
        if self._is_sqlite:
            return _matching(alternatives, "rowid AS id").columns(id=sa.Integer).subquery("found")
        return sa.select(table.c.id).where(_DOCUMENT.op("@@")(_query(alternatives))).subquery("found")

    def _having(self, wanted: Collection[str]) -> dict[str, int]:
        """In how many passages each word is."""
        if self._is_sqlite:
            counted = sa.text("SELECT term, doc FROM passage_words_counts WHERE term IN :terms").bindparams(
                sa.bindparam("terms", sorted(wanted), expanding=True)
            )
            return {row.term: row.doc for row in self._connection.execute(counted)}
        counts = [
            sa.select(sa.literal(word), sa.func.count()).select_from(table).where(_DOCUMENT.op("@@")(_query([(word,)])))
            for word in sorted(wanted)
        ]
        return {word: count for word, count in self._connection.execute(sa.union_all(*counts))}

    def _sqlite(self, weights: dict[Phrase, float], most: float, among: Collection[int] | None) -> Any:
        share = f"min(1.0, -bm25(passage_words, 1.0, {_HEADING}) / {_STEEPNESS * most!r}) AS share"
        found = _matching(weights, f"rowid AS id, {share}", "" if among is None else "AND +rowid IN :among")
        if among is not None:
            # With a plain rowid the words would be looked up, and their passages counted, once for each.
            found = found.bindparams(sa.bindparam("among", sorted(among), expanding=True))
        return found.columns(id=sa.Integer, share=sa.Float)

    def _postgres(self, weights: dict[Phrase, float], most: float, among: Collection[int] | None) -> Any:
        ranks = [
            sa.func.ts_rank(sa.literal_column(_POSTGRES_WEIGHTS), _DOCUMENT, _query([phrase])) * weight
            for phrase, weight in weights.items()
        ]
        share = sa.func.least(1.0, sum(ranks, start=sa.literal(0.0)) / most)
        found = sa.select(table.c.id, share.label("share")).where(_DOCUMENT.op("@@")(_query(weights)))
        return found if among is None else found.where(table.c.id.in_(sorted(among)))


_DOCUMENT = sa.literal_column("passages.document")


def _weight(passages: int, having: int) -> float:
    """As BM25 of SQLite has it."""
    return max(_LEAST_WEIGHT, math.log((passages - having + 0.5) / (having + 0.5)))


def _matching(alternatives: Iterable[Phrase], columns: str, also: str = "") -> sa.TextClause:
    match = " OR ".join(f'"{" ".join(phrase)}"' for phrase in alternatives)
    query = f"SELECT {columns} FROM passage_words WHERE passage_words MATCH :match {also}"  # noqa: S608
    return sa.text(query).bindparams(match=match)


def _query(alternatives: Iterable[Phrase]) -> Any:
    together = " | ".join(f"({' <-> '.join(phrase)})" for phrase in alternatives)
    return sa.func.to_tsquery(sa.literal_column("'simple'"), together)
