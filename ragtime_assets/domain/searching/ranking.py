"""How found passages are ranked, and when there is no answer: pure arithmetic on names and numbers.

Measured (`benchmarks/retrieval.py`): likeness and share added up rank better than any weighted reciprocal rank does,
with k from 2 to 60, and a weight that the query chooses gains nothing more. What does not belong here: SQL, vectors,
wording of answers.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.searching.query_words import likely_languages, opening_words

Mode = Literal["hybrid", "dense", "keyword"]

SHARE_WEIGHT = 0.5
"""All words of a query count as much as half the way from any passage to the query itself."""
CLOSE = {"hybrid": 0.235, "dense": 0.2, "keyword": 0.06}
"""From here on a passage is about what was searched for: one answerable question in twenty stays below."""
_ALIKE = 0.8

_WORD = re.compile(r"\w[\w'’.&-]*\w|\w")
_JOINERS = frozenset(("of", "the", "de", "la", "le", "les", "di", "da", "del", "du", "van", "von", "der", "den"))


def score(likeness: float | None, share: float | None, mode: Mode) -> float:
    """How well a passage fits: how near its vector is, and how much of the query's words it has."""
    if mode == "keyword":
        return share or 0.0
    return (likeness or 0.0) + (SHARE_WEIGHT * (share or 0.0) if mode == "hybrid" else 0.0)


def is_close(best: float, mode: Mode) -> bool:
    """Whether the best passage is about what was searched for."""
    return best >= CLOSE[mode]


def supported(query: str, passages: Sequence[str], best: float) -> bool:
    """Whether the passages may be offered as an answer: near enough, and every name asked for is in one of them."""
    spoken = {folded(word) for passage in passages for word in _words(passage)}
    return is_close(best, "hybrid") and all(_is_spoken(name, spoken) for name in names_in(query))


def names_in(query: str) -> list[str]:
    """What looks like a name: runs of capitalised words that are not merely the start of a sentence.

    A question word or an article is none, whatever its capital. German writes every noun with a capital, so there a
    run has to be two words long.
    """
    words = _words(query)
    stop = opening_words(words)
    nouns_have_capitals = likely_languages(words) == ["de"]
    whole_query = all(_is_capitalised(word) or word in _JOINERS for word in words)
    return [
        " ".join(run)
        for first, run in _runs(words, stop)
        if whole_query or len(run) > 1 or (first > 0 and not nouns_have_capitals)
    ]


def _runs(words: Sequence[str], stop: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of capitalised words with where they begin; small words between two of them belong to the run."""

    def carries(word: str) -> bool:
        return _is_capitalised(word) and word.casefold() not in stop

    run: list[str] = []
    first = 0
    for place, word in enumerate(words):
        joins = bool(run) and _may_join(word, stop) and any(carries(one) for one in words[place + 1 : place + 2])
        if joins or carries(word):
            first = first if run else place
            run.append(word)
        elif run:
            yield first, run
            run = []
    if run:
        yield first, run


def _may_join(word: str, stop: frozenset[str]) -> bool:
    return word in _JOINERS or (_is_capitalised(word) and word.casefold() in stop)


def _is_spoken(name: str, spoken: set[str]) -> bool:
    """Whether the last word of a name is there, or one so like it that speech recognition may have written it."""
    last = folded(_words(name)[-1])
    return last in spoken or bool(difflib.get_close_matches(last, spoken, n=1, cutoff=_ALIKE))


def _words(text: str) -> list[str]:
    return [re.sub(r"['’]s?$|\.$", "", word) for word in _WORD.findall(text)]


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper()
