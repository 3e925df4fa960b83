"""When each word of a text is said, and what lies between the words whose times are known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.text.lines import one_line

_NEAR = 120
"""So many letters further a word is looked for, where the text has another spelling than was heard."""


class TimedText(NamedTuple):
    """A word, or a whole segment whose words nobody timed, and when it begins."""

    second: float
    text: str


class Place(NamedTuple):
    """A letter of a text, and when it is said."""

    at: int
    second: float


def timed_texts(segments: Iterable[Segment]) -> Iterator[TimedText]:
    """The words of the segments; of one whose words nobody timed, all of it."""
    for segment in segments:
        if segment.words:
            yield from (TimedText(one.start, one.text) for one in segment.words)
        else:
            yield TimedText(segment.start, segment.text)


def places(text: str, said: Iterable[TimedText]) -> Iterator[Place]:
    """Where in a text on one line each of these stands, in order; without those that stand nowhere."""
    place = 0
    for second, words in said:
        word = one_line(words, len(words) + 1)
        at = text.find(word, place, place + len(word) + _NEAR) if word else -1
        if at >= 0:
            yield Place(at, second)
            place = at + len(word)


def second_at(at: int, known: Sequence[Place], begins: Place, ends: Place) -> float:
    """When the letter at this place is said: between two that are known, as if all letters took as long."""
    inside = [one for one in known if begins.at <= one.at < ends.at and begins.second <= one.second <= ends.second]
    line = [begins, *inside, ends]
    following = bisect_right(line, at, key=lambda one: one.at)
    before, after = line[following - 1], line[min(following, len(line) - 1)]
    part = (at - before.at) / (after.at - before.at) if after.at > before.at else 0.0
    return before.second + part * max(after.second - before.second, 0.0)
