"""What captions must look like before anybody listens: order, length, gaps, language. Pure rules, no ports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.tags import SURE, same_language

LIKELY = 0.5
"""How sure it must be to be believed when nothing is announced."""
_OVERHANG = 5.0
"""Seconds that captions may go on after the audio, for rounding."""
_LONGEST_GAP = 180.0


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
    if duration - last > max(60.0, duration * 0.2) + slack:
        return f"they end at {last:.0f} s, but the audio goes on until {duration:.0f} s"
    said = covered(segments)
    if said < duration / 2:
        return f"they cover only {said:.0f} s of {duration:.0f} s of audio"
    start, end = longest_gap(segments)
    if end - start > _LONGEST_GAP:
        return f"they say nothing between {clock(start)} and {clock(end)}"
    return None


def foreign(told: str, probability: float, expected: str | None) -> str | None:
    """Why the language in which captions read is not the episode's, in words; None when it can be."""
    if expected and probability >= SURE and not same_language(told, expected):
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


def longest_gap(segments: Iterable[Segment]) -> tuple[float, float]:
    """The longest time without a word between two segments, from when until when."""
    longest, reached = (0.0, 0.0), None
    for segment in segments:
        if reached is not None and segment.start - reached > longest[1] - longest[0]:
            longest = (reached, segment.start)
        reached = max(reached or 0.0, segment.end)
    return longest
