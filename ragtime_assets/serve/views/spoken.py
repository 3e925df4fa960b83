"""What is said, as it is read: paragraphs with the time of every word, in parts that a browser takes easily."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.language.words import count_words
from ragtime_assets.domain.rendering.turns import Turn, turns
from ragtime_assets.domain.rendering.word_times import TimedText, places, timed_texts
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


class InParts:
    """A transcript in parts; each is laid out once, because all that read an episode ask for the same few."""

    def __init__(self, transcript: Transcript, words: WordsAsKept = ()) -> None:
        """Of `words`, those of the segments as they are kept, the ones of a part are read with it."""
        self._parts = list(_parts(turns(transcript.segments)))
        self._words = words
        self._laid_out = lru_cache(maxsize=None)(self._part)
        self.places = tuple(
            PlaceOfPart(number=number, start=one[0].start, end=one[-1].end) for number, one in enumerate(self._parts, 1)
        )

    def spoken(self, number: int, second: float | None = None) -> Spoken:
        """The part with this number, or the one in which `second` is said; the nearest there is."""
        if second is not None:
            number = max((one.number for one in self.places if one.start <= second), default=1)
        number = min(max(number, 1), len(self.places))
        return Spoken(parts=self.places, part=self._laid_out(number) if number else None)

    def _part(self, number: int) -> PartOfTranscript:
        before = sum(len(turn.segments) for part in self._parts[: number - 1] for turn in part)
        kept = iter(self._words[before:])
        paragraphs = tuple(_paragraph(turn, list(_timed(turn, kept))) for turn in self._parts[number - 1])
        return PartOfTranscript(**self.places[number - 1].model_dump(), paragraphs=paragraphs)


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


def _timed(turn: Turn, kept: Iterator[Sequence[Mapping[str, Any]]]) -> Iterator[TimedText]:
    """The words of a paragraph: of each segment those that are kept, or that it has."""
    for segment in turn.segments:
        words = next(kept, ())
        yield from (TimedText(one["start"], one["text"]) for one in words) if words else timed_texts([segment])


def _paragraph(turn: Turn, timed: Iterable[TimedText]) -> Paragraph:
    text = one_line(turn.text, len(turn.text) + 1)
    return Paragraph(
        start=turn.start,
        end=turn.end,
        speaker=one_line(turn.speaker) or None,
        opens=turn.opens,
        text=text,
        words=tuple(_words(text, timed)),
    )


def _words(text: str, timed: Iterable[TimedText]) -> Iterator[TimedWord]:
    """The words that stand in the text; of a segment whose words nobody timed, its beginning."""
    is_plain = text.isascii()
    for at, second in places(text, timed):
        counted = at if is_plain else len(text[:at].encode("utf-16-le")) // 2
        yield TimedWord(at=counted, second=round(second, 2))
