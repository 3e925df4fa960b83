"""Dates as feeds, pages and servers write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from ragtime_assets.domain.text.months import MONTH_OF

_OFFSET = re.compile(r"\s(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_NO_YEAR = re.compile(r"(?<![-+\d])0\d{3}(?![\d:])")
_ZONE = re.compile(r"\s([A-Za-z]{3,5})$")
_ZONES = {
    "WET": "+0000",
    "WEST": "+0100",
    "BST": "+0100",
    "CET": "+0100",
    "MEZ": "+0100",
    "CEST": "+0200",
    "MESZ": "+0200",
    "EET": "+0200",
    "SAST": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "JST": "+0900",
    "KST": "+0900",
    "AEST": "+1000",
    "AEDT": "+1100",
    "NZST": "+1200",
    "NZDT": "+1300",
    "HST": "-1000",
    "AKST": "-0900",
    "AKDT": "-0800",
}
"""Zones that RFC 822 does not name and feeds do; those that mean several, such as IST, are left out."""

_IN_WORDS = re.compile(
    r"(?:[^\W\d]+[.,]*\s+)?(\d{1,2})\.?\s+(?:de\s+)?([^\W\d]{3,12})[.,]?\s+(?:de\s+)?(\d{4})\b[,.]?(.*)"
)
"""As programs write RFC 822 that speak their user's language: Di, 04 März 2025 12:00:00 +0100."""
_SHORT_MONTHS = (
    "jän gen sty янв",
    "lut únor úno фев",
    "mär bře мар",
    "kwi dub апр",
    "kvě",
    "cze čer июн",
    "lip čec июл",
    "sie srp авг",
    "sett wrz zář сен",
    "paź říj окт",
    "lis ноя",
    "gru pro дек",
)
"""Which stand in dates, and are other words in titles."""
_MONTHS = MONTH_OF | {name: number for number, names in enumerate(_SHORT_MONTHS, start=1) for name in names.split()}
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RECORDED = range(1860, 2200)
"""Years of which a recording may be; programs that know no date write the first or the last that they can."""
_CLOCKS = 14 / 24
"""By so many days two clocks may differ on one moment, when one of them does not say where it stands."""
_EVENING = 3 / 24
"""By so much a moment may be outside its date, as somebody writes it who lives to the east or west."""


def moment(text: str | None) -> datetime | None:
    """A date of RFC 822, in many languages, or of ISO 8601, with its offset kept, UTC when it has none; else None."""
    text = (text or "").strip()
    for parse in (datetime.fromisoformat, _rfc_822, _in_words):
        try:
            found = parse(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.year in _RECORDED else None
    return None


def is_date(at: datetime) -> bool:
    """Whether only the date is known, which midnight says."""
    return at.time() == time(0)


def days_apart(one: datetime, other: datetime) -> float:
    """Days between two moments; where one is only a date, those that the other is outside of it."""
    if is_date(one) and is_date(other):
        return float(abs((one.date() - other.date()).days))
    here, there = (at if at.tzinfo else at.replace(tzinfo=UTC) for at in (one, other))
    if not (is_date(one) or is_date(other)):
        return abs(here - there) / timedelta(days=1)
    day, at = (here, there) if is_date(one) else (there, here)
    since = at - day.replace(tzinfo=UTC)
    return max(-since, since - timedelta(days=1), timedelta(0)) / timedelta(days=1)


def may_be_one_day(one: datetime, other: datetime) -> bool:
    """Whether they may be of one day, and of one moment where both are known to the hour, on clocks of two places."""
    return days_apart(one, other) <= (_CLOCKS, _EVENING, 0.0)[is_date(one) + is_date(other)]


def _rfc_822(text: str) -> datetime:
    if _NO_YEAR.search(text):  # the year 1, which Python takes for 2001
        raise ValueError(text)
    text = _OFFSET.sub(lambda at: f" {at[1]}{int(at[2]):02}{at[3] or '00'}", text)
    return parsedate_to_datetime(_ZONE.sub(lambda at: f" {_ZONES.get(at[1].upper(), at[1])}", text))


def _in_words(text: str) -> datetime:
    found = _IN_WORDS.fullmatch(text)
    month = _MONTHS.get(found[2].lower()) if found else None
    if found is None or month is None:
        raise ValueError(text)
    return _rfc_822(f"{found[1]} {_ENGLISH[month - 1]} {found[3]}{found[4].rstrip() or ' 00:00:00'}")
