"""The sentences of a transcript, word for word, with the seconds on which they are said.

What belongs here: matching sentences with the clock. What does not: which of them matter (`summary`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from ragtime_assets.domain.artifacts.summary import TimedSentence
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.language.words import count_words
from ragtime_assets.ports import SentenceSplitter

MOST_WORDS = 60
"""A longer sentence is speech without full stops; it is cut where the segments end."""

_NEAR = 20

Mark = tuple[int, float, float]
"""A place in the text, and when the word or segment there starts and ends."""


def timed_sentences(transcript: Transcript, splitter: SentenceSplitter) -> list[TimedSentence]:
    """All sentences in order; times come from words, or from segments that have none."""
    segments = [segment for segment in transcript.segments if segment.text.strip()]
    text = " ".join(segment.text.strip() for segment in segments)
    marks = list(_marks(segments))
    places = [place for place, _, _ in marks]
    borders = list(_borders(segments))
    sentences: list[TimedSentence] = []
    at = 0
    for sentence in splitter.split(text):
        found = text.find(sentence, at)
        if found < 0:
            continue
        at = found + len(sentence)
        for start, end in _pieces(text, found, at, borders):
            first, last = max(bisect_right(places, start) - 1, 0), max(bisect_left(places, end) - 1, 0)
            sentences.append(TimedSentence(text=text[start:end], start=marks[first][1], end=marks[last][2]))
    return sentences


def _marks(segments: list[Segment]) -> Iterator[Mark]:
    offset = 0
    for segment in segments:
        text = segment.text.strip()
        spoken = list(_words(segment, text)) or [(0, segment.start, segment.end)]
        yield from ((offset + place, start, end) for place, start, end in spoken)
        offset += len(text) + 1


def _words(segment: Segment, text: str) -> Iterator[Mark]:
    """The words where the segment's text has them; what was respelled in the text has no mark of its own."""
    at = 0
    for word in segment.words:
        spelled = word.text.strip()
        # A word far ahead would be another one of the same spelling.
        found = text.find(spelled, at, at + len(spelled) + _NEAR) if spelled else -1
        if found >= 0:
            yield (found if at else 0), word.start, word.end
            at = found + len(spelled)


def _borders(segments: list[Segment]) -> Iterator[int]:
    offset = 0
    for segment in segments:
        yield offset
        offset += len(segment.text.strip()) + 1


def _pieces(text: str, start: int, end: int, borders: list[int]) -> Iterator[tuple[int, int]]:
    """The stretch as it is, or cut at segments when nobody can have meant it as one sentence."""
    if count_words(text[start:end]) <= MOST_WORDS:
        yield start, end
        return
    begin = start
    for border in [*borders[bisect_right(borders, start) : bisect_left(borders, end)], end]:
        if border == end or count_words(text[begin:border]) > MOST_WORDS // 3:
            yield begin, border if border == end else border - 1
            begin = border
