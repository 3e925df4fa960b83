"""The words in passages: what is indexed of them, and how well a query's words fit, alike on both databases.

How well is a share: the weight of the words that are there of the weight of all that are asked for, where a rare word
weighs more (BM25 without a bound would tell passages apart, but not good answers from bad ones). SQLite reckons by
BM25 itself; Postgres by `ts_rank` of each word, which bends as BM25 does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
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
_PLENTY = 500
"""So many passages are enough to choose the best from. A word that more have brings a passage up only beside others, as
long as so many have them together: to weigh each passage with a common word takes longer than the rest of a search."""
_MOST_BESIDE = 6
"""So many of the common words are looked for beside each other; the rest still counts where it is."""
_POSTGRES_WEIGHTS = "'{0.75, 0.75, 0.75, 1.0}'"


Word = tuple[Phrase, ...]
"""A word of a query in all its forms, each in several signs or in one."""


@dataclass(frozen=True)
class Asked:
    """What is looked for."""

    words: tuple[Word, ...]

    @property
    def phrases(self) -> list[Phrase]:
        """Every form of every word, once."""
        return list(dict.fromkeys(phrase for forms in self.words for phrase in forms))


@dataclass(frozen=True)
class Together:
    """What brings a passage up where words are common: a rare word, or so many of the common ones."""

    rare: tuple[Word, ...]
    common: tuple[Word, ...]
    size: int

    @property
    def forms(self) -> int:
        """How many forms of words these are."""
        return sum(map(len, (*self.rare, *self.common)))


@dataclass(frozen=True)
class Weighed:
    """What is looked for, as it weighs in this corpus."""

    weights: Mapping[Phrase, float]
    most: float
    """The weight of all that is asked for, whether or not any passage has it."""
    together: Together | None = None
    """Any word brings a passage up where this is None."""

    @property
    def alone(self) -> Weighed:
        """The same, where any word brings a passage up."""
        return replace(self, together=None)


NO_WORDS = Weighed({}, 0.0)


def indexed(text: str, title: str, chapter: str | None, speakers: Iterable[str], language: str) -> dict[str, str]:
    """The words of a passage, as both databases index them."""
    heading = (title, chapter or "", *speakers)
    return {
        "words": " ".join(stems(text, language)),
        "heading_words": " ".join(one for part in heading for one in stems(part, language)),
    }


def asked(query: str, languages: Collection[str]) -> Asked:
    """The words of a query that say what it is about, as texts of these languages have them."""
    found: list[Word] = []
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

    def weighed(self, looked_for: Asked) -> Weighed:
        """What the words of a query weigh: the rarer, the more."""
        if not looked_for.phrases:
            return NO_WORDS
        passages = self._connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        having = self._having({word for phrase in looked_for.phrases for word in phrase})
        there = {phrase: min(having.get(word, 0) for word in phrase) for phrase in looked_for.phrases}
        weights = {phrase: _weight(passages, count) for phrase, count in there.items()}
        most = sum(max(weights[phrase] for phrase in forms) for forms in looked_for.words)
        telling = {phrase: weight for phrase, weight in weights.items() if 0 < 2 * there[phrase] < passages}
        if not telling or passages <= _MANY:
            return Weighed(weights, most)
        told = (tuple(phrase for phrase in forms if phrase in telling) for forms in looked_for.words)
        having_word = {forms: sum(there[phrase] for phrase in forms) for forms in told if forms}
        return Weighed(telling, most, _together(having_word, passages))

    def shares(self, words: Weighed, among: Collection[int] | None = None) -> Any:
        """A query of the ids of passages that are brought up, or of these, with the share of each."""
        return (self._sqlite if self._is_sqlite else self._postgres)(words, among)

    def holding(self, alternatives: Sequence[Phrase]) -> Any:
        """A query of the ids of the passages in which one of these phrases is."""
        if self._is_sqlite:
            found = _matching("rowid AS id").bindparams(match=_SQLITE.any_of(alternatives))
            return found.columns(id=sa.Integer).subquery("found")
        return sa.select(table.c.id).where(_has(_POSTGRES.any_of(alternatives))).subquery("found")

    def _having(self, wanted: Collection[str]) -> dict[str, int]:
        """In how many passages each word is."""
        if self._is_sqlite:
            rows = self._connection.execute(_COUNTED, {"terms": json.dumps(sorted(wanted))})
            return {row.term: row.doc for row in rows}
        counts = [
            sa.select(sa.literal(word), sa.func.count()).select_from(table).where(_has(_POSTGRES.any_of([(word,)])))
            for word in sorted(wanted)
        ]
        return {word: count for word, count in self._connection.execute(sa.union_all(*counts))}

    def _sqlite(self, words: Weighed, among: Collection[int] | None) -> Any:
        """BM25 counts a word as often as it is written: where shares are reckoned, each is written once."""
        share = f"min(1.0, -bm25(passage_words, 1.0, {_HEADING}) / :full) AS share"
        told: dict[str, Any] = {"match": _SQLITE.any_of(words.weights), "full": _STEEPNESS * words.most}
        these, together = "", words.together
        # With a plain rowid the words would be looked up, and their passages counted, once for each.
        if among is not None:
            these = "AND +rowid IN (SELECT value FROM json_each(:among))"
            told["among"] = json.dumps(sorted(among))
        elif together and together.size == len(together.common) and together.forms == len(words.weights):
            told["match"] = _SQLITE.brought_up_by(together)
        elif together:
            these = f"AND +rowid IN ({_MATCHING.format('rowid', ':together')})"
            told["together"] = _SQLITE.brought_up_by(together)
        found = _matching(f"rowid AS id, {share}", these).bindparams(**told)
        return found.columns(id=sa.Integer, share=sa.Float)

    def _postgres(self, words: Weighed, among: Collection[int] | None) -> Any:
        ranks = [
            sa.func.ts_rank(sa.literal_column(_POSTGRES_WEIGHTS), _DOCUMENT, _query(_POSTGRES.any_of([phrase])))
            * weight
            for phrase, weight in words.weights.items()
        ]
        share = sa.func.least(1.0, sum(ranks, start=sa.literal(0.0)) / words.most)
        together = words.together if among is None else None
        found = _POSTGRES.brought_up_by(together) if together else _POSTGRES.any_of(words.weights)
        query = sa.select(table.c.id, share.label("share")).where(_has(found))
        return query if among is None else query.where(table.c.id.in_(sorted(among)))


_DOCUMENT = sa.literal_column("passages.document")


def _weight(passages: int, having: int) -> float:
    """As BM25 of SQLite has it."""
    return max(_LEAST_WEIGHT, math.log((passages - having + 0.5) / (having + 0.5)))


def _together(having: Mapping[Word, int], passages: int) -> Together | None:
    """Rare words alone, and of common ones as many together as there may still be plenty of passages with.

    How many passages have words together is reckoned as if they were strewn; in speech about one thing it is more.
    """
    common = sorted((word for word, count in having.items() if count > _PLENTY), key=lambda word: (having[word], word))
    rare = tuple(word for word in having if word not in common)
    most = tuple(common[:_MOST_BESIDE])
    for size in range(len(most), 1, -1):
        likely = passages * sum(
            math.prod(having[word] / passages for word in some) for some in combinations(most, size)
        )
        if likely >= _PLENTY:
            return Together(rare, most, size)
    return None


@dataclass(frozen=True)
class _Grammar:
    """How a database is told which words to look for."""

    and_: str
    or_: str
    phrase: Callable[[Phrase], str]

    def any_of(self, phrases: Iterable[Phrase]) -> str:
        """One of these."""
        return f"({self.or_.join(map(self.phrase, phrases))})"

    def brought_up_by(self, together: Together) -> str:
        """A rare word, or so many of the common ones."""
        rare = [self.any_of(word) for word in together.rare]
        return self.or_.join([*rare, self._some_of([self.any_of(word) for word in together.common], together.size)])

    def _some_of(self, words: Sequence[str], size: int) -> str:
        """So many of these words: the first and some behind it, or some without it; so each is looked up seldom."""
        if size == 1:
            return f"({self.or_.join(words)})"
        first = range(len(words) - size + 1)
        each = (f"({words[at]}{self.and_}{self._some_of(words[at + 1 :], size - 1)})" for at in first)
        return f"({self.or_.join(each)})"


_SQLITE = _Grammar(" AND ", " OR ", lambda phrase: f'"{" ".join(phrase)}"')
_POSTGRES = _Grammar(" & ", " | ", lambda phrase: f"({' <-> '.join(phrase)})")
_MATCHING = "SELECT {} FROM passage_words WHERE passage_words MATCH {}"
_COUNTED = sa.text("SELECT term, doc FROM passage_words_counts WHERE term IN (SELECT value FROM json_each(:terms))")


def _matching(columns: str, also: str = "") -> sa.TextClause:
    return sa.text(f"{_MATCHING.format(columns, ':match')} {also}")


def _has(words: str) -> sa.ColumnElement[bool]:
    return _DOCUMENT.op("@@")(_query(words))


def _query(words: str) -> Any:
    return sa.func.to_tsquery(sa.literal_column("'simple'"), words)
