"""A transcript in paragraphs for reading: one per turn of a speaker, or where there is a pause or enough was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.language.sentence_ends import ends_sentence
from ragtime_assets.domain.language.words import count_words

_PAUSE = 2.0
"""Seconds of silence that end a paragraph where nobody knows who speaks."""
_LONGEST = 120
"""Words after which a paragraph ends with its segment."""


class Turn(NamedTuple):
    """What somebody says in one go; `opens` where another speaker begins."""

    start: float
    end: float
    speaker: str | None
    text: str
    opens: bool
    segments: tuple[Segment, ...]


def turns(segments: Iterable[Segment]) -> Iterator[Turn]:
    """The segments as paragraphs, in order of time."""
    gathered: list[Segment] = []
    words = 0
    before: str | None = None
    for segment in segments:
        if gathered and _is_over(gathered[-1], words, segment):
            yield _turn(gathered, before)
            before, gathered, words = gathered[-1].speaker, [], 0
        gathered.append(segment)
        words += count_words(segment.text)
    if gathered:
        yield _turn(gathered, before)


def _turn(gathered: list[Segment], before: str | None) -> Turn:
    first, last = gathered[0], gathered[-1]
    text = " ".join(" ".join(one.text.split()) for one in gathered)
    return Turn(
        first.start,
        last.end,
        first.speaker,
        text,
        first.speaker is not None and first.speaker != before,
        tuple(gathered),
    )


def _is_over(last: Segment, words: int, following: Segment) -> bool:
    if following.speaker != last.speaker:
        return True
    paused = following.speaker is None and following.start - last.end > _PAUSE
    return paused or (words >= _LONGEST and ends_sentence(last.text))
