"""What a search found, and how it is shown: neighbours as one stretch, and which of its words were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.searching.query_words import content_words
from ragtime_assets.domain.searching.stems import stem, stems, words, words_at


@dataclass(frozen=True)
class RankedPassage:
    """A passage and how well it fits."""

    rank: int
    score: float
    passage: Passage
    similarity: float | None = None
    """How much nearer it is to the query than to unrelated questions: 0 is not at all, 1 the query itself; None where
    vectors were not asked."""
    share: float | None = None
    """How much of the weight of the query's words it has; None where words were not asked."""
    sentence: str | None = None
    """The sentence of it that comes closest to a question; None where a search was asked, and no question."""


class Closeness(NamedTuple):
    """What was made of the clues."""

    clues: Mapping[str, float]
    certainty: float
    is_close: bool
    """One answerable question in twenty is not, and so has no answer."""
    is_weak: bool
    """Close, and yet as questions often are that nothing answers."""


@dataclass(frozen=True)
class Found:
    """What was found, best first, and whether any of it is close to what was searched for."""

    passages: tuple[RankedPassage, ...]
    closeness: Closeness

    @property
    def is_close(self) -> bool:
        """Whether any of it may be an answer."""
        return self.closeness.is_close


NOTHING_FOUND = Closeness({}, 0.0, is_close=False, is_weak=False)


@dataclass(frozen=True)
class Stretch:
    """Passages that follow each other in one episode, shown as one hit with the rank and score of the best."""

    best: RankedPassage
    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """What is said, once where two passages share a sentence."""
        told = self.passages[0].text
        for before, after in pairwise(self.passages):
            told = f"{told} {_without_overlap(before.text, after.text)}".strip()
        return told

    @property
    def start(self) -> float:
        """Where it begins, in seconds."""
        return self.passages[0].start

    @property
    def end(self) -> float:
        """Where it ends, in seconds."""
        return self.passages[-1].end

    @property
    def entities(self) -> tuple[str, ...]:
        """Who and what is named in it."""
        return tuple(dict.fromkeys(name for one in self.passages for name in one.entities))


def alone(hit: RankedPassage) -> Stretch:
    """A passage that is shown without its neighbours."""
    return Stretch(hit, (hit.passage,))


def stretches(hits: Iterable[RankedPassage]) -> list[Stretch]:
    """The hits, best first, with neighbours put together."""
    groups: list[list[RankedPassage]] = []
    for hit in hits:
        touching = [group for group in groups if any(_are_neighbours(hit, one) for one in group)]
        if not touching:
            groups.append([hit])
            continue
        first, *others = touching
        first.append(hit)
        for group in others:
            first.extend(group)
            groups.remove(group)
    return [
        Stretch(group[0], tuple(one.passage for one in sorted(group, key=lambda one: one.passage.index)))
        for group in groups
    ]


def asked_words(text: str, language: str, query: str) -> Iterator[tuple[int, int]]:
    """Where in `text` a word of the query stands, in whatever form."""
    wanted = {one for word in content_words(words(query)) for one in stems(word, language)}
    return ((start, end) for start, end in words_at(text) if stem(text[start:end], language) in wanted)


def _are_neighbours(one: RankedPassage, other: RankedPassage) -> bool:
    return one.passage.episode_key == other.passage.episode_key and abs(one.passage.index - other.passage.index) == 1


def _without_overlap(before: str, after: str) -> str:
    """What `after` says that was not said at the end of `before`."""
    for length in range(min(len(before), len(after)), 0, -1):
        is_whole = length == len(after) or after[length].isspace()
        if is_whole and before.endswith(after[:length]):
            return after[length:].lstrip()
    return after
