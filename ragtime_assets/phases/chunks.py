"""transcript -> chunks: passages of about 150 words, each on whole segments, so that each can be cited.

A segment that is longer than any passage may be is cut into pieces, each timed by its words.

What belongs here: where the cuts go. What does not: vectors (`embeddings`) and how a hit is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.language.sentence_ends import ENDS
from ragtime_assets.domain.language.words import count_words

TARGET_WORDS = 150
MOST_WORDS = 200
LONGEST_OVERLAP = 75
"""A longer last segment is not repeated: the next chunk would say little that is new."""
MOST_CHARACTERS = 2_000
"""In a passage, whatever its words are: an embedder reads no more, and some texts have words without end."""
FEWEST_NEW_WORDS = 40
"""A last chunk with less to say joins the one before it."""

Span = tuple[int, int]
"""First and last piece of a chunk."""


class Piece(NamedTuple):
    """A segment, or a part of one that is too long."""

    segment: int
    text: str
    start: float
    end: float
    speaker: str | None


def make_chunks(transcript: Transcript) -> Chunks:
    """The whole transcript in chunks, one segment of overlap between neighbours."""
    pieces = [piece for number, segment in enumerate(transcript.segments) for piece in _pieces(number, segment)]
    counts = [_size(piece.text) for piece in pieces]
    chunks = [_chunk(transcript, index, pieces[first : last + 1]) for index, (first, last) in enumerate(_spans(counts))]
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


def _pieces(number: int, segment: Segment) -> Iterator[Piece]:
    """The segment, in parts where it is too long: cut behind a word if it has any, timed by the words in each part."""
    text = segment.text.strip()
    at = 0
    while at < len(text) or not at:
        end = _cut_at(text, at)
        first, last = _second_of(segment, at / max(len(text), 1)), _second_of(segment, end / max(len(text), 1))
        yield Piece(number, text[at:end].strip(), first, last if end < len(text) else segment.end, segment.speaker)
        at = max(end, 1)


def _cut_at(text: str, start: int) -> int:
    end = start + MOST_CHARACTERS // 2
    if len(text) - start <= MOST_CHARACTERS:
        return len(text)
    behind = max(text.rfind(mark, start, end) for mark in (" ", *ENDS))
    return behind + 1 if behind > start else end


def _second_of(segment: Segment, part: float) -> float:
    """When so much of the segment's text is said."""
    if segment.words:
        return segment.words[min(int(part * len(segment.words)), len(segment.words) - 1)].start
    return segment.start + (segment.end - segment.start) * part


def _size(text: str) -> int:
    """Words; where they are long, as many as would be as long."""
    words = count_words(text)
    as_long = -(-(len(text) + 1) * (MOST_WORDS + FEWEST_NEW_WORDS) // MOST_CHARACTERS)
    return max(words, as_long) if words else 0


def _chunk(transcript: Transcript, index: int, pieces: Sequence[Piece]) -> Chunk:
    text = " ".join(piece.text for piece in pieces if piece.text)
    start, end = pieces[0].start, max(piece.end for piece in pieces)
    chapter = transcript.chapter_at(start)
    return Chunk(
        index=index,
        digest=_digest(text, start, end, index),
        text=text,
        start=start,
        end=end,
        first_segment=pieces[0].segment,
        last_segment=pieces[-1].segment,
        words=count_words(text),
        speakers=tuple(dict.fromkeys(piece.speaker for piece in pieces if piece.speaker)),
        chapter=chapter.title if chapter else None,
    )


def _digest(text: str, start: float, end: float, index: int) -> str:
    return hashlib.sha256("\n".join((text, repr(start), repr(end), str(index))).encode()).hexdigest()
