"""How people write a day or a moment on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from ragtime_assets.domain.searching.days import first_day
from ragtime_assets.errors import InvalidSubmission


def since_date(text: str) -> datetime:
    """The start of the day, month or year in UTC, or the moment, that was given to `--since`."""
    try:
        since = datetime.fromisoformat(first_day(text) or text)
    except ValueError as error:
        raise InvalidSubmission(
            f"--since {text!r} is not a date", remedy="Write it as 2026-01-31, 2026-01 or 2026."
        ) from error
    return (since if since.tzinfo else since.replace(tzinfo=UTC)).astimezone(UTC)
