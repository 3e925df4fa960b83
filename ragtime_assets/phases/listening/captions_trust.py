"""What captions must look like before anybody listens: order, length, gaps, language. Pure rules, no ports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.language.tags import SURE, reads_alike

LIKELY = 0.5
"""How sure it must be to be believed when nothing is announced."""
_OVERHANG = 5.0
"""Seconds that captions may go on after the audio, for rounding."""
_LONGEST_GAP = 180.0
_LONGEST_GAP_OF_SHORT, _PART = 60.0, 0.2
"""A longer time without captions is music, or speech that they leave out: who listens can tell."""


class Gap(NamedTuple):
    """A time in which captions say nothing."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def disordered(segments: Sequence[Segment]) -> bool:
    """Whether times run backwards."""
    timed = [*segments, *(word for segment in segments for word in segment.words)]
    ends_early = any(one.end < one.start for one in timed)
    return ends_early or any(after.start < before.start for before, after in pairwise(segments))


def misfit(segments: Sequence[Segment], duration: float, slack: float = 0.0) -> str | None:
    """Why captions cannot belong to audio of this length, in words; None when they can.

    `slack` is by how many seconds they may still have to be moved.
    """
    if disordered(segments):
        return "their times go backwards"
    last = max((segment.end for segment in segments), default=0.0)
    if last > duration + _OVERHANG + slack:
        return f"they go on until {last:.0f} s, but the audio ends at {duration:.0f} s"
    said, open_time = covered(segments), sum(gap.seconds for gap in long_gaps(segments, duration))
    if not said or said < (duration - open_time) / 2:
        return f"they cover only {said:.0f} s of {duration:.0f} s of audio"
    return None


def foreign(told: str, probability: float, expected: str | None) -> str | None:
    """Why the language in which captions read is not the episode's, in words; None when it can be."""
    if expected and probability >= SURE and not reads_alike(told, expected):
        return f"they read as {told}, and {expected} is expected"
    if not expected and probability < LIKELY:
        return f"nobody says their language, and they do not read as any ({told} at best, {probability:.2f})"
    return None


def covered(segments: Iterable[Segment]) -> float:
    """Seconds in which something is said, overlaps counted once."""
    total, reached = 0.0, 0.0
    for segment in segments:
        total += max(0.0, segment.end - max(segment.start, reached))
        reached = max(reached, segment.end)
    return total


def long_gaps(segments: Iterable[Segment], duration: float) -> list[Gap]:
    """Where captions say nothing for minutes, from the beginning of the audio to its end."""
    gaps: list[Gap] = []
    reached = 0.0
    for segment in segments:
        gaps.append(Gap(reached, segment.start))
        reached = max(reached, segment.end)
    longest = min(_LONGEST_GAP, max(_LONGEST_GAP_OF_SHORT, duration * _PART))
    return [gap for gap in (*gaps, Gap(reached, duration)) if gap.seconds > longest]
