"""The names that a question asks for, and whether they are spoken of.

What does not belong here: what follows from a name that is not there (`closeness.py`), names in transcripts
(`phases/reading/names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.searching.query_words import likely_languages, opening_words

_ALIKE = 80
_WORD = re.compile(r"\w[\w'’.&-]*\w|\w")
_ENDING = re.compile(r"['’]s?$|\.$")
_JOINERS = frozenset(("of", "the", "de", "la", "le", "les", "di", "da", "del", "du", "van", "von", "der", "den"))


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


def is_spoken(name: str, spoken: Set[str]) -> bool:
    """Whether the last word of a name is there, or one so like it that speech recognition may have written it."""
    from rapidfuzz import fuzz, process

    last = folded(_words(name)[-1])
    return last in spoken or process.extractOne(last, spoken, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None


def spoken_in(texts: Sequence[str]) -> set[str]:
    """The words of these texts, as `is_spoken` compares them."""
    return {folded(word) for text in texts for word in _words(text)}


def _words(text: str) -> list[str]:
    return [_ENDING.sub("", word) for word in _WORD.findall(text)]


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper()
