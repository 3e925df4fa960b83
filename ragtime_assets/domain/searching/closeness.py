"""Whether what was found is about what was asked: one certainty of a few clues, each with a weight of its own.

Weights and lines are in `data/closeness.toml`, which says why each counts and how they were fitted. What belongs here:
what the clues are, and what they add up to. What does not: the order of hits (`ranking.py`), vectors, SQL.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum, auto
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.language.sentence_ends import over
from ragtime_assets.domain.language.words import apart, count_words, is_unspaced
from ragtime_assets.domain.searching.asked_names import is_asked_for, is_spoken, names_in, names_told, spoken_in
from ragtime_assets.domain.searching.found import Closeness, RankedPassage
from ragtime_assets.domain.searching.query_words import content_words
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.domain.searching.stems import stems, words
from ragtime_assets.domain.searching.titles import share_in_title

Way = Mode | Literal["answer", "traits"]
"""How was looked: a search in one of its modes, or for an answer, where sentences are looked at one by one, and traits
too if the engine reads them."""
WAYS: tuple[Way, ...] = (*get_args(Mode), "answer", "traits")
JUDGED = 3
"""By so many of the best passages it is judged whether anything is close."""
FEW_LETTERS, LETTERS = 25, 60
"""A word or two may be all that somebody types of a matter that is there: fewer letters speak no more against it. More
than enough speak no more for it."""
A_WORD = 4
"""Letters that tell what is asked, for each word of a query: some have none, others seven or eight."""
_DATA = Path(__file__).parent / "data" / "closeness.toml"


class Clue(StrEnum):
    """What speaks for what was found or against it; why is written beside each weight."""

    LIKENESS = auto()
    LANGUAGE = auto()
    SHARE = auto()
    SENTENCE = auto()
    TRAITS = auto()
    TITLE = auto()
    NAMED = auto()
    MISSING = auto()
    LETTERS = auto()
    WORDS = auto()


Clues = Mapping[str, float]
"""By their names."""


class Near(NamedTuple):
    """How near passages and sentences are to what a query has of its own (`corpus/baselines.py`)."""

    best: Sequence[float] = ()
    """Of those of the best passages that have a vector."""
    sentences: Sequence[float] = ()
    """Of those in the best passages, where sentences are looked at."""
    traits: float = 0.0
    """Of the first passage, by what words mean where they stand (`traits.py`)."""


NOT_ASKED = Near()
"""Where vectors were not asked."""


class Weighing(NamedTuple):
    """What each clue of a way counts, in log-odds, and the certainties at which something is close, and surely so."""

    weights: Mapping[Clue, float]
    constant: float
    close: float
    sure: float


def clues_of(query: str, asked: Sequence[str], best: Sequence[RankedPassage], near: Near = NOT_ASKED) -> Clues:
    """What there is to go by: the languages that are asked in, the first few that were found, how near they are."""
    first = best[0]
    judged_by = [one.passage for one in best[:JUDGED]]
    spoken = spoken_in([told for passage in judged_by for told in _told(passage)])
    are_there = all(is_spoken(name, spoken) for name in names_in(query, asked))
    return {
        Clue.LIKENESS: max(near.best, default=0.0),
        Clue.LANGUAGE: float(first.passage.language in asked),
        Clue.SHARE: first.share or 0.0,
        Clue.SENTENCE: max(near.sentences, default=0.0),
        Clue.TRAITS: near.traits,
        Clue.TITLE: share_in_title(query, first.passage.episode_title, first.passage.language),
        Clue.NAMED: float(is_asked_for(_names(judged_by), query, spoken)),
        Clue.MISSING: float(not are_there),
        Clue.LETTERS: _letters(query) / LETTERS,
        Clue.WORDS: float(_says_all(query, first.passage)),
    }


def judged(clues: Clues, way: Way) -> Closeness:
    """What the clues of a way to look add up to."""
    rule = weighing()[way]
    odds = rule.constant + sum(weight * clues[clue] for clue, weight in rule.weights.items())
    certainty = 1 / (1 + math.exp(-odds))
    return Closeness(clues, certainty, certainty >= rule.close, rule.close <= certainty < rule.sure)


def sentences_of(passages: Sequence[Passage]) -> list[str]:
    """What is said in the passages, cut after sentences and where those are long, each once."""
    return list(dict.fromkeys(piece for passage in passages for piece in _pieces(passage.text)))


@cache
def weighing() -> Mapping[Way, Weighing]:
    """What the clues count, by how was looked."""
    told = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return {way: _weighing(told[way]) for way in WAYS}


def _weighing(told: Mapping[str, Any]) -> Weighing:
    weights = {clue: float(told[clue]) for clue in Clue if clue in told}
    return Weighing(weights, float(told["constant"]), float(told["close"]), float(told["sure"]))


def _letters(query: str) -> int:
    """How many letters tell what is asked, where these are neither few nor more than enough."""
    return min(max(sum(map(_letters_of, content_words(words(query)))), FEW_LETTERS), LETTERS)


def _letters_of(word: str) -> int:
    """Where no spaces tell words apart, as many as so many words have elsewhere."""
    return A_WORD * count_words(word) if is_unspaced(word) else len(word)


def _says_all(query: str, passage: Passage) -> bool:
    """Whether a passage has every word that tells what is asked, in whatever form."""
    asked = {one for word in content_words(words(query)) for one in stems(word, passage.language)}
    return bool(asked) and asked <= {one for told in _told(passage) for one in stems(told, passage.language)}


def _names(passages: Sequence[Passage]) -> frozenset[str]:
    """The words of all names that are spoken of in these, and of who speaks."""
    speakers = (word for passage in passages for speaker in passage.speakers for word in speaker.split())
    return frozenset(speakers).union(*(names_told(passage.text, passage.language) for passage in passages))


def _told(passage: Passage) -> tuple[str, ...]:
    """All that a hit shows in words."""
    return (passage.text, passage.episode_title, passage.chapter or "", *passage.speakers)


def _pieces(text: str) -> Iterator[str]:
    piece, words_in = "", 0
    for before, word in apart(text):
        piece += before + word
        words_in = count_words(piece) if is_unspaced(word) else words_in + 1
        if over(words_in, word, 0.0):
            yield piece.strip()
            piece, words_in = "", 0
    if piece:
        yield piece.strip()
