"""Who speaks when, as NIST's Rich Transcription Time Marked: what tools that score diarisation read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.text.lines import one_line

_PAUSE = 0.5
"""Seconds that two segments of one speaker may lie apart and be one turn."""


def has_speakers(contents: Contents) -> bool:
    """Whether anybody who speaks is known."""
    return any(one.speaker for one in contents.transcript.segments)


def rttm(contents: Contents) -> str:
    """A line for every turn of a speaker who is known; the file is named by the episode's key."""
    return "".join(
        f"SPEAKER {contents.key} 1 {start:.3f} {end - start:.3f} <NA> <NA> {_label(speaker)} <NA> <NA>\n"
        for start, end, speaker in _turns(contents.transcript.segments)
    )


def _turns(segments: Iterable[Segment]) -> Iterator[tuple[float, float, str]]:
    turn: tuple[float, float, str] | None = None
    for one in segments:
        if not one.speaker or one.end <= one.start:
            continue
        if turn and one.speaker == turn[2] and one.start - turn[1] <= _PAUSE:
            turn = (turn[0], max(turn[1], one.end), one.speaker)
            continue
        if turn:
            yield turn
        turn = (one.start, one.end, one.speaker)
    if turn:
        yield turn


def _label(speaker: str) -> str:
    """The name in one word, as the fields are parted by spaces."""
    return "_".join(one_line(speaker).split()) or "unknown"
