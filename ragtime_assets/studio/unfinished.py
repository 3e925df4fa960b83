"""A note in HOME of what was begun and would leave the corpus half-way if it were killed, and of what finishes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragtime_assets.adapters.storage.disk import full_disk_named
from ragtime_assets.domain.folders import made_folder
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.settings import Settings


@contextmanager
def noted(settings: Settings, what: str, finish: str) -> Iterator[None]:
    """Until the context ends well, `what` was begun here, and the command `finish` finishes it."""
    note = _note(settings)
    made_folder(note.parent)
    _write(note, f"{what}\n{finish}\n")
    yield
    note.unlink(missing_ok=True)


def unfinished(settings: Settings) -> tuple[str, str] | None:
    """What was begun and not finished, and the command that finishes it."""
    note = _note(settings)
    if not note.exists():
        return None
    what, _, finish = note.read_text(encoding="utf-8").strip().partition("\n")
    return what, finish


def refuse_unfinished(settings: Settings) -> None:
    """Raise ConfigurationError when the corpus is half-way: nothing is to be made of it then."""
    found = unfinished(settings)
    if found is not None:
        what, finish = found
        raise ConfigurationError(f"{what} was begun in {settings.root} and not finished", remedy=finish)


def _write(note: Path, text: str) -> None:
    """All of it or nothing: a note of before stays when there is no room for this one."""
    new = note.with_suffix(".new")
    with full_disk_named(note):
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(note)


def _note(settings: Settings) -> Path:
    return settings.root / "unfinished"
