"""Numbers as they are written and as they are said, in figures and in English and German words.

A number is compared by its value. What may be read in several ways (`1.500`, `nineteen ten`) has several values, and
one of them has to stand in the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from ragtime_assets.domain.answering.number_words import BEGINNING_SCALES, ROMAN, SCALES, counts, word_value
from ragtime_assets.domain.language.words import folded

_SEPARATOR = "[.,'\u2019\u00a0\u202f]"
_ANY_SEPARATOR = "[ .,'\u2019\u00a0\u202f]"
_FIGURES = rf"\d{{1,3}}(?:[ ]\d{{3}})+(?!\d)|\d+(?:{_SEPARATOR}(?=\d)\d+)*"
_TOKEN = re.compile(rf"(?P<figures>{_FIGURES})(?P<tail>st|nd|rd|th|ern|er|s)?(?![^\W\d_])|(?P<word>[^\W\d_]+)")
_JOINED = (" ", "-", "\u00a0", "\u202f", "\u2011")
_AND = ("and", "und")
_OH = ("oh", "o")
_CENTURY = 100
_MOST_ADDED = 6
_THIS_ONE = 1900
"""Of which a decade is, when nobody says it."""


class Numeral(NamedTuple):
    """A number as it stands in a text, and what it may mean."""

    text: str
    values: frozenset[Decimal]
    is_decade: bool = False
    place: int = 0


class _Token(NamedTuple):
    """A word of the text, or figures."""

    start: int
    end: int
    word: str
    value: int | None = None
    """Of a word that is a number."""
    values: frozenset[Decimal] = frozenset()
    """What the figures, or the word alone, may mean."""
    is_decade: bool = False


def numerals(text: str, *, generous: bool = False) -> list[Numeral]:
    """The numbers that a text names; `generous` takes every reading of it, as a passage is read."""
    return list(_numerals(text, list(_read(text)), generous=generous))


def follows_from(value: Decimal, others: Sequence[Decimal]) -> bool:
    """Whether a number is the sum, the difference or the product of others that are named beside it."""
    chosen = (some for size in range(2, len(others) + 1) for some in combinations(others[:_MOST_ADDED], size))
    return any(value in (sum(some), some[0] - some[1], some[1] - some[0], some[0] * some[1]) for some in chosen)


def _numerals(text: str, tokens: Sequence[_Token], *, generous: bool) -> Iterator[Numeral]:
    place = 0
    while place < len(tokens):
        token, end = tokens[place], place + 1
        if token.value is not None or token.word in BEGINNING_SCALES:
            end = _end_of_run(text, tokens, place)
            run = tokens[place:end]
            if generous or not _is_weak(run):
                yield Numeral(
                    text[token.start : run[-1].end], _meant(run, generous=generous), run[-1].is_decade, token.start
                )
        elif token.values:
            values = token.values
            if end < len(tokens) and tokens[end].word in SCALES and _follows(text, tokens, end):
                scaled = frozenset(value * SCALES[tokens[end].word] for value in values)
                values, end = scaled | values if generous else scaled, end + 1
            yield Numeral(text[token.start : tokens[end - 1].end], values, token.is_decade, token.start)
        elif generous and (values := counts(token.word) or _scale(token.word)):
            yield Numeral(token.word, values, place=token.start)
        place = end


def _scale(word: str) -> frozenset[Decimal]:
    """A million, or what a quarter of one is counted in."""
    return frozenset({Decimal(SCALES[word])}) if word in SCALES else frozenset()


def _read(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        if figures := found["figures"]:
            is_decade = found["tail"] in ("s", "er", "ern") and figures.endswith("0") and len(figures) in (2, 4)
            yield _Token(*found.span(), figures, None, _of(frozenset(_readings(figures)), is_decade), is_decade)
            continue
        word = folded(found["word"]).replace("ß", "ss")
        known = word_value(word)
        roman = ROMAN.get(word) if found["word"].isupper() else None
        value, is_decade = known or (roman, False)
        values = frozenset[Decimal]() if value is None else _of(frozenset({Decimal(value)}), is_decade)
        yield _Token(*found.span(), word, value, values, is_decade)


def _of(values: frozenset[Decimal], is_decade: bool) -> frozenset[Decimal]:
    """The values; with those of a decade that is named without its century."""
    return values | {_THIS_ONE + value for value in values if is_decade and value < _CENTURY}


def _readings(figures: str) -> Iterator[Decimal]:
    """What figures may mean: `1,500` is 1500 or 1.5, `31.05.2024` three numbers."""
    first, *rest = re.split(_ANY_SEPARATOR, figures)
    marks = re.findall(_ANY_SEPARATOR, figures)
    of_three = [len(part) == 3 for part in rest]  # noqa: PLR2004 - thousands are set apart in threes
    if all(of_three) and len(set(marks)) <= 1:
        yield Decimal("".join((first, *rest)))
    if len(rest) == 1:
        yield Decimal(f"{first}.{rest[0]}").normalize()
    elif rest and all(of_three[:-1]) and len(set(marks[:-1])) == 1 and marks[-1] != marks[0]:
        yield Decimal("".join((first, *rest[:-1])) + f".{rest[-1]}").normalize()
    elif rest and not all(of_three):
        yield from map(Decimal, (first, *rest))


def _end_of_run(text: str, tokens: Sequence[_Token], place: int) -> int:
    """Where the number that begins here ends: behind the words that go on it, without a mark between them."""
    end = place + 1
    while end < len(tokens) and _follows(text, tokens, end):
        word = tokens[end].word
        goes_on = end + 1 < len(tokens) and tokens[end + 1].value is not None and _follows(text, tokens, end + 1)
        joins = goes_on and (word in _OH or (word in _AND and tokens[end - 1].word in SCALES))
        if tokens[end].value is None and word not in SCALES and not joins:
            break
        end += 1
    return end


def _follows(text: str, tokens: Sequence[_Token], place: int) -> bool:
    return text[tokens[place - 1].end : tokens[place].start] in _JOINED


def _is_weak(run: Sequence[_Token]) -> bool:
    """Whether it is as often no number: one, first, the second of a clock."""
    return len(run) == 1 and (run[0].value == 1 or run[0].word == "second")


def _meant(run: Sequence[_Token], *, generous: bool) -> frozenset[Decimal]:
    """What words in a row may mean; each for itself, when they make no number together."""
    if any(one.word in SCALES for one in run):
        return frozenset({_by_scales(run)})
    if len(run) == 1:
        return run[0].values
    together = frozenset(_in_a_row(run))
    is_list = run[0].value is not None and run[0].value < 10  # noqa: PLR2004 - two three years
    alone = [value for one in run for value in one.values] if generous and (is_list or not together) else []
    return together | frozenset(alone)


def _by_scales(run: Sequence[_Token]) -> Decimal:
    total = current = 0
    for one in run:
        if one.word in SCALES:
            current = (current or 1) * SCALES[one.word]
            if SCALES[one.word] > 100:  # noqa: PLR2004 - what comes behind a thousand is added to it
                total, current = total + current, 0
        else:
            current += one.value or 0
    return Decimal(total + current)


def _in_a_row(run: Sequence[_Token]) -> Iterator[Decimal]:
    """Thirty-four; the two halves of a year, nineteen thirty-four; a number and its hundredths, one eighty."""
    values = [one.value for one in run if one.value is not None]
    first, rest = values[0], values[1:]
    if _is_tens(first) and rest[0] < 10 and run[1].word not in _OH:  # noqa: PLR2004
        first, rest = first + rest[0], rest[1:]
    if not rest:
        yield Decimal(first)
    elif len(rest) == 1 or (len(rest) == 2 and _is_tens(rest[0]) and rest[1] < 10):  # noqa: PLR2004
        behind = sum(rest)
        if first < _CENTURY > behind:
            yield Decimal(first * _CENTURY + behind)
        if first < 10:  # noqa: PLR2004
            yield first + Decimal(behind) / _CENTURY


def _is_tens(value: int) -> bool:
    return 20 <= value < _CENTURY and value % 10 == 0  # noqa: PLR2004
