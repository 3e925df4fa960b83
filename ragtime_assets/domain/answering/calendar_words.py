"""Months and days of the week, by whatever name a text has for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ragtime_assets.domain.language.words import folded

_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da")
_SHORTENED = ("en", "de")
"""Languages whose abbreviations count too; those of others are words of these."""
_WORDS_TOO = frozenset(
    {"may", "march", "mar", "mai", "maj", "sun", "sat", "fri", "so", "mo", "di", "mi", "do", "fr", "sa"}
)
"""Which are something else as often: they count beside a number, or behind a word that leads to a date."""
_LEADING = "in im since until till by of last early late mid next am vom bis seit ab ende anfang mitte"
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_FIGURES = re.compile(r"(?<!\d)(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?!\d)")


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
        yield from (f"month {int(part)}" for part in found.groups() if 1 <= int(part) <= 12)  # noqa: PLR2004 - months


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
