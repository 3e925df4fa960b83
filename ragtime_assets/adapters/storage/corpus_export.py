"""The export of the whole corpus: generations of a folder, each complete, of which the link `current` names one.

    <folder>/current          the link; a reader sees one whole generation or the other
             <generation>/    notes/*.md, passages.jsonl, episodes.jsonl, export.json, and what is made of these

What did not change is taken over from the generation before: notes as hard links, lines as they stand. What belongs
here: files and when they are seen. What does not: what is in them (`domain/rendering/`).
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from ragtime_assets.adapters.storage.disk import FULL
from ragtime_assets.domain.artifact import Record
from ragtime_assets.errors import StorageFull, StoreUnavailable

CURRENT = "current"
NOTES = "notes"
MANIFEST = "export.json"


Derived = Callable[[Path, Mapping[str, str]], Iterable[tuple[str, str]]]
"""From a generation and its notes by episode, files that belong beside them: their place in it, and what is in them."""


class Range(Record):
    """Where the lines of an episode are in a file."""

    start: int
    length: int


class Entry(Record):
    """What a generation has of an episode."""

    stamp: str
    """What it was made from."""
    note: str
    size: int
    lines: dict[str, Range]


class _Manifest(Record):
    episodes: dict[str, Entry]


class Generation:
    """A generation that is being written."""

    def __init__(self, folder: Path, before: Path | None, files: Mapping[str, BinaryIO]) -> None:
        """In this folder, after the one `before`; `files` hold lines of all episodes."""
        self.made = 0
        self._folder = folder
        self._before = before or folder
        self._files = files
        self._known = _read(before) if before else {}
        self._entries: dict[str, Entry] = {}

    def has(self, key: str, stamp: str | None = None) -> bool:
        """Whether the generation before has this episode, made from the same."""
        known = self._known.get(key)
        return known is not None and (stamp is None or known.stamp == stamp) and self._is_whole(known)

    def keep(self, key: str, name: str) -> None:
        """Take the episode over as it is, its note under this name."""
        known, before = self._known[key], self._before
        _link(before / NOTES / known.note, self._folder / NOTES / name)
        lines = {file: self._append(file, _lines(before / file, place)) for file, place in known.lines.items()}
        self._entries[key] = Entry(stamp=known.stamp, note=name, size=known.size, lines=lines)

    def put(self, key: str, stamp: str, name: str, note: str, lines: Mapping[str, str]) -> None:
        """Write the episode: its note, and its lines by file."""
        content = note.encode("utf-8", "replace")
        (self._folder / NOTES / name).write_bytes(content)
        places = {file: self._append(file, text.encode("utf-8", "replace")) for file, text in lines.items()}
        self._entries[key] = Entry(stamp=stamp, note=name, size=len(content), lines=places)
        self.made += 1

    def finish(self, derived: Derived) -> None:
        """Say what is in it, and write what is made of that."""
        for file in self._files.values():
            file.flush()
        for place, content in derived(self._folder, {key: one.note for key, one in self._entries.items()}):
            path = self._folder / place
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8", errors="replace")
        (self._folder / MANIFEST).write_text(_Manifest(episodes=self._entries).model_dump_json(), encoding="utf-8")

    @property
    def gone(self) -> int:
        """How many episodes of the generation before are not in this one."""
        return len(self._known.keys() - self._entries.keys())

    def _is_whole(self, known: Entry) -> bool:
        """Whether the files of before have what was written: a machine that lost power may have lost some of it."""
        with suppress(FileNotFoundError):
            ends = ((self._before / file, place.start + place.length) for file, place in known.lines.items())
            is_there = (self._before / NOTES / known.note).stat().st_size == known.size
            return is_there and all(path.stat().st_size >= end for path, end in ends)
        return False

    def _append(self, file: str, content: bytes) -> Range:
        start = self._files[file].tell()
        self._files[file].write(content)
        return Range(start=start, length=len(content))


class CorpusExport:
    """The generations in a folder; one process writes at a time, which the caller sees to."""

    def __init__(self, root: Path, files: Sequence[str], derived: Derived = lambda *_: ()) -> None:
        """Keep them here; `files` are the names of those that hold lines of all episodes."""
        self._root = root
        self._files = files
        self._derived = derived

    @property
    def current(self) -> Path:
        """Where readers find the newest one."""
        return self._root / CURRENT

    @contextmanager
    def next(self) -> Iterator[Generation]:
        """A generation to fill; it is seen when the context ends, and never if that is by an error."""
        before = self._seen()
        folder = self._root / uuid.uuid4().hex
        with _errors_named(self._root), ExitStack() as unfinished:
            unfinished.callback(shutil.rmtree, folder, ignore_errors=True)
            (folder / NOTES).mkdir(parents=True)
            with ExitStack() as opened:
                files = {name: opened.enter_context((folder / name).open("wb")) for name in self._files}
                generation = Generation(folder, before, files)
                yield generation
                generation.finish(self._derived)
            self._show(folder)
            unfinished.pop_all()
            self._remove_all_but(folder)

    def forget(self, key: str) -> bool:
        """Take an episode out, and the generations that had it; whether there was one."""
        before = self._seen()
        known = _read(before) if before else {}
        if key not in known:
            return False
        with self.next() as generation:
            for other, entry in known.items():
                if other != key and generation.has(other):
                    generation.keep(other, entry.note)
        return True

    def remove(self) -> None:
        """Remove every generation."""
        if self._root.exists():
            with _errors_named(self._root):
                shutil.rmtree(self._root)

    def _seen(self) -> Path | None:
        return self.current.resolve() if self.current.exists() else None

    def _show(self, folder: Path) -> None:
        link = self._root / f"{CURRENT}-{folder.name}"
        link.symlink_to(folder.name, target_is_directory=True)
        link.replace(self.current)

    def _remove_all_but(self, folder: Path) -> None:
        """Generations before, and what a killed process left; who reads one now finds the rest of it gone."""
        for path in self._root.iterdir():
            if path.name.startswith(f"{CURRENT}-"):
                path.unlink(missing_ok=True)
            elif path.is_dir() and not path.is_symlink() and path.name != folder.name:
                shutil.rmtree(path, ignore_errors=True)


def _read(folder: Path) -> dict[str, Entry]:
    """What is in a generation; of one that cannot be read nothing is taken over."""
    try:
        return _Manifest.model_validate_json((folder / MANIFEST).read_bytes()).episodes
    except (FileNotFoundError, ValidationError):
        return {}


def _lines(path: Path, place: Range) -> bytes:
    with path.open("rb") as file:
        file.seek(place.start)
        return file.read(place.length)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # not every file system has hard links
        shutil.copyfile(source, target)


@contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(f"no space left while exporting to {path}") from error
        raise StoreUnavailable(f"cannot export to {path}: {error}") from error
