"""The names that a question asks for, and whether they are spoken of, however it spells them.

What looks like a name in a question is one that may be missing. What is a name in a passage may be asked for in any
letters: people type names in small ones, and as they heard them. What does not belong here: what follows from a name
that is there or not (`closeness.py`), names in transcripts (`phases/reading/names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from ragtime_assets.domain.language.likeness import Likeness, likeness
from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.searching.query_words import content_words, opening_words, stop_words
from ragtime_assets.domain.searching.stems import words as words_of

_ALIKE = 80
_FAR = 50
"""Words whose letters are less alike are not compared by their sound."""
_SHORT, _LONG = 3, 5
"""A shorter word is no name to look for; one that is not as long sounds like too many others."""
_MARKS = "\"'.,;:!?…()[]«»‹›“”„‚‘’–—-"  # noqa: RUF001 - the marks that speech is written with
_ENDS_SENTENCE = '.!?…:"“”»«'
_WORD = re.compile(r"\w[\w'’.&-]*\w|\w")
_ENDING = re.compile(r"['’]s?$|\.$")
_GERMAN = "de"
_JOINERS = frozenset(("of", "the", "de", "la", "le", "les", "di", "da", "del", "du", "van", "von", "der", "den"))


def names_in(query: str, languages: Sequence[str]) -> list[str]:
    """What looks like a name: runs of capitalised words that are not merely the start of a sentence.

    A question word or an article is none, whatever its capital. German writes every noun with a capital, so where the
    query may be German a run has to be two words long.
    """
    words = _words(query)
    stop = opening_words(words)
    nouns_have_capitals = _GERMAN in languages
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


def names_told(text: str, language: str) -> frozenset[str]:
    """The words of a passage that are of a name: two with capitals in a row, or one within a sentence.

    What every sentence has is of none. German writes every noun with a capital, so there only those in a row are.
    """
    stop = stop_words(language)
    runs = ((opens, [word for word in run if word.casefold() not in stop]) for opens, run in _capitals(text))
    return frozenset(
        word
        for opens, run in runs
        if len(run) > 1 or not (opens or language == _GERMAN)
        for word in run
        if len(word) >= _SHORT
    )


def is_asked_for(names: Set[str], query: str, spoken: Set[str]) -> bool:
    """Whether a query has one of these names, or a word that sounds like it and is not `spoken` itself."""
    return any(_is_one_of(names, word, spoken) for word in content_words(words_of(query)) if len(word) >= _SHORT)


def is_spoken(name: str, spoken: Set[str]) -> bool:
    """Whether the last word of a name is there, or one so like it that speech recognition may have written it."""
    from rapidfuzz import fuzz, process

    last = folded(_words(name)[-1])
    return (
        last in spoken
        or process.extractOne(last, spoken, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None
        or _sounds_like_one_of(spoken, last)
    )


def spoken_in(texts: Sequence[str]) -> set[str]:
    """The words of these texts, as `is_spoken` compares them."""
    return {folded(word) for text in texts for word in _words(text)}


def _is_one_of(names: Set[str], word: str, spoken: Set[str]) -> bool:
    if folded(word) in spoken:
        return word in names or any(likeness(word, name) is Likeness.SAME for name in names)
    return len(word) >= _LONG and _sounds_like_one_of(names, word)


def _sounds_like_one_of(words: Set[str], word: str) -> bool:
    from rapidfuzz import fuzz, process

    near = process.extract(word, words, scorer=fuzz.ratio, processor=folded, score_cutoff=_FAR, limit=None)
    return any(likeness(word, name) >= Likeness.NEAR for name, *_ in near)


def _capitals(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Words with a capital that stand in a row, with whether the first opens a sentence."""
    run: list[str] = []
    opens = opened = True
    for token in text.split():
        word = token.strip(_MARKS)
        is_capital = _is_capitalised(word)
        if run and not (is_capital and token[0] not in _MARKS):
            yield opened, run
            run = []
        if is_capital:
            opened = opened if run else opens
            run.append(_ENDING.sub("", word))
        if run and token[-1] in _MARKS:
            yield opened, run
            run = []
        opens = token[-1] in _ENDS_SENTENCE
    if run:
        yield opened, run


def _words(text: str) -> list[str]:
    return [_ENDING.sub("", word) for word in _WORD.findall(text)]


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper()
