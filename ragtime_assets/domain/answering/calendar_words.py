"""Months and days of the week, by whatever name a text has for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from ragtime_assets.domain.answering.numerals import numerals
from ragtime_assets.domain.language.words import folded

_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da")
_SHORTENED = ("en", "de")
"""Languages whose abbreviations count too; those of others are words of these."""
_WORDS_TOO = frozenset(
    {"may", "march", "mar", "mai", "maj", "sun", "sat", "fri", "so", "mo", "di", "mi", "do", "fr", "sa"}
)
"""Which are something else as often: they count beside a number, or behind a word that leads to a date."""
_LEADING = "in im since until till by of last early late mid next am vom bis seit ab ende anfang mitte"
_IS_BEFORE = re.compile(r"(?:st|nd|rd|th)?\.?\s+(?:of\s+)?")
_IS_BEHIND = re.compile(r"\s+(?:the\s+)?")
_NEAR = 30
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_FIGURES = re.compile(r"(?<!\d)(?:(\d{1,4})[./-])?(\d{1,2})[./-](\d{1,4})(?!\d)")


class DayOfMonth(NamedTuple):
    """A day of the year."""

    day: int
    month: int


def calendar_words(text: str) -> dict[str, str]:
    """By how it is compared (`month 5`, `day 0`), each month and day of the week that a text names, as it stands."""
    pieces = _PIECE.findall(text)
    found: dict[str, str] = {}
    for place, piece in enumerate(pieces):
        meant = _names().get(folded(piece))
        if meant and (folded(piece) not in _WORDS_TOO or _is_beside(pieces, place)):
            found.setdefault(meant, piece)
    return found


def months_in_figures(text: str) -> Iterator[str]:
    """The months that dates in figures may be in: 3.5.1934 is in March or in May."""
    for found in _FIGURES.finditer(text):
        yield from (f"month {int(part)}" for part in found.groups() if part and 1 <= int(part) <= 12)  # noqa: PLR2004 - months


def days_of_months(text: str) -> Iterator[DayOfMonth]:
    """The days that stand beside their month: 4. Juli, July 4th, the fourth of July, 4.7.1954 in either order."""
    for found in _FIGURES.finditer(text):
        parts = [int(part) for part in found.groups() if part and len(part) <= 2]  # noqa: PLR2004 - no year
        yield from (DayOfMonth(day, month) for day, month in permutations(parts, 2) if month <= 12)  # noqa: PLR2004
    for name, meant in _month_names(text):
        near = text[max(name.start() - _NEAR, 0) : name.start()], text[name.end() : name.end() + _NEAR]
        before, behind = numerals(near[0], generous=True), numerals(near[1], generous=True)
        beside = [one for one in before[-1:] if _IS_BEFORE.fullmatch(near[0][one.place + len(one.text) :])]
        beside += [one for one in behind[:1] if _IS_BEHIND.fullmatch(near[1][: one.place])]
        yield from (DayOfMonth(int(day), meant) for one in beside for day in one.values if 1 <= day <= 31)  # noqa: PLR2004


def _month_names(text: str) -> Iterator[tuple[re.Match[str], int]]:
    for found in _PIECE.finditer(text):
        kind, _, number = _names().get(folded(found.group()), "").partition(" ")
        if kind == "month":
            yield found, int(number)


def is_calendar_word(word: str) -> bool:
    """Whether a word may name a month or a day."""
    return folded(word) in _names()


def _is_beside(pieces: list[str], place: int) -> bool:
    piece, before, behind = pieces[place], pieces[max(place - 1, 0) : place], pieces[place + 1 : place + 2]
    near = [*before, *behind]
    return piece[:1].isupper() and (
        any(one.isdecimal() for one in near) or any(folded(one) in _LEADING.split() for one in before)
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from babel import Locale

    names: dict[str, str] = {}
    for language in _LANGUAGES:
        locale = Locale(language)
        for kind, told in (("month", locale.months), ("day", locale.days)):
            for use in ("format", "stand-alone"):
                for width in ("wide", "abbreviated") if language in _SHORTENED else ("wide",):
                    for number, name in told[use][width].items():
                        word = folded(str(name))
                        if len(word) > 1 and word.isalpha():
                            names.setdefault(word, f"{kind} {number}")
    return names
