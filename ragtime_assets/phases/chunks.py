"""transcript -> chunks: passages of about 150 words, each on whole segments, so that each can be cited.

What belongs here: where the cuts go. What does not: vectors (`embeddings`) and how a hit is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.language.words import count_words

TARGET_WORDS = 150
MOST_WORDS = 200
LONGEST_OVERLAP = 75
"""A longer last segment is not repeated: the next chunk would say little that is new."""
FEWEST_NEW_WORDS = 40
"""A last chunk with less to say joins the one before it."""

Span = tuple[int, int]
"""First and last segment of a chunk."""


def make_chunks(transcript: Transcript) -> Chunks:
    """The whole transcript in chunks, one segment of overlap between neighbours."""
    counts = [count_words(segment.text) for segment in transcript.segments]
    chunks = [_chunk(transcript, index, span) for index, span in enumerate(_spans(counts))]
    return Chunks(engine="segments", language=transcript.language, chunks=tuple(chunks))


def _spans(counts: Sequence[int]) -> list[Span]:
    spans = list(_cuts(counts))
    if len(spans) > 1:
        (first, before), (_, last) = spans[-2:]
        new = sum(counts[before + 1 : last + 1])
        if new < FEWEST_NEW_WORDS and sum(counts[first : last + 1]) <= MOST_WORDS + FEWEST_NEW_WORDS:
            spans[-2:] = [(first, last)]
    return spans


def _cuts(counts: Sequence[int]) -> Iterator[Span]:
    spoken = [number for number, words in enumerate(counts) if words]
    end = spoken[-1] + 1 if spoken else 0
    fresh = spoken[0] if spoken else 0
    first = fresh
    while fresh < end:
        words, last = sum(counts[first : fresh + 1]), fresh
        while last + 1 < end and words < TARGET_WORDS and words + counts[last + 1] <= MOST_WORDS:
            last += 1
            words += counts[last]
        yield first, last
        fresh = last + 1
        first = last if last > first and _repeats(counts, last) else fresh


def _repeats(counts: Sequence[int], last: int) -> bool:
    following = counts[last + 1] if last + 1 < len(counts) else 0
    return counts[last] <= LONGEST_OVERLAP and counts[last] + following <= MOST_WORDS


def _chunk(transcript: Transcript, index: int, span: Span) -> Chunk:
    first, last = span
    segments = transcript.segments[first : last + 1]
    text = " ".join(segment.text.strip() for segment in segments if segment.text.strip())
    start, end = segments[0].start, max(segment.end for segment in segments)
    chapter = transcript.chapter_at(start)
    return Chunk(
        index=index,
        digest=_digest(text, start, end, index),
        text=text,
        start=start,
        end=end,
        first_segment=first,
        last_segment=last,
        words=count_words(text),
        speakers=_speakers(segments),
        chapter=chapter.title if chapter else None,
    )


def _digest(text: str, start: float, end: float, index: int) -> str:
    return hashlib.sha256("\n".join((text, repr(start), repr(end), str(index))).encode()).hexdigest()


def _speakers(segments: Sequence[Segment]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(segment.speaker for segment in segments if segment.speaker))
