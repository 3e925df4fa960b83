"""Whether a text names a day: in figures, or with its month's name in one of many languages."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_LANGUAGES = """
    ar bg ca cs da de el en es et eu fa fi fr gl he hi hr hu id is it ja ko lt lv ms nb nl pl pt ro ru sk sl sr sv th tr
    uk vi zh"""
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_TOGETHER = 7
"""So many pieces a date is written in at most: `12`, `de`, `marzo`, `de`, `2024`, and a mark or two."""


def names_day(text: str, day: date) -> bool:
    """Whether year, month and day stand together somewhere, in any order."""
    if f"{day:%Y%m%d}" in text:
        return True
    pieces = _PIECE.findall(text.casefold())
    for place, piece in enumerate(pieces):
        if piece == str(day.year):
            near = pieces[max(0, place - _TOGETHER + 1) : place + _TOGETHER]
            numbers = [int(one) for one in near if one.isdecimal() and len(one) <= 2]  # noqa: PLR2004 - of a day or a month
            if day.day in numbers and _has_month(near, numbers, day):
                return True
    return False


def _has_month(near: list[str], numbers: list[int], day: date) -> bool:
    others = list(numbers)
    others.remove(day.day)
    return day.month in others or not _month_names(day.month).isdisjoint(near)


@lru_cache(maxsize=12)
def _month_names(month: int) -> frozenset[str]:
    from babel import Locale

    names: set[str] = set()
    for language in _LANGUAGES.split():
        months = Locale(language).months
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                name = str(months[use][width][month]).casefold()
                names.update(piece for piece in _PIECE.findall(name) if not piece.isdecimal())
    return frozenset(names) - {"月", "월", "tháng", "thg"}
