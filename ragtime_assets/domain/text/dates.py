"""Dates as feeds, pages and servers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def moment(text: str | None) -> datetime | None:
    """A date of RFC 822 or ISO 8601 with its offset kept, UTC when it has none; None when it is neither."""
    text = (text or "").strip()
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found
    return None
