"""A segment's words with what stands between them in its text: a space mostly, nothing in Chinese."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.language.words import apart


class Spelled(NamedTuple):
    """One word, and what stands before it."""

    gap: str
    word: Word


def spelled(segment: Segment) -> list[Spelled]:
    """The words as the text writes them; spread over the segment where it has none, or others than its text."""
    found, at = list[Spelled](), 0
    for word in segment.words:
        place = segment.text.find(word.text, at)
        if place < 0 or any(letter.isalnum() for letter in segment.text[at:place]):
            return spread(segment.text, segment.start, segment.end)
        found.append(Spelled(segment.text[at:place], word))
        at = place + len(word.text)
    if not found or segment.text[at:].strip():
        return spread(segment.text, segment.start, segment.end)
    return found


def shares(texts: list[str], start: float, end: float) -> list[tuple[float, float]]:
    """The time between `start` and `end`, dealt out by the length of the texts."""
    whole, passed, bounds = sum(map(len, texts)) or 1, 0, [round(start, 3)]
    for text in texts:
        passed += len(text)
        bounds.append(round(start + (end - start) * passed / whole, 3))
    return list(pairwise(bounds))


def shared(texts: list[str], start: float, end: float) -> list[Word]:
    """Words for `texts`, their times dealt out by length and marked so."""
    return [
        Word(start=begin, end=stop, text=text, interpolated=True)
        for text, (begin, stop) in zip(texts, shares(texts, start, end), strict=True)
    ]


def text_of(words: list[Spelled]) -> str:
    """The text that these words spell."""
    return "".join(gap + word.text for gap, word in words).strip()


def spread(text: str, start: float, end: float) -> list[Spelled]:
    """The words of `text` with the time between `start` and `end` dealt out to them."""
    words = list(apart(text))
    timed = shared([word for _, word in words], start, end)
    return [Spelled(gap, word) for (gap, _), word in zip(words, timed, strict=True)]
