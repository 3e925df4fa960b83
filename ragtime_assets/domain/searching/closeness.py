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
from ragtime_assets.domain.searching.asked_names import is_spoken, names_in, spoken_in
from ragtime_assets.domain.searching.found import Closeness, RankedPassage
from ragtime_assets.domain.searching.query_words import content_words
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.domain.searching.stems import stem, stems, words

Way = Mode | Literal["answer"]
"""How was looked: a search in one of its modes, or for an answer, where sentences are looked at one by one."""
WAYS: tuple[Way, ...] = (*get_args(Mode), "answer")
JUDGED = 3
"""By so many of the best passages it is judged whether anything is close."""
_DATA = Path(__file__).parent / "data" / "closeness.toml"


class Clue(StrEnum):
    """What speaks for what was found or against it; why is written beside each weight."""

    LIKENESS = auto()
    SHARE = auto()
    SENTENCE = auto()
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


def clues_of(query: str, best: Sequence[RankedPassage], sentence: float | None = None) -> Clues:
    """What there is to go by: the first few that were found, and the likeness of the nearest sentence."""
    first = best[0]
    names = names_in(query)
    spoken = spoken_in([told for one in best[:JUDGED] for told in _told(one.passage)])
    are_there = all(is_spoken(name, spoken) for name in names)
    return {
        Clue.LIKENESS: first.similarity or 0.0,
        Clue.SHARE: first.share or 0.0,
        Clue.SENTENCE: sentence or 0.0,
        Clue.TITLE: _share_in_title(query, first.passage),
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


def _told(passage: Passage) -> tuple[str, ...]:
    """All that a hit shows in words."""
    return (passage.text, passage.episode_title, passage.chapter or "", *passage.speakers)


def _share_in_title(query: str, passage: Passage) -> float:
    """How many of the words that say what the query is about are in the title of the episode."""
    asked = content_words(words(query))
    title = set(stems(passage.episode_title, passage.language))
    return sum(stem(word, passage.language) in title for word in asked) / max(1, len(asked))


def _pieces(text: str) -> Iterator[str]:
    piece: list[str] = []
    for word in text.split():
        piece.append(word)
        if over(len(piece), word, 0.0):
            yield " ".join(piece)
            piece = []
    if piece:
        yield " ".join(piece)
