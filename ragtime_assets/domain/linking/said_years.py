"""The years and decades that somebody says, in figures or in words, in English and German.

"Sixty-one" is a year of any century that it may be, as people leave it out; nothing is said of other numbers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ragtime_assets.domain.language.words import folded

_FULL = re.compile(r"^(1[0-9]{3}|20[0-9]{2})(s|er|ern)?$")
_SHORT = re.compile(r"^([2-9][0-9])(s|er|ern)?$")
_FIRST_SHORT, _LATEST_OF_THIS_CENTURY = 21, 35
_CENTURIES = range(11, 21)
_TEN = 10

_DATA = Path(__file__).parent / "data" / "years.toml"


class Span(NamedTuple):
    """From the first to the last year that may be meant."""

    first: int
    last: int


SaidYear = tuple[Span, ...]
"""One that is said, as all that it may be: a year, a decade, or one of each century."""


def said_years(words: Sequence[str]) -> list[SaidYear]:
    """Those in these folded words, in their order."""
    return list(_said(words))


def _said(words: Sequence[str]) -> Iterator[SaidYear]:
    at = 0
    while at < len(words):
        found, end = _at(words, at)
        if found:
            yield found
        at = max(end, at + 1)


def _at(words: Sequence[str], at: int) -> tuple[SaidYear, int]:
    """The year that begins at this word, and where it ends; nothing where none does."""
    word = words[at]
    if full := _FULL.match(word):
        return _years(int(full[1]), is_decade=bool(full[2])), at + 1
    if word in _german_years():
        return _years(_german_years()[word]), at + 1
    century, after = _century(words, at)
    if century is not None:
        year, end = _within_century(words, after)
        if year is not None:
            return _years(100 * century + year), end
        if after < len(words) and words[after] in _decades():
            return _years(100 * century + _decades()[words[after]], is_decade=True), after + 1
    return _short(words, at)


def _short(words: Sequence[str], at: int) -> tuple[SaidYear, int]:
    word = words[at]
    if word in _decades():
        return _of_any_century(_decades()[word], is_decade=True), at + 1
    figures = _SHORT.match(word)
    year, end = (int(figures[1]), at + 1) if figures else _number(words, at)
    if figures and figures[2]:
        return _of_any_century(int(figures[1]), is_decade=True), end
    is_told = at > 0 and words[at - 1] in _words("before")
    is_other = end < len(words) and words[end] in _words("counted")
    if year is None or year < _FIRST_SHORT or is_other or not (is_told or word in _german_compounds()):
        return (), at + 1
    return _of_any_century(year), end


def is_number(word: str) -> bool:
    """Whether this folded word is a number below a hundred, or its tens."""
    return word in _english() or word in _german()


def _years(year: int, *, is_decade: bool = False) -> SaidYear:
    return (Span(year, year + 9 if is_decade else year),)


def _of_any_century(year: int, *, is_decade: bool = False) -> SaidYear:
    centuries = (1900, 1800, *((2000,) if year <= _LATEST_OF_THIS_CENTURY else ()))
    return tuple(span for century in centuries for span in _years(century + year, is_decade=is_decade))


def _century(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The century that is said, as "nineteen" or "two thousand", and where it ends."""
    if tuple(words[at : at + 2]) == ("two", "thousand"):
        return 20, at + 2
    number = _english().get(words[at])
    return (number, at + 1) if number in _CENTURIES else (None, at)


def _within_century(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """What follows the century, as "fifty-four", "oh nine" or "hundred", and where it ends."""
    is_thousand = at > 1 and words[at - 1] == "thousand"
    if at < len(words) and words[at] == "hundred":
        return 0, at + 1
    if is_thousand and at < len(words) and words[at] == "and":
        at += 1
    number, end = _number(words, at)
    if number is not None and (number >= _TEN or is_thousand):
        return number, end
    if at + 1 < len(words) and words[at] in ("oh", "o") and words[at + 1] in _words("ones"):
        return _english()[words[at + 1]], at + 2
    return (0, at) if is_thousand else (None, at)


def _number(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The number below a hundred that is said here, and where it ends."""
    if at >= len(words):
        return None, at
    first = _english().get(words[at], _german().get(words[at]))
    more = _english().get(words[at + 1]) if at + 1 < len(words) else None
    if first is not None and words[at] in _words("tens") and more is not None and more < _TEN:
        return first + more, at + 2
    return first, at + 1


@cache
def _words(kind: str) -> tuple[str, ...]:
    """The words of this kind, folded."""
    return tuple(map(folded, tomllib.loads(_DATA.read_text(encoding="utf-8"))[kind].split()))


@cache
def _english() -> Mapping[str, int]:
    return {
        **{word: number for number, word in enumerate(_words("ones"), 1)},
        **{word: number for number, word in enumerate(_words("teens"), 10)},
        **{word: 10 * number for number, word in enumerate(_words("tens"), 2)},
    }


@cache
def _decades() -> Mapping[str, int]:
    german = {
        word + end: 10 * number
        for number, word in enumerate(_words("zehn"), 2)
        for end in ("er", "ern", "erjahre", "erjahren")
    }
    return {word: 10 * number for number, word in enumerate(_words("decades"), 2)} | german


@cache
def _german() -> Mapping[str, int]:
    return {
        **{word: number for number, word in enumerate(_words("zehner"), 10)},
        **{word: 10 * number for number, word in enumerate(_words("zehn"), 2)},
        **_german_compounds(),
    }


@cache
def _german_compounds() -> Mapping[str, int]:
    """German says "dreiundsechzig" as one word, mostly of a year."""
    return {
        f"{one}und{ten}": 10 * tens + ones
        for ones, one in enumerate(_words("einer"), 1)
        for tens, ten in enumerate(_words("zehn"), 2)
    }


@cache
def _german_years() -> Mapping[str, int]:
    """Whole years as one word, as "neunzehnhundertdreiundsechzig" and "zweitausenddreizehn"."""
    centuries = {word + "hundert": 100 * number for number, word in enumerate(_words("zehner"), 10)}
    thousands = {"zweitausend": 2000, "zweitausendund": 2000}
    digits = {word: number for number, word in enumerate(_words("einer"), 1)} | {"eins": 1}
    ends = {"": 0, **digits, **_german()}
    return {
        century + end: first + year for century, first in (centuries | thousands).items() for end, year in ends.items()
    }
