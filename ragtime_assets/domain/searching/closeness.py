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
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.domain.searching.titles import share_in_title

Way = Mode | Literal["answer"]
"""How was looked: a search in one of its modes, or for an answer, where sentences are looked at one by one."""
WAYS: tuple[Way, ...] = (*get_args(Mode), "answer")
JUDGED = 3
"""By so many of the best passages it is judged whether anything is close."""
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


Clues = Mapping[str, float]
"""By their names."""


class Weighing(NamedTuple):
    """What each clue of a way counts, in log-odds, and the certainties at which something is close, and surely so."""

    weights: Mapping[Clue, float]
    constant: float
    close: float
    sure: float


def clues_of(
    query: str, best: Sequence[RankedPassage], nearest: Sequence[float] = (), sentences: Sequence[float] = ()
) -> Clues:
    """What there is to go by: the first few that were found, and the likeness of the nearest passages and sentences.

    The passage that is found first need not be the nearest.
    """
    first = best[0]
    names = names_in(query)
    spoken = spoken_in([told for one in best[:JUDGED] for told in _told(one.passage)]) if names else frozenset[str]()
    are_there = all(is_spoken(name, spoken) for name in names)
    return {
        Clue.LIKENESS: first.similarity or 0.0,
        Clue.AROUND: _mean_of_most(nearest),
        Clue.LANGUAGE: float(first.passage.language in asked_in(query)),
        Clue.SHARE: first.share or 0.0,
        Clue.SENTENCE: max(sentences, default=0.0),
        Clue.SENTENCES: _mean_of_most(sentences),
        Clue.TITLE: share_in_title(query, first.passage.episode_title, first.passage.language),
        Clue.NAMED: float(bool(names) and are_there),
        Clue.MISSING: float(not are_there),
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
