"""Which part of a file a Range header asks for."""

from __future__ import annotations

import re
from typing import NamedTuple

_ONE_RANGE = re.compile(r"bytes\s*=\s*+(\d{0,18})\s*+-\s*+(\d{0,18})")


class Part(NamedTuple):
    """Bytes from `start` to before `end`."""

    start: int
    end: int


class BeyondTheEnd(ValueError):  # noqa: N818 - it is an answer, not a defect
    """The range begins where the file has ended."""


def part_of(header: str | None, size: int) -> Part | None:
    """The part that is asked for; None for all of it, which several ranges and what is no range get too."""
    found = _ONE_RANGE.fullmatch((header or "").strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(size - int(found[2]), 0), size
    else:
        start, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= end:
        raise BeyondTheEnd
    return Part(start, end)
