"""The file `.env`: read and written so that comments, order and what is not ours stay as they are."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

_SAFE = re.compile(r"[\w./:@,+%=~-]*")
"""What needs no quotes."""


def edited(text: str, changes: Mapping[str, str | None]) -> str:
    """The file with these variables set, or unset where the value is None.

    A variable that is there keeps its place; another goes below the comment that shows it, or to the end.
    """
    lines = text.splitlines()
    for name, value in changes.items():
        _set(lines, name, None if value is None else f"{name}={quoted(value)}")
    return "".join(f"{line}\n" for line in lines)


def quoted(value: str) -> str:
    """A value as the file has it."""
    if _SAFE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def write(path: Path, text: str) -> None:
    """Replace the file at once, readable by its owner alone; who reads meanwhile has the old one or the new one."""
    target = path.resolve()
    number, name = tempfile.mkstemp(dir=target.parent, prefix=".env-")
    fresh = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:  # mkstemp makes it with mode 600
            file.write(text)
            file.flush()
            os.fsync(number)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _set(lines: list[str], name: str, line: str | None) -> None:
    assigned = re.compile(rf"\s*(export\s+)?{name}\s*=")
    there = [number for number, one in enumerate(lines) if assigned.match(one)]
    for number in reversed(there[:-1] if line is not None else there):
        del lines[number]
    there = [number for number, one in enumerate(lines) if assigned.match(one)]
    if line is None:
        return
    if there:
        exported = re.match(r"\s*export\s+", lines[there[0]])
        lines[there[0]] = (exported.group() if exported else "") + line
        return
    shown = re.compile(rf"#\s*{name}\s*=")
    at = next((number + 1 for number, one in enumerate(lines) if shown.match(one)), len(lines))
    lines.insert(at, line)
