"""Whether what a citation cites still stands in the corpus, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from ragtime_assets.domain.answering.answer import Citation
from ragtime_assets.domain.answering.phrases import Phrases
from ragtime_assets.domain.answering.quotes import plain
from ragtime_assets.domain.answering.quoting import second_of
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.figures import clock

State = Literal["holds", "moved", "changed", "gone"]
_NEAR = 1.0
"""Seconds that two cuts of one recording may differ."""
_ALIKE = 60
"""A quote that was changed is still told by so much of it, in hundredths."""


@dataclass(frozen=True)
class Cited:
    """The episode of a citation as the corpus has it now."""

    is_known: bool = True
    """Whether the corpus ever had it."""
    is_forgotten: bool = False
    passages: Sequence[Passage] = ()
    segments: Sequence[Segment] = ()
    audio_sha256: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of one citation."""

    number: int
    state: State
    told: str
    """In words of the language of the question."""
    second: float | None = None
    """Where it is said now."""
    difference: tuple[str, ...] = field(default=())
    """What the corpus says now instead, word by word: lines that begin with `-` and `+`."""


def verdict(citation: Citation, now: Cited, words: Phrases) -> Verdict:
    """What became of a citation."""
    number = citation.number
    if not now.is_known:
        return Verdict(number, "gone", words.never_had)
    if now.is_forgotten:
        return Verdict(number, "gone", words.forgotten)
    if not now.passages:
        return Verdict(number, "gone", words.unsearchable)
    other_audio = citation.audio_sha256 is not None and now.audio_sha256 not in (None, citation.audio_sha256)
    beside = words.other_audio if other_audio else ""
    if any(one.chunk_digest == citation.passage_digest for one in now.passages):
        return Verdict(number, "holds", f"{words.as_it_was}{beside}", citation.second)
    second = _second(citation, now)
    if second is None:
        return _changed(citation, now, words, beside)
    if abs(second - citation.second) <= _NEAR:
        return Verdict(number, "holds", f"{words.where_it_was}{beside}", second)
    told = words.from_to.format(before=clock(citation.second), now=clock(second))
    return Verdict(number, "moved", f"{told}{beside}", second)


def _second(citation: Citation, now: Cited) -> float | None:
    """When the quote is said now; without its transcript, where the passage begins that has it."""
    if now.segments:
        return second_of(citation.quote, now.segments, citation.second)
    wanted = plain(citation.quote.removesuffix("\u2026"))
    starts = [one.start for one in now.passages if f" {wanted} " in f" {plain(one.text)} "]
    return min(starts, key=lambda start: abs(start - citation.second), default=None)


def _changed(citation: Citation, now: Cited, words: Phrases, beside: str) -> Verdict:
    from rapidfuzz import fuzz

    wanted = plain(citation.quote.removesuffix("\u2026"))
    found = [
        (alignment.score, one, text[_begin(text, alignment.dest_start) : _end(text, alignment.dest_end)])
        for one in now.passages
        if (alignment := fuzz.partial_ratio_alignment(wanted, text := plain(one.text))) is not None
    ]
    score, passage, said = max(found, key=lambda one: one[0])
    if score < _ALIKE:
        return Verdict(citation.number, "gone", f"{words.nothing_like_it}{beside}")
    told = f"{words.something_else.format(now=clock(passage.start))}{beside}"
    return Verdict(citation.number, "changed", told, passage.start, _difference(wanted, said))


def _difference(before: str, after: str) -> tuple[str, ...]:
    one, other = before.split(), after.split()
    lines: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [f"- {' '.join(one[a:b])}"] if b > a else []
            lines += [f"+ {' '.join(other[c:d])}"] if d > c else []
    return tuple(lines)


def _begin(text: str, place: int) -> int:
    return text.rfind(" ", 0, place) + 1


def _end(text: str, place: int) -> int:
    behind = text.find(" ", place)
    return behind if behind >= 0 else len(text)
