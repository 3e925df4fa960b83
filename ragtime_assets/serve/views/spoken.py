"""What is said, as it is read: paragraphs with the time of every word, in parts that a browser takes easily."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.domain.language.words import count_words
from ragtime_assets.domain.rendering.turns import Turn, turns
from ragtime_assets.domain.rendering.word_times import places, timed_texts
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.serve.page import View
from ragtime_assets.studio.contents import WordsAsKept

WORDS_OF_A_PART = 5_000
"""About half an hour of talk: a page with it stays well below 150 KB."""


class TimedWord(View):
    """Where a word begins: in the text, in units of UTF-16 as browsers count, and in the audio."""

    at: int
    second: float


class Paragraph(View):
    """What somebody says in one go."""

    start: float
    end: float
    speaker: str | None
    opens: bool
    """Whether another speaker begins."""
    text: str
    words: tuple[TimedWord, ...]


class PartOfTranscript(View):
    """A stretch of the transcript."""

    number: int
    start: float
    end: float
    paragraphs: tuple[Paragraph, ...]


class PlaceOfPart(View):
    """Where a stretch is, without what is said in it."""

    number: int
    start: float
    end: float


class Spoken(View):
    """One part of the transcript, and where the others are."""

    parts: tuple[PlaceOfPart, ...]
    part: PartOfTranscript | None


def spoken(transcript: Transcript, number: int, second: float | None = None, words: WordsAsKept = ()) -> Spoken:
    """The part with this number, or the one in which `second` is said; the nearest there is.

    Of `words`, those of the segments of the whole transcript as they are kept, the ones of that part are read.
    """
    parts = list(_parts(turns(transcript.segments)))
    places = tuple(PlaceOfPart(number=place, start=one[0].start, end=one[-1].end) for place, one in enumerate(parts, 1))
    if not parts:
        return Spoken(parts=(), part=None)
    if second is not None:
        number = max((one.number for one in places if one.start <= second), default=1)
    chosen = places[min(max(number, 1), len(parts)) - 1]
    before = sum(len(turn.segments) for part in parts[: chosen.number - 1] for turn in part)
    kept = iter(words[before:])
    paragraphs = tuple(_paragraph(_timed(one, kept) if words else one) for one in parts[chosen.number - 1])
    return Spoken(parts=places, part=PartOfTranscript(**chosen.model_dump(), paragraphs=paragraphs))


def _parts(paragraphs: Iterable[Turn]) -> Iterator[list[Turn]]:
    gathered, words = list[Turn](), 0
    for one in paragraphs:
        gathered.append(one)
        words += count_words(one.text)
        if words >= WORDS_OF_A_PART:
            yield gathered
            gathered, words = [], 0
    if gathered:
        yield gathered


def _timed(turn: Turn, words: Iterator[Sequence[Mapping[str, Any]]]) -> Turn:
    timed = [
        one.model_copy(update={"words": tuple(map(Word.model_validate, kept))})
        for one, kept in zip(turn.segments, words, strict=False)
    ]
    return turn._replace(segments=tuple(timed))


def _paragraph(turn: Turn) -> Paragraph:
    text = one_line(turn.text, len(turn.text) + 1)
    return Paragraph(
        start=turn.start,
        end=turn.end,
        speaker=one_line(turn.speaker) or None,
        opens=turn.opens,
        text=text,
        words=tuple(_words(text, turn.segments)),
    )


def _words(text: str, segments: Iterable[Segment]) -> Iterator[TimedWord]:
    """The words that stand in the text; of a segment whose words nobody timed, its beginning."""
    for at, second in places(text, timed_texts(segments)):
        yield TimedWord(at=len(text[:at].encode("utf-16-le")) // 2, second=round(second, 2))
