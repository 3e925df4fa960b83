"""Transcripts of any length, made up."""

from __future__ import annotations

from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word


def heard(*segments: Segment) -> Transcript:
    return Transcript(
        engine="e", language="en", duration=segments[-1].end, timing_source="audio", segments=tuple(segments)
    )


def talk(seconds: int) -> Transcript:
    """So much talk: a sentence of fifteen words every five seconds, two people in turns."""
    line = "the trumpet plays a long slow line over brushes and bass until the chorus ends"
    said = line.split()
    return heard(
        *(
            Segment(
                start=at,
                end=at + 5,
                text=line.capitalize() + ".",
                speaker=("Ann", "Bob")[at // 30 % 2],
                words=tuple(
                    Word(start=at + place / 3, end=at + place / 3 + 0.3, text=one) for place, one in enumerate(said)
                ),
            )
            for at in range(0, seconds, 5)
        )
    )
