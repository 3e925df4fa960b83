"""The words in passages: what is indexed of them, and what a query's words weigh, alike on both databases.

How well a passage fits is a share: the weight of the words that are there of the weight of all that are asked for,
where a rare word weighs more (BM25 without a bound would tell passages apart, but not good answers from bad ones). Each
database reckons it in its own way: `sqlite_words.py`, `postgres_words.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from ragtime_assets.domain.language.words import signs
from ragtime_assets.domain.points import Filters, PointName
from ragtime_assets.domain.searching.query_words import Phrase, content_words, phrases
from ragtime_assets.domain.searching.stems import stem, stems, words

_MOST_WORDS = 32
_LEAST_WEIGHT = 1e-6
_MANY = 5_000
"""In a corpus of more passages, words that half of them have are not looked for beside rarer ones: they cost time."""
_PLENTY = 500
"""So many passages are enough to choose the best from. A word that more have brings a passage up only beside others, as
long as so many have them together: to weigh each passage with a common word takes longer than the rest of a search."""
_MOST_BESIDE = 6
"""So many of the common words are looked for beside each other; the rest still counts where it is."""

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


class Worded(NamedTuple):
    """A passage in which words of a query are, and how much of the query's weight they have, from 0 to 1."""

    name: PointName
    share: float


class WordIndex(Protocol):
    """The words in the passages of a database, looked up inside a transaction of the caller."""

    def weighed(self, connection: sa.Connection, looked_for: Asked) -> Weighed:
        """What is looked for, as it weighs in this corpus."""
        ...

    def best(self, connection: sa.Connection, words: Weighed, limit: int, filters: Filters) -> list[Worded]:
        """The passages that these words bring up, those with the largest shares, best first."""
        ...

    def shares(
        self, connection: sa.Connection, words: Weighed, names: Collection[PointName], filters: Filters
    ) -> dict[PointName, float]:
        """The share of each of these passages that exists; without those that are filtered out."""
        ...

    def holding(self, alternatives: Sequence[Phrase]) -> Any:
        """A query of the ids of the passages in which one of these phrases is."""
        ...


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


def weighed(looked_for: Asked, passages: int, having: Callable[[Collection[str]], Mapping[str, int]]) -> Weighed:
    """What the words of a query weigh among so many passages, the rarer the more; `having` tells who has a word."""
    if not looked_for.phrases:
        return NO_WORDS
    counts = having({word for phrase in looked_for.phrases for word in phrase})
    there = {phrase: min(counts.get(word, 0) for word in phrase) for phrase in looked_for.phrases}
    weights = {phrase: weight_of(passages, count) for phrase, count in there.items()}
    most = sum(max(weights[phrase] for phrase in forms) for forms in looked_for.words)
    telling = {phrase: weight for phrase, weight in weights.items() if 0 < 2 * there[phrase] < passages}
    if not telling or passages <= _MANY:
        return Weighed(weights, most)
    told = (tuple(phrase for phrase in forms if phrase in telling) for forms in looked_for.words)
    having_word = {forms: sum(there[phrase] for phrase in forms) for forms in told if forms}
    return Weighed(telling, most, _together(having_word, passages))


def weight_of(passages: int, having: int) -> float:
    """What a word weighs that so many of the passages have: as BM25 of SQLite has it."""
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
