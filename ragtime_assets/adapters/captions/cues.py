"""A cue: a line of captions with its time; how its words get times of their own, and when it is too long."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ragtime_assets.domain.transcript import Segment, Word

LONGEST = 40
"""Words in a segment; what is longer is cut at the ends of sentences, because a segment is never split later."""
SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>]*>|\{\\[^{}]*\}")
_ASIDE = re.compile(r"\[[^\]]{1,60}\]|[\u2669-\u266c]|>{2,}")
"""What is shown and not said: [applause], notes of music, the mark of a new speaker."""


class Cue(NamedTuple):
    """What is said between two times; `words` only where the file itself times each."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()


def plain(text: str) -> str:
    """The words of a line of captions, without markup and without what nobody says."""
    return " ".join(_ASIDE.sub(" ", html.unescape(_TAG.sub("", text))).split())


def says_something(text: str) -> bool:
    """Whether there is a word in it."""
    return any(character.isalnum() for character in text)


def shares(start: float, end: float, texts: list[str]) -> list[tuple[float, float]]:
    """The time between `start` and `end`, dealt out by the length of the texts."""
    whole = sum(len(text) for text in texts) or 1
    bounds, passed = [start], 0
    for text in texts:
        passed += len(text)
        bounds.append(round(start + (end - start) * passed / whole, 3))
    return list(zip(bounds, bounds[1:], strict=False))


def words_of(cue: Cue) -> tuple[Word, ...]:
    """The words as the file times them, else spread over the cue and marked so."""
    if cue.words:
        return cue.words
    texts = cue.text.split()
    times = shares(cue.start, cue.end, texts)
    return tuple(
        Word(start=start, end=end, text=text, interpolated=True)
        for text, (start, end) in zip(texts, times, strict=True)
    )


def segments_of(cues: Iterable[Cue]) -> tuple[Segment, ...]:
    """One segment per cue and speaker, several where a cue is long."""
    return tuple(
        Segment(start=cue.start, end=cue.end, text=cue.text, speaker=cue.speaker, words=words_of(cue))
        for whole in cues
        for cue in _cut(whole)
    )


def _cut(cue: Cue) -> Iterator[Cue]:
    if len(cue.text.split()) <= LONGEST or cue.words:
        yield cue
        return
    texts = list(_sentences(cue.text.split()))
    for text, (start, end) in zip(texts, shares(cue.start, cue.end, texts), strict=True):
        yield Cue(start, end, text, cue.speaker)


def _sentences(words: list[str]) -> Iterator[str]:
    piece: list[str] = []
    for word in words:
        piece.append(word)
        if word.endswith(SENTENCE_ENDS) or len(piece) == LONGEST:
            yield " ".join(piece)
            piece = []
    if piece:
        yield " ".join(piece)
