"""A cue: a line of captions with its time; what of it is said, and how it becomes segments."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.language.sentence_ends import LONGEST, ends_sentence
from ragtime_assets.domain.language.spelling import shares, spread
from ragtime_assets.domain.language.words import apart, count_words
from ragtime_assets.domain.text.lines import writable

CLOCK = r"\d{1,3}(?::\d{2}){1,2}(?:[.,]\d{1,3})?"
"""A time as it stands in prose, as a pattern."""
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>]*>|\{\\[^{}]*\}")
_ASIDE = re.compile(r"\[[^\]]{1,60}\]|[\u2669-\u266c]|>{2,}")
"""What is shown and not said: [applause], notes of music, the mark of a new speaker."""
_IN_BRACKETS = re.compile(r"^([-\u2013\s]*)[\[(]([^\[\]()]{1,60})[\])](?=:)")
"""Who speaks, as some programs write it: [SPEAKER_01]: Hello."""
_NEVER_SEEN = re.compile("[\u00ad\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Where a word may be broken, and in which direction it runs: a word with one of these in it is found by nobody."""


class Cue(NamedTuple):
    """What is said between two times; `words` only where the file itself times each."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()


def plain(text: str) -> str:
    """The words of a line of captions, without markup and without what nobody says."""
    shown = _NEVER_SEEN.sub("", writable(html.unescape(_TAG.sub("", text))))
    return unicodedata.normalize("NFC", " ".join(_ASIDE.sub(" ", _IN_BRACKETS.sub(r"\1\2", shown)).split()))


def segments_of(cues: Iterable[Cue]) -> tuple[Segment, ...]:
    """One segment per cue and speaker, several where a cue is long; words as the file times them, else spread."""
    return tuple(
        Segment(
            start=cue.start,
            end=cue.end,
            text=cue.text,
            speaker=cue.speaker,
            words=cue.words or tuple(one.word for one in spread(cue.text, cue.start, cue.end)),
        )
        for whole in cues
        for cue in _cut(whole)
    )


def _cut(cue: Cue) -> Iterator[Cue]:
    if count_words(cue.text) <= LONGEST or cue.words:
        yield cue
        return
    texts = list(_sentences(cue.text))
    for text, (start, end) in zip(texts, shares(texts, cue.start, cue.end), strict=True):
        yield Cue(start, end, text, cue.speaker)


def _sentences(text: str) -> Iterator[str]:
    piece = ""
    for gap, word in apart(text):
        piece += gap + word
        if ends_sentence(word) or count_words(piece) >= LONGEST:
            yield piece.strip()
            piece = ""
    if piece:
        yield piece.strip()
