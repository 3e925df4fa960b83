"""The words in passages: what is indexed of them, and how well a query's words fit, alike on both databases.

How well is a share: the weight of the words that are there of the weight of all that are asked for, where a rare word
weighs more (BM25 without a bound would tell passages apart, but not good answers from bad ones). SQLite reckons by
BM25 itself; Postgres by `ts_rank` of each word, which bends as BM25 does.
"""

from __future__ import annotations

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
class Weighed:
    """What is looked for, as it weighs in this corpus."""

    weights: Mapping[Phrase, float]
    most: float
    """The weight of all that is asked for, whether or not any passage has it."""
    together: tuple[tuple[Word, ...], ...] = ()
    """A passage is brought up by all words of one of these; by any word where there are none."""

    @property
    def alone(self) -> Weighed:
        """The same, where any word brings a passage up."""
        return replace(self, together=())


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
        return Weighed(telling, most, tuple(_together(having_word, passages)))

    def shares(self, words: Weighed, among: Collection[int] | None = None) -> Any:
        """A query of the ids of passages that are brought up, or of these, with the share of each.

        On SQLite what is brought up by words together is in about the right order, and its share wants asking again.
        """
        return (self._sqlite if self._is_sqlite else self._postgres)(words, among)

    def holding(self, alternatives: Sequence[Phrase]) -> Any:
        """A query of the ids of the passages in which one of these phrases is."""
        if self._is_sqlite:
            return _matching(_each(alternatives), "rowid AS id").columns(id=sa.Integer).subquery("found")
        return sa.select(table.c.id).where(_DOCUMENT.op("@@")(_query(_each(alternatives)))).subquery("found")

    def _having(self, wanted: Collection[str]) -> dict[str, int]:
        """In how many passages each word is."""
        if self._is_sqlite:
            counted = sa.text("SELECT term, doc FROM passage_words_counts WHERE term IN :terms").bindparams(
                sa.bindparam("terms", sorted(wanted), expanding=True)
            )
            return {row.term: row.doc for row in self._connection.execute(counted)}
        counts = [
            sa.select(sa.literal(word), sa.func.count())
            .select_from(table)
            .where(_DOCUMENT.op("@@")(_query(_each([(word,)]))))
            for word in sorted(wanted)
        ]
        return {word: count for word, count in self._connection.execute(sa.union_all(*counts))}

    def _sqlite(self, words: Weighed, among: Collection[int] | None) -> Any:
        share = f"min(1.0, -bm25(passage_words, 1.0, {_HEADING}) / {_STEEPNESS * words.most!r}) AS share"
        if among is None:
            found = _matching(_alternatives(words), f"rowid AS id, {share}")
        else:
            # With a plain rowid the words would be looked up, and their passages counted, once for each.
            found = _matching(_alternatives(words.alone), f"rowid AS id, {share}", "AND +rowid IN :among")
            found = found.bindparams(sa.bindparam("among", sorted(among), expanding=True))
        return found.columns(id=sa.Integer, share=sa.Float)

    def _postgres(self, words: Weighed, among: Collection[int] | None) -> Any:
        ranks = [
            sa.func.ts_rank(sa.literal_column(_POSTGRES_WEIGHTS), _DOCUMENT, _query(_each([phrase]))) * weight
            for phrase, weight in words.weights.items()
        ]
        share = sa.func.least(1.0, sum(ranks, start=sa.literal(0.0)) / words.most)
        alternatives = _alternatives(words if among is None else words.alone)
        found = sa.select(table.c.id, share.label("share")).where(_DOCUMENT.op("@@")(_query(alternatives)))
        return found if among is None else found.where(table.c.id.in_(sorted(among)))


_DOCUMENT = sa.literal_column("passages.document")


def _weight(passages: int, having: int) -> float:
    """As BM25 of SQLite has it."""
    return max(_LEAST_WEIGHT, math.log((passages - having + 0.5) / (having + 0.5)))


def _alternatives(words: Weighed) -> Sequence[tuple[Word, ...]]:
    return words.together or _each(words.weights)


def _each(phrases: Iterable[Phrase]) -> list[tuple[Word, ...]]:
    return [((phrase,),) for phrase in phrases]


def _together(having: Mapping[Word, int], passages: int) -> list[tuple[Word, ...]]:
    """Rare words alone, and of common ones as many together as there may still be plenty of passages with.

    How many passages have words together is reckoned as if they were strewn; in speech about one thing it is more.
    """
    common = sorted((word for word, count in having.items() if count > _PLENTY), key=lambda word: (having[word], word))
    rare = [(word,) for word in having if word not in common]
    for size in range(min(len(common), _MOST_BESIDE), 1, -1):
        groups = list(combinations(common[:_MOST_BESIDE], size))
        likely = passages * sum(math.prod(having[word] / passages for word in group) for group in groups)
        if likely >= _PLENTY:
            return rare + groups
    return []


def _matching(alternatives: Iterable[Sequence[Word]], columns: str, also: str = "") -> sa.TextClause:
    match = _any_of(alternatives, " AND ", " OR ", lambda phrase: f'"{" ".join(phrase)}"')
    query = f"SELECT {columns} FROM passage_words WHERE passage_words MATCH :match {also}"  # noqa: S608
    return sa.text(query).bindparams(match=match)


def _query(alternatives: Iterable[Sequence[Word]]) -> Any:
    together = _any_of(alternatives, " & ", " | ", lambda phrase: f"({' <-> '.join(phrase)})")
    return sa.func.to_tsquery(sa.literal_column("'simple'"), together)


def _any_of(alternatives: Iterable[Sequence[Word]], and_: str, or_: str, written: Callable[[Phrase], str]) -> str:
    """All words of one of the alternatives, each in any form, in the language of a database."""
    groups = ([f"({or_.join(map(written, word))})" for word in group] for group in alternatives)
    return or_.join(f"({and_.join(words)})" for words in groups)
