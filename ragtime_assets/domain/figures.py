"""Numbers as people read them: times, sizes, counts."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """`754` as `12:34`, `3754` as `1:02:34`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def size(count: int) -> str:
    """`1_400_000` as `1.4 MB`."""
    amount, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.0f} {units[0]}" if units[0] == "B" else f"{amount:.1f} {units[0]}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 word`, `2 words`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
