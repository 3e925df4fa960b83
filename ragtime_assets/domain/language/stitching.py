"""Parts of a recording that were heard apart, as one: each begins a little before the last one ended.

What both heard counts once. The times of both are in seconds of the whole recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.language.spelling import spelled, text_of
from ragtime_assets.domain.language.words import letters

_LONGEST = 12
"""Words that two parts may both have heard, where their times do not show it."""
_DRIFT = 1.5
"""Seconds by which the times of two parts may differ."""


def stitched(parts: Iterable[tuple[float, Sequence[Segment]]]) -> tuple[Segment, ...]:
    """The segments of all parts, each given with the second up to which the part before it heard."""
    done: list[Segment] = []
    for cut, segments in parts:
        words = _words(segments)
        known = sum((word.start + word.end) / 2 < cut for word in words) if done else 0
        known += _repeated(_words(done[-_LONGEST:]), words[known:])
        done += without_first(segments, known)
    return tuple(done)


def without_first(segments: Sequence[Segment], count: int) -> list[Segment]:
    """The segments without their first `count` words."""
    left: list[Segment] = []
    for segment in segments:
        words = spelled(segment)
        rest = words[count:]
        if len(rest) == len(words):
            left.append(segment)
        elif rest:
            update = {"start": rest[0].word.start, "text": text_of(rest), "words": tuple(one.word for one in rest)}
            left.append(segment.model_copy(update=update))
        count = max(0, count - len(words))
    return left


def _words(segments: Iterable[Segment]) -> list[Word]:
    return [one.word for segment in segments for one in spelled(segment)]


def _repeated(before: Sequence[Word], after: Sequence[Word]) -> int:
    """How many words `after` begins with that `before` ends with, at nearly the same time."""
    for length in range(min(_LONGEST, len(before), len(after)), 0, -1):
        old, new = before[-length:], after[:length]
        alike = [letters(word.text) for word in old] == [letters(word.text) for word in new]
        if alike and abs(new[0].start - old[0].start) < _DRIFT:
            return length
    return 0
