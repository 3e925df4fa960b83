"""Dates as feeds, pages and servers write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

_OFFSET = re.compile(r"\s(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
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

LEEWAY = timedelta(hours=14)
"""By so much two clocks may differ on one moment, when one of them does not say where it stands."""


def moment(text: str | None) -> datetime | None:
    """A date of RFC 822 or ISO 8601 with its offset kept, UTC when it has none; None when it is neither."""
    text = (text or "").strip()
    for parse in (datetime.fromisoformat, _rfc_822):
        try:
            found = parse(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found
    return None


def days_apart(one: datetime, other: datetime) -> float:
    """Days between two moments; 0 where midnight says that one is only a date, and the other may be on it."""
    is_date, is_other_date = one.time() == time(0), other.time() == time(0)
    if is_date and is_other_date:
        return float(abs((one.date() - other.date()).days))
    here, there = (at if at.tzinfo else at.replace(tzinfo=UTC) for at in (one, other))
    if not (is_date or is_other_date):
        return abs(here - there) / timedelta(days=1)
    day, at = (here, there) if is_date else (there, here)
    since = at - day.replace(tzinfo=UTC)
    outside = max(-since, since - timedelta(days=1)) - LEEWAY
    return 0.0 if outside <= timedelta(0) else float(max(1, abs((here.date() - there.date()).days)))


def _rfc_822(text: str) -> datetime:
    text = _OFFSET.sub(lambda at: f" {at[1]}{int(at[2]):02}{at[3] or '00'}", text)
    return parsedate_to_datetime(_ZONE.sub(lambda at: f" {_ZONES.get(at[1].upper(), at[1])}", text))
