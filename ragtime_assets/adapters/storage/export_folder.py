"""A folder of a person's own into which episodes are exported: nothing in it is touched but what an export wrote.

Which files those are, of which episodes, and what was written into them, is kept in a file beside them. A file that is
not as it was written stays, because a person put something in. What belongs here: names that are free, whole files.
What does not: what is in them (`domain/rendering/`), and the export of the whole corpus (`corpus_export.py`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ragtime_assets.adapters.storage.disk import FULL
from ragtime_assets.domain.rendering.file_names import FileNames, candidates
from ragtime_assets.errors import InvalidSubmission, StorageFull

OWN = ".ragtime-export.json"
_OF_ALL = ""


class ExportFolder:
    """Files by name, and whose they are."""

    def __init__(self, root: Path, *, overwrite: bool = False, within: ExportFolder | None = None) -> None:
        """`overwrite` replaces and removes edited files too; `within` has the names that are given in both."""
        self.kept: list[str] = []
        """The files that were edited and therefore stay as they are."""
        self.removed: list[str] = []
        self._root = root
        self._overwrite = overwrite
        self._within = within
        self._former: set[str] = set()
        self._given: dict[tuple[str, str], str] = {}
        self._names: dict[str, FileNames] = {}
        with _errors_named(root):
            self._owners, self._digests = _read(root / OWN)

    def inside(self, name: str) -> ExportFolder:
        """A folder in this one, which keeps its own list of what is whose."""
        return ExportFolder(self._root / name, overwrite=self._overwrite, within=self)

    def claim(self, titles: Mapping[str, str], suffix: str) -> dict[str, str]:
        """By key, the file of this suffix: the one that the episode has, else one that nobody has.

        It is written down at once, so that a killed export leaves no file that nobody owns.
        """
        own = {name: key for name, key in self._owners.items() if key in titles and name.endswith(suffix)}
        for name, key in own.items():
            stem = name.removesuffix(suffix)
            if stem not in candidates(titles[key], key) and not self._stays(name):
                self._names_of(suffix).free(stem)
        names = {key: self.name_for(title, key, suffix) for key, title in titles.items()}
        self._former |= set(own) - set(names.values())
        self._owners |= {name: key for key, name in names.items()}
        self._save()
        return names

    def claim_shared(self, name: str) -> str:
        """A file of all episodes together; raises InvalidSubmission where a file of that name is somebody else's."""
        if name not in self._owners and (self._root / name).exists():
            raise InvalidSubmission(
                f"{self._root / name} was not written by an export", remedy="Move it away, or name another folder."
            )
        self._owners[name] = _OF_ALL
        self._save()
        return name

    def name_for(self, title: str, key: str, suffix: str) -> str:
        """The file that a claim gives: no other below the whole folder has its name, because links go by that alone."""
        if (key, suffix) not in self._given:
            known = self.known(title, key, suffix)
            self._given[key, suffix] = known or self._names_of(suffix).give(title, key) + suffix
        return self._given[key, suffix]

    def known(self, title: str, key: str, suffix: str) -> str | None:
        """The file that is there under one of the names of this title; None where none is."""
        possible = (f"{name}{suffix}" for name in candidates(title, key))
        return next((name for name in possible if self._owners.get(name) == key), None)

    def write(self, name: str, parts: Iterable[str]) -> bool:
        """Put a whole file there; whether that was done, as it is not where the file was edited."""
        path = self._root / name
        with _errors_named(path), _scratch(path, parts) as scratch:
            digest = _digest(scratch)
            if self._stays(name) and _there(path) != digest:
                self.kept.append(name)
                return False
            scratch.replace(path)
        self._digests[name] = digest
        return True

    def lines(self, name: str) -> Iterator[str]:
        """The lines of a file as it is there."""
        with suppress(FileNotFoundError), (self._root / name).open(encoding="utf-8", newline="\n") as stream:
            yield from stream

    def drop(self, name: str) -> None:
        """Remove a file that was claimed and has nothing to hold."""
        self._former.add(name)

    def drop_all_but(self, keys: Collection[str]) -> None:
        """Remove the files of other episodes."""
        self._former.update(name for name, key in self._owners.items() if key != _OF_ALL and key not in keys)

    def close(self) -> None:
        """Remove what episodes were called before, and write down what is whose."""
        with _errors_named(self._root):
            for name in sorted(self._former):
                self._remove(name)
        self._save()

    def _remove(self, name: str) -> None:
        if self._stays(name):
            self.kept.append(name)
            return
        with suppress(FileNotFoundError):
            (self._root / name).unlink()
            self.removed.append(name)
        self._owners.pop(name, None)
        self._digests.pop(name, None)

    def _stays(self, name: str) -> bool:
        """Whether a file is not as it was written, and is not to be overwritten."""
        with _errors_named(self._root / name):
            return not self._overwrite and _there(self._root / name) not in (None, self._digests.get(name))

    def _names_of(self, suffix: str) -> FileNames:
        """The names that are still free here, in the folders in it, and in the one that it is in."""
        if self._within is not None:
            return self._within._names_of(suffix)
        if suffix not in self._names:
            self._names[suffix] = FileNames(name.removesuffix(suffix) for name in self._taken(suffix))
        return self._names[suffix]

    def _taken(self, suffix: str) -> Iterator[str]:
        yield from (name for name in self._owners if name.endswith(suffix))
        for _, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (name for name in files if name.endswith(suffix))

    def _save(self) -> None:
        told = {"version": 1, "files": self._owners, "digests": self._digests}
        path = self._root / OWN
        with _errors_named(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            with _scratch(path, [json.dumps(told, ensure_ascii=False)]) as scratch:
                scratch.replace(path)


@contextmanager
def _scratch(path: Path, parts: Iterable[str]) -> Iterator[Path]:
    """A whole file beside the one that it may replace; it is gone afterwards."""
    scratch = path.with_name(f".ragtime-{os.getpid()}.tmp")
    try:
        with scratch.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.writelines(parts)
        yield scratch
    finally:
        scratch.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    """What is in a file, in short."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _there(path: Path) -> str | None:
    """The same; None where there is no file."""
    try:
        return _digest(path)
    except FileNotFoundError:
        return None


def _read(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Of the files that were exported, whose they are, and what was written into them."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return _here(found["files"]), _here(found.get("digests", {}))
    except FileNotFoundError:
        return {}, {}
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise InvalidSubmission(
            f"{path} does not say what was exported into its folder: {error}",
            remedy="Remove that file and export again: files of the same names are then kept beside the new ones.",
        ) from error


def _here(found: Mapping[str, str]) -> dict[str, str]:
    """What is said of files in this folder."""
    return {str(name): str(told) for name, told in found.items() if Path(name).name == name}


@contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(f"no space left while writing {path}") from error
        raise InvalidSubmission(
            f"cannot write {path}: {error.strerror}", remedy="Name another folder with --to."
        ) from error
