"""Numbers and durations as feeds and pages write them; how they are shown is `domain/figures.py`."""

from __future__ import annotations

import math
import re

_LONGEST_DURATION = 1_000_000
_ISO_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def whole_number(text: str | None) -> int | None:
    """A number of a season or episode, or of bytes; None when it is none."""
    found = re.fullmatch(r"\s*(\d{1,15})\s*", text or "")
    return int(found.group(1)) if found else None


def seconds(text: str | None) -> float | None:
    """Seconds from HH:MM:SS, MM:SS, plain seconds or ISO 8601; None when it is none of them."""
    text = (text or "").strip()
    iso = _ISO_DURATION.fullmatch(text.upper())
    if iso and any(iso.groups()):
        days, hours, minutes, rest = (float(group or 0) for group in iso.groups())
        return _sensible(((days * 24 + hours) * 60 + minutes) * 60 + rest)
    if not re.fullmatch(r"(\d{1,9}:){0,2}\d{1,9}(\.\d{1,9})?", text):
        return None
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return _sensible(total)


def _sensible(value: float) -> float | None:
    return value if math.isfinite(value) and 0 < value < _LONGEST_DURATION else None
