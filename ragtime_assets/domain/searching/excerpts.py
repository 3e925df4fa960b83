"""What a hit shows: some of what is said around the words that were asked for, and the second of the first of them.

Of a passage that answers a question, it is what is said around the quote that is cited, and the second of that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.language.sentence_ends import FULL_WIDTH_ENDS, ends_sentence
from ragtime_assets.domain.rendering.word_times import Place, TimedText, places, second_at
from ragtime_assets.domain.searching.found import Stretch, asked_words
from ragtime_assets.domain.text.lines import one_line

LONGEST = 420
"""Letters: about half a minute of talk."""
_BEFORE = 140
"""So many letters before the first word at most, to where its sentence begins."""
_CUT = "…"
_QUOTED = "“{}”"

Span = tuple[int, int]
Heard = Callable[[str, float, float], Sequence[TimedText]]
"""The words that are said in an episode between two seconds."""


@dataclass(frozen=True)
class Excerpt:
    """Some of a hit."""

    text: str
    asked: tuple[Span, ...]
    """Where words of the query stand in it."""
    second: float
    """When what it is about begins: the first of those words, or the quote; where there is neither, the hit."""


def excerpt_of(hit: Stretch, query: str, heard: Heard) -> Excerpt:
    """The part of a hit with most of the words that were asked for."""
    passage = hit.best.passage
    text = one_line(hit.text, len(hit.text) + 1)
    asked = list(asked_words(text, passage.language, query))
    start, end = _window(text, asked)
    shown = [(first, last) for first, last in asked if start <= first and last <= end]
    said = places(text, heard(passage.episode_key, hit.start, hit.end)) if shown else ()
    second = second_at(shown[0][0], list(said), Place(0, hit.start), Place(len(text), hit.end)) if shown else hit.start
    before, behind = _CUT * (start > 0), _CUT * (end < len(text))
    by = len(before) - start
    return Excerpt(
        text=f"{before}{text[start:end]}{behind}",
        asked=tuple((first + by, last + by) for first, last in shown),
        second=round(second, 2),
    )


def excerpt_around(quote: str, second: float, passage: Passage, query: str) -> Excerpt:
    """The part of a passage around a quote that begins at this second; the quote stands between quotation marks."""
    text = one_line(passage.text, len(passage.text) + 1)
    is_whole = quote in text
    said = quote if is_whole else quote.removesuffix(_CUT)
    at = max(text.find(said), 0)
    start, behind = _beginning(text, at), at + len(said)
    end = max(_ending(text, start), behind) if is_whole else behind
    shown = f"{_CUT * (start > 0)}{text[start:at]}{_QUOTED.format(quote)}{text[behind:end]}"
    told = f"{shown}{_CUT * (is_whole and end < len(text))}"
    return Excerpt(told, tuple(asked_words(told, passage.language, query)), second)


def _window(text: str, asked: Sequence[Span]) -> Span:
    """From the beginning of a sentence where one is near; of several parts with as many words, the first."""
    if len(text) <= LONGEST:
        return 0, len(text)
    first = max(range(len(asked)), key=lambda place: _together(text, asked, place), default=None)
    start = 0 if first is None else _beginning(text, asked[first][0])
    return start, _ending(text, start)


def _together(text: str, asked: Sequence[Span], first: int) -> tuple[int, int]:
    """How many different words that were asked for stand near behind this one, and how often they do."""
    until = bisect_left(asked, asked[first][0] + LONGEST - _BEFORE, key=lambda span: span[1])
    near = [text[start:end].casefold() for start, end in asked[first : max(until, first + 1)]]
    return len(set(near)), len(near)


def _beginning(text: str, at: int) -> int:
    earliest = max(at - _BEFORE, 0)
    if earliest == 0:
        return 0
    sentences = [place for place in range(earliest, at) if _begins_sentence(text, place)]
    if sentences:
        return sentences[0]
    word = text.find(" ", earliest, at)
    return word + 1 if word >= 0 else earliest


def _begins_sentence(text: str, place: int) -> bool:
    behind_space = text[place - 1] == " " and ends_sentence(text[max(place - 4, 0) : place - 1])
    return behind_space or (text[place - 1] in FULL_WIDTH_ENDS and text[place] not in FULL_WIDTH_ENDS)


def _ending(text: str, start: int) -> int:
    latest = start + LONGEST
    if latest >= len(text):
        return len(text)
    word = text.rfind(" ", start + LONGEST // 2, latest + 1)
    return word if word >= 0 else latest
