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
from heapq import nlargest
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.language.sentence_ends import over
from ragtime_assets.domain.searching.asked_names import is_spoken, names_in, spoken_in
from ragtime_assets.domain.searching.found import Closeness, RankedPassage
from ragtime_assets.domain.searching.query_words import asked_in, content_words
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.domain.searching.stems import stems, words
from ragtime_assets.domain.searching.titles import share_in_title

Way = Mode | Literal["answer"]
"""How was looked: a search in one of its modes, or for an answer, where sentences are looked at one by one."""
WAYS: tuple[Way, ...] = (*get_args(Mode), "answer")
JUDGED = 3
"""By so many of the best passages it is judged whether anything is close."""
FEW_LETTERS, LETTERS = 25, 60
"""A word or two may be all that somebody types of a matter that is there: fewer letters speak no more against it. More
than enough speak no more for it."""
_DATA = Path(__file__).parent / "data" / "closeness.toml"


class Clue(StrEnum):
    """What speaks for what was found or against it; why is written beside each weight."""

    LIKENESS = auto()
    AROUND = auto()
    LANGUAGE = auto()
    SHARE = auto()
    SENTENCE = auto()
    SENTENCES = auto()
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
    passages: Sequence[float] = ()
    """Of all that were looked at."""
    sentences: Sequence[float] = ()
    """Of those in the best passages, where sentences are looked at."""


NOT_ASKED = Near()
"""Where vectors were not asked."""


class Weighing(NamedTuple):
    """What each clue of a way counts, in log-odds, and the certainties at which something is close, and surely so."""

    weights: Mapping[Clue, float]
    constant: float
    close: float
    sure: float


def clues_of(query: str, best: Sequence[RankedPassage], near: Near = NOT_ASKED) -> Clues:
    """What there is to go by: the first few that were found, and how near they and the nearest others are."""
    first = best[0]
    names = names_in(query)
    spoken = spoken_in([told for one in best[:JUDGED] for told in _told(one.passage)]) if names else frozenset[str]()
    are_there = all(is_spoken(name, spoken) for name in names)
    return {
        Clue.LIKENESS: max(near.best, default=0.0),
        Clue.AROUND: _mean_of_most(near.passages),
        Clue.LANGUAGE: float(first.passage.language in asked_in(query)),
        Clue.SHARE: first.share or 0.0,
        Clue.SENTENCE: max(near.sentences, default=0.0),
        Clue.SENTENCES: _mean_of_most(near.sentences),
        Clue.TITLE: share_in_title(query, first.passage.episode_title, first.passage.language),
        Clue.NAMED: float(bool(names) and are_there),
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
    return min(max(sum(map(len, content_words(words(query)))), FEW_LETTERS), LETTERS)


def _says_all(query: str, passage: Passage) -> bool:
    """Whether a passage has every word that tells what is asked, in whatever form."""
    asked = {one for word in content_words(words(query)) for one in stems(word, passage.language)}
    return bool(asked) and asked <= {one for told in _told(passage) for one in stems(told, passage.language)}


def _mean_of_most(likeness: Sequence[float]) -> float:
    """The mean of the largest few."""
    most = nlargest(JUDGED, likeness)
    return sum(most) / len(most) if most else 0.0


def _told(passage: Passage) -> tuple[str, ...]:
    """All that a hit shows in words."""
    return (passage.text, passage.episode_title, passage.chapter or "", *passage.speakers)


def _pieces(text: str) -> Iterator[str]:
    piece: list[str] = []
    for word in text.split():
        piece.append(word)
        if over(len(piece), word, 0.0):
            yield " ".join(piece)
            piece = []
    if piece:
        yield " ".join(piece)
