"""A segment's words with what stands between them in its text: a space mostly, nothing in Chinese."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment, Word


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
            return _spread(segment)
        found.append(Spelled(segment.text[at:place], word))
        at = place + len(word.text)
    if not found or segment.text[at:].strip():
        return _spread(segment)
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


def letters(word: str) -> str:
    """A word as it is compared: without case, accents and everything that is no letter or digit."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def _spread(segment: Segment) -> list[Spelled]:
    words = shared(segment.text.split(), segment.start, segment.end)
    return [Spelled(" " if place else "", word) for place, word in enumerate(words)]
