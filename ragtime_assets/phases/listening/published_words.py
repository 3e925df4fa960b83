"""What was heard, put in published words: theirs are the words, the audio's the times.

Which heard word is which published one is `text_alignment.py`'s to say; whether to do it at all, `published_text.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Paragraph, Segment, Word
from ragtime_assets.domain.language.sentence_ends import over
from ragtime_assets.domain.language.spelling import Spelled, shared, spelled, text_of
from ragtime_assets.domain.language.words import letters, says_something, signs
from ragtime_assets.phases.listening.text_alignment import Stretch, aligned, alike, misheard, slipped

_MOST_WORDS = 200_000
"""Published words that are read; more is said in no episode."""
_SLOWEST = 1.0
"""Seconds that a word takes at most where nobody heard it."""


@dataclass(frozen=True)
class Reworded:
    """The segments in published words, and how well the two texts fit each other."""

    segments: tuple[Segment, ...]
    found: int
    """Published words that were heard, in their order."""
    published: int
    covered: float
    """The part of the words in the segments that the text has, or has a place for."""

    @property
    def agreement(self) -> float:
        """The part of the published words that were heard, in their order."""
        return self.found / max(self.published, 1)


def reworded(heard: Sequence[Segment], published: Sequence[Paragraph]) -> Reworded:
    """The segments with the published words where they were heard, or misheard, and speakers with them."""
    spoken, written = list(_spoken(heard)), list(islice(_written(published), _MOST_WORDS))
    stretches = aligned([letters(one.word.text) for one in spoken], [letters(one.text) for one in written])
    found = sum(len(stretch.published) for stretch in stretches if stretch.same)
    said = list(_in_order(one for stretch in stretches for one in _said(stretch, spoken, written)))
    covered = sum(one.paragraph is not None for one in said) / max(len(said), 1)
    return Reworded(tuple(_segments(said)), found, len(written), covered)


class _Written(NamedTuple):
    """A published word, what stands before it, and the paragraph that it is in."""

    gap: str
    text: str
    paragraph: Paragraph


class _Spoken(NamedTuple):
    """A word of the transcript, what stands before it, where it was heard, and the paragraph it is from or within."""

    gap: str
    word: Word
    heard_in: Segment
    paragraph: Paragraph | None = None

    @property
    def speaker(self) -> str | None:
        """Who says it, by the publisher where the publisher has it."""
        return self.heard_in.speaker if self.paragraph is None else self.paragraph.speaker


def _spoken(segments: Sequence[Segment]) -> Iterator[_Spoken]:
    for segment in segments:
        for gap, word in spelled(segment):
            parts = signs(word.text)
            words = shared(parts, word.start, word.end) if len(parts) > 1 else [word]
            for number, one in enumerate(words):
                yield _Spoken("" if number else gap, one, segment)


def _written(paragraphs: Sequence[Paragraph]) -> Iterator[_Written]:
    for paragraph in paragraphs:
        gap = " "
        for word in paragraph.text.split():
            if not says_something(word):
                gap += f"{word} "
                continue
            for piece in signs(word):
                yield _Written(gap, piece, paragraph)
                gap = ""
            gap = " "


def _said(stretch: Stretch, spoken: Sequence[_Spoken], written: Sequence[_Written]) -> Iterator[_Spoken]:
    """The published words where they are the heard ones or better, else what was heard."""
    heard = spoken[stretch.heard.start : stretch.heard.stop]
    published = written[stretch.published.start : stretch.published.stop]
    if stretch.same:
        for one, better in zip(heard, published, strict=True):
            yield _Spoken(better.gap, _respelled(one.word, better.text), one.heard_in, better.paragraph)
    elif meant := _meant(heard, published, _around(stretch, written)):
        yield from _instead(heard, meant, until=_start_after(stretch, spoken))
    elif not heard and slipped(len(published)) and _within_paragraph(_around(stretch, written)):
        yield from _between(spoken[stretch.heard.start - 1 : stretch.heard.start + 1], published)
    else:
        paragraph = _around(stretch, written)[0] if slipped(len(heard)) else None
        yield from (one._replace(paragraph=paragraph) for one in heard)


def _meant(
    heard: Sequence[_Spoken], published: Sequence[_Written], around: Sequence[Paragraph | None]
) -> Sequence[_Written]:
    """The published words that were said where these were heard: all but headings in between, or all, or none."""
    sound = [letters(one.word.text) for one in heard]
    without_headings = [one for one in published if any(one.paragraph is paragraph for paragraph in around)]
    if misheard(sound, [letters(one.text) for one in without_headings]):
        return without_headings
    return published if alike(sound, [letters(one.text) for one in published]) else []


def _instead(heard: Sequence[_Spoken], published: Sequence[_Written], until: float) -> Iterator[_Spoken]:
    """The published words at the times of the heard ones; as many keep them, others share them."""
    start, end = heard[0].word.start, max(one.word.end for one in heard)
    words = shared([one.text for one in published], start, max(start, min(end, until)))
    if len(heard) == len(published):
        words = [
            old.word.model_copy(update={"text": new.text, "probability": None})
            for old, new in zip(heard, published, strict=True)
        ]
    for one, word in zip(published, words, strict=True):
        yield _Spoken(one.gap, word, heard[0].heard_in, one.paragraph)


def _between(neighbours: Sequence[_Spoken], published: Sequence[_Written]) -> Iterator[_Spoken]:
    """Words that were missed, in the time that their neighbours leave."""
    before, after = neighbours
    end = after.word.start
    start = min(before.word.end, end)
    words = shared([one.text for one in published], start, min(end, start + _SLOWEST * len(published)))
    for one, word in zip(published, words, strict=True):
        yield _Spoken(one.gap, word, before.heard_in, one.paragraph)


def _start_after(stretch: Stretch, spoken: Sequence[_Spoken]) -> float:
    return spoken[stretch.heard.stop].word.start if stretch.heard.stop < len(spoken) else float("inf")


def _around(stretch: Stretch, written: Sequence[_Written]) -> tuple[Paragraph | None, Paragraph | None]:
    """The paragraphs of the published words before and after a stretch."""
    first, after = stretch.published.start, stretch.published.stop
    before = written[first - 1].paragraph if first > 0 else None
    return before, written[after].paragraph if after < len(written) else None


def _within_paragraph(around: tuple[Paragraph | None, Paragraph | None]) -> bool:
    """Whether there are words of the same paragraph on both sides: what stands alone may be a heading."""
    before, after = around
    return before is not None and before is after


def _respelled(word: Word, text: str) -> Word:
    return word if word.text == text else word.model_copy(update={"text": text})


def _in_order(said: Iterable[_Spoken]) -> Iterator[_Spoken]:
    """The words with times that never run backwards."""
    reached = 0.0
    for one in said:
        reached = max(one.word.start, reached)
        times = {"start": reached, "end": max(one.word.end, reached)}
        late = one.word.start < reached
        yield one._replace(word=one.word.model_copy(update=times)) if late else one


def _segments(said: Iterable[_Spoken]) -> Iterator[Segment]:
    """The words in segments: published sentences where they are published, as they were heard elsewhere."""
    piece: list[_Spoken] = []
    for one in said:
        if piece and _begins_anew(piece, one):
            yield _segment(piece)
            piece = []
        piece.append(one)
    if piece:
        yield _segment(piece)


def _begins_anew(piece: Sequence[_Spoken], one: _Spoken) -> bool:
    before = piece[-1]
    if one.speaker != before.speaker or one.heard_in.language != before.heard_in.language:
        return True
    if one.paragraph is None or before.paragraph is None:
        return one.heard_in is not before.heard_in
    return over(len(piece), before.word.text, pause=one.word.start - before.word.end)


def _segment(piece: Sequence[_Spoken]) -> Segment:
    words = tuple(one.word for one in piece)
    return Segment(
        start=words[0].start,
        end=max(word.end for word in words),
        text=text_of([Spelled(one.gap if place else "", one.word) for place, one in enumerate(piece)]),
        speaker=piece[0].speaker,
        language=piece[0].heard_in.language,
        words=words,
    )
