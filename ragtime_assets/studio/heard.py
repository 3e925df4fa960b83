"""The times of words, for those who show hits: read from transcripts, and kept as small as they are."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from ragtime_assets.domain.rendering.word_times import TimedText
from ragtime_assets.domain.searching.excerpts import Heard
from ragtime_assets.errors import RagtimeError
from ragtime_assets.studio.contents import transcript_to_read

if TYPE_CHECKING:
    from ragtime_assets.studio.kept import Kept

_A_LITTLE = 0.05
"""Seconds by which the times of a segment and of its first word may differ."""


@dataclass(frozen=True)
class Said:
    """The words of an episode in order of time."""

    seconds: array[float]
    texts: Sequence[str]

    def between(self, start: float, end: float) -> Sequence[TimedText]:
        """Those that begin between two seconds."""
        first, last = (bisect_left(self.seconds, second) for second in (start - _A_LITTLE, end))
        return [TimedText(*one) for one in zip(self.seconds[first:last], self.texts[first:last], strict=True)]


NOTHING = Said(array("d"), ())


def said_in(kept: Kept, key: str) -> Said:
    """What is said in an episode; raises InputMissing before it was listened to."""
    transcript, words = transcript_to_read(kept, key)
    timed = sorted(
        (float(word["start"]), sys.intern(word["text"]))
        for segment, its_words in zip(transcript.segments, words, strict=True)
        for word in its_words or ({"start": segment.start, "text": segment.text},)
    )
    return Said(array("d", (second for second, _ in timed)), [text for _, text in timed])


def heard_by(said: Callable[[str], Said]) -> Heard:
    """The words of whatever episode; none where its transcript cannot be read, which hides no hit."""

    def between(key: str, start: float, end: float) -> Sequence[TimedText]:
        try:
            return said(key).between(start, end)
        except RagtimeError:
            return ()

    return between


def heard_in(kept: Kept) -> Heard:
    """The words of whatever episode, each transcript read once."""
    return heard_by(cache(partial(said_in, kept)))
