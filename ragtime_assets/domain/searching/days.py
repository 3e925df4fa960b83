"""Days as people write them: a day, a month or a year."""

from __future__ import annotations

import calendar
import re

from ragtime_assets.domain.text.lines import writable

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def first_day(text: str) -> str | None:
    """The first day of what `text` names, as 2024-05-31; None when it names none."""
    return _day(text, last=False)


def last_day(text: str) -> str | None:
    """The last day of it."""
    return _day(text, last=True)


def _day(text: str, *, last: bool) -> str | None:
    found = _DAY.fullmatch(writable(text).strip())
    if found is None:
        return None
    year = int(found[1])
    month = int(found[2] or (12 if last else 1))
    if not (year and 1 <= month <= 12):
        return None
    length = calendar.monthrange(year, month)[1]
    day = int(found[3] or (length if last else 1))
    return f"{year:04}-{month:02}-{day:02}" if 1 <= day <= length else None
