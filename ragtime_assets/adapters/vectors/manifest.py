"""Which parts of the embedded index are current: one small file, replaced as a whole.

Replacing it is the commit of a publish. What belongs here: reading, replacing and pruning by it. What does
not: locks (`embedded.py`) and what is inside a part (`parts.py`).
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path

from pydantic import ValidationError

from ragtime_assets.adapters.vectors.parts import PARTS, WAY_BACK, Doing, sync
from ragtime_assets.domain.artifact import Record
from ragtime_assets.errors import ArtifactCorrupt

_FILE = "manifest.json"


class PartEntry(Record):
    """A part and how many points are in it."""

    name: str
    points: int


class Manifest(Record):
    """A generation: its parts, oldest first, and those of the generation before, which readers may still load."""

    generation: int = 0
    parts: tuple[PartEntry, ...] = ()
    previous: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """How many points are in all parts, stale ones included."""
        return sum(part.points for part in self.parts)

    def followed_by(self, parts: list[PartEntry]) -> Manifest:
        """The next generation."""
        return Manifest(
            generation=self.generation + 1, parts=tuple(parts), previous=tuple(part.name for part in self.parts)
        )


def part_path(root: Path, name: str) -> Path:
    """Where a part lies."""
    return root / PARTS / name


def stamp(root: Path) -> tuple[int, int, int] | None:
    """What changes whenever the manifest is replaced; None while there is none."""
    try:
        facts = (root / _FILE).stat()
    except FileNotFoundError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def read(root: Path) -> Manifest:
    """The current manifest; an empty one before the first publish."""
    path = root / _FILE
    try:
        with Doing("reading the manifest of", root):
            text = path.read_bytes() if path.exists() else b"{}"
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise ArtifactCorrupt(
            f"the manifest of the embedded vector index at {path} cannot be read: {error}",
            remedy=WAY_BACK,
        ) from error


def replace(root: Path, manifest: Manifest) -> None:
    """Make `manifest` what readers see from now on."""
    new = root / f"{_FILE}.new"
    with Doing("publishing", root):
        new.write_text(json.dumps(manifest.model_dump(), indent=1))
        sync(new)
        sync(root / PARTS)
        os.replace(new, root / _FILE)
        sync(root)


def prune(root: Path, manifest: Manifest) -> None:
    """Remove every part that neither this generation nor the one before has: old ones, and what died half-made.

    Each gets a new name first, under which a reader that lets go of it just then finds no folder to write to.
    """
    named = {part.name for part in manifest.parts} | set(manifest.previous)
    with Doing("pruning", root):
        for path in list((root / PARTS).iterdir()):
            if path.name not in named:
                shutil.rmtree(path.rename(path.with_name(uuid.uuid4().hex)))
