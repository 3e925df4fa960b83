"""Whether what a citation cites still stands in the corpus, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal

from ragtime_assets.domain.answering.answer import Citation, at_second, without_second
from ragtime_assets.domain.answering.phrases import Phrases
from ragtime_assets.domain.answering.quoting import LONGEST_QUOTE, places_of, said_words, second_in, second_of
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.words import run_together
from ragtime_assets.domain.text.lines import one_line

State = Literal["holds", "moved", "changed", "gone"]
_NEAR = 1.0
"""Seconds that two cuts of one recording may differ."""
_REPLACED = 0.25
"""A word in the place of another is a little likelier than one that is gone."""
_BETWEEN = 0.5
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
    title: str | None = None
    """Of the episode, as the corpus has it now; None where it does not, as for the next two."""
    show: str | None = None
    url: str | None = None
    """The page of the episode, at that second."""


def verdict(citation: Citation, now: Cited, words: Phrases) -> Verdict:
    """What became of a citation: all that it says is held against the episode, whatever its digest is."""
    found = _judged(citation, now, words)
    if not now.passages:
        return found
    episode, second = now.passages[0], citation.second if found.second is None else found.second
    return replace(found, title=episode.episode_title, show=episode.show, url=at_second(episode.url, second))


def _judged(citation: Citation, now: Cited, words: Phrases) -> Verdict:
    number = citation.number
    if not now.is_known:
        return Verdict(number, "gone", words.never_had)
    if now.is_forgotten:
        return Verdict(number, "gone", words.forgotten)
    if not now.passages:
        return Verdict(number, "gone", words.unsearchable)
    beside = _beside(citation, now, words)
    held = _as_it_was(citation, now)
    second = _second(citation, now) if held is None else held
    if second is None:
        return _changed(citation, now, words, beside)
    if abs(second - citation.second) > _NEAR:
        told = words.from_to.format(before=clock(citation.second), now=clock(second))
        return Verdict(number, "moved", f"{told}{beside}", second)
    cited, address = without_second(citation.url), without_second(now.passages[0].url)
    if cited != address:
        difference = (f"- {one_line(cited)}", f"+ {one_line(address)}")
        return Verdict(number, "changed", f"{words.other_address}{beside}", second, difference)
    if held is None:
        return Verdict(number, "holds", f"{words.where_it_was}{beside}", second)
    return Verdict(number, "holds", f"{words.as_it_was}{beside}", citation.second)


def _beside(citation: Citation, now: Cited, words: Phrases) -> str:
    """What else is otherwise now, and takes nothing from what is quoted."""
    is_other_audio = citation.audio_sha256 is not None and now.audio_sha256 not in (None, citation.audio_sha256)
    called = now.passages[0]
    is_other_title = (called.show, called.episode_title) != (citation.show, citation.episode_title)
    return (words.other_audio if is_other_audio else "") + (words.other_title if is_other_title else "")


def _as_it_was(citation: Citation, now: Cited) -> float | None:
    """When the passage that is cited says its quote; None where it is another passage now, or does not say it."""
    for passage in now.passages:
        if passage.chunk_digest == citation.passage_digest and places_of(citation.quote, said_words(passage.text)):
            seconds = (second_in(passage, citation.quote, now.segments, near) for near in (citation.second, None))
            return min(seconds, key=lambda second: abs(second - citation.second))
    return None


def _second(citation: Citation, now: Cited) -> float | None:
    """When the quote is said now; without its transcript, where the passage begins that has it."""
    if now.segments:
        return second_of(citation.quote, now.segments, citation.second)
    starts = [one.start for one in now.passages if places_of(citation.quote, said_words(one.text))]
    return min(starts, key=lambda start: abs(start - citation.second), default=None)


def _changed(citation: Citation, now: Cited, words: Phrases, beside: str) -> Verdict:
    from rapidfuzz import fuzz

    wanted = said_words(citation.quote)
    one_text = " ".join(wanted)
    said = [said_words(one.text) for one in now.passages]
    scores = [fuzz.partial_ratio(one_text, " ".join(one)) for one in said]
    likest = max(range(len(scores)), key=scores.__getitem__)
    if not wanted or len(wanted) > LONGEST_QUOTE or scores[likest] < _ALIKE:
        return Verdict(citation.number, "gone", f"{words.nothing_like_it}{beside}")
    passage, there = now.passages[likest], said[likest]
    begin, end = aligned(wanted, there)
    quote = " ".join(there[begin:end])
    before = sum(len(one) for one in there[:begin]) / max(sum(map(len, there)), 1)
    about = passage.start + (passage.end - passage.start) * before
    second = second_of(quote, now.segments, about)
    second = round(about if second is None else second, 2)
    told = f"{words.something_else.format(now=clock(second))}{beside}"
    return Verdict(citation.number, "changed", told, second, _difference(wanted, there[begin:end]))


def aligned(wanted: Sequence[str], there: Sequence[str]) -> tuple[int, int]:
    """From where to where `there` says what is wanted, or what it says in its place, however much longer that is.

    The cheapest way from the first word to the last: a word that is left out or replaced costs its letters, one that
    came in between half a letter, and what stands before and behind nothing.
    """
    ways = [(0.0, at, at) for at in range(len(there) + 1)]
    """For each place in `there`: the cost of the cheapest way that ends there, where it begins, and where it ends."""
    for word in wanted:
        cost, begin, end = ways[0]
        row = [(cost + len(word), begin, end)]
        for at, other in enumerate(there):
            cost, begin, end = ways[at]
            taken = (cost if word == other else cost + len(word) - _REPLACED, begin, at + 1)
            cost, begin, end = ways[at + 1]
            left_out = (cost + len(word), begin, end)
            cost, begin, end = row[at]
            row.append(min(taken, left_out, (cost + _BETWEEN, begin, end), key=lambda way: way[0]))
        ways = row
    _, begin, end = min(ways, key=lambda way: way[0])
    return (min(begin, end), end)


def _difference(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    lines: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [f"- {run_together(before[a:b])}"] if b > a else []
            lines += [f"+ {run_together(after[c:d])}"] if d > c else []
    return tuple(lines)
