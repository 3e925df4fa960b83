"""A transcript as lines with their times, packed into parts that can be read at once: all of it, nothing twice.

What belongs here: where the cuts go. What does not: who reads the parts (`agents/summary.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.figures import clock

LONGEST_PART = 24_000
"""Characters; some six thousand tokens, which any model reads with attention."""
LONGEST_LINE = 1_000
"""A longer segment is several lines, so that its middle has a time too."""


class Part(NamedTuple):
    """A stretch of the episode, as text."""

    start: float
    end: float
    text: str


def timed_lines(transcript: Transcript) -> Iterator[Part]:
    """The segments, each as `[12:34] Speaker: text`; empty ones are left out."""
    for segment in transcript.segments:
        for start, text in _pieces(segment):
            speaker = f"{' '.join(segment.speaker.split())}: " if segment.speaker else ""
            yield Part(start, segment.end, f"[{clock(start)}] {speaker}{text}")


def packed(parts: Iterable[Part], longest: int = LONGEST_PART) -> list[Part]:
    """Neighbours joined, each part as long as it may be; one that is too long alone stays alone."""
    full: list[Part] = []
    group: list[Part] = []
    size = 0
    for part in parts:
        if group and size + len(part.text) > longest:
            full.append(_joined(group))
            group, size = [], 0
        group.append(part)
        size += len(part.text) + 1
    return [*full, _joined(group)] if group else full


def _joined(group: list[Part]) -> Part:
    return Part(group[0].start, max(part.end for part in group), "\n".join(part.text for part in group))


def _pieces(segment: Segment) -> Iterator[tuple[float, str]]:
    """The text on one line; a long one in pieces, cut between words, timed by how far into the segment they are."""
    text = " ".join(segment.text.split())
    at = 0
    while at < len(text):
        end = len(text)
        if end - at > LONGEST_LINE:
            between = text.rfind(" ", at + 1, at + LONGEST_LINE)
            end = between + 1 if between > 0 else at + LONGEST_LINE
        yield segment.start + (segment.end - segment.start) * at / len(text), text[at:end].strip()
        at = end
