"""A folder of a person's own into which episodes are exported: nothing in it is touched but what an export wrote.

Which files those are, and of which episodes, is kept in a file beside them. What belongs here: names that are free,
whole files. What does not: what is in them (`domain/rendering/`), and the export of the whole corpus
(`corpus_export.py`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ragtime_assets.adapters.storage.disk import FULL
from ragtime_assets.domain.rendering.file_names import candidates, file_names
from ragtime_assets.errors import InvalidSubmission, StorageFull

OWN = ".ragtime-export.json"
_OF_ALL = ""


class ExportFolder:
    """Files by name, and whose they are."""

    def __init__(self, root: Path) -> None:
        """Make the folder where there is none."""
        self._root = root
        self._former: set[str] = set()
        with _errors_named(root):
            root.mkdir(parents=True, exist_ok=True)
            self._owners = _read(root / OWN)

    def inside(self, name: str) -> ExportFolder:
        """A folder in this one, which keeps its own list of what is whose."""
        return ExportFolder(self._root / name)

    def claim(self, titles: Mapping[str, str], suffix: str) -> dict[str, str]:
        """By key, the file of this suffix: the one that the episode has, else one that nobody has.

        It is written down at once, so that a killed export leaves no file that nobody owns.
        """
        own = {name: key for name, key in self._owners.items() if key in titles and name.endswith(suffix)}
        named = {name.removesuffix(suffix): key for name, key in own.items()}
        settled = {key: name for name, key in named.items() if name in candidates(titles[key], key)}
        others = {key: title for key, title in titles.items() if key not in settled}
        with _errors_named(self._root):
            there = [path.name.removesuffix(suffix) for path in self._root.glob(f"*{suffix}")]
        taken = [*settled.values(), *(name for name in there if name not in named)]
        found = settled | file_names(others, taken)
        names = {key: found[key] + suffix for key in titles}
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

    def write(self, name: str, parts: Iterable[str]) -> None:
        """Put a whole file there."""
        with _errors_named(self._root / name):
            replace_file(self._root / name, parts)

    def drop(self, name: str) -> None:
        """Remove a file that was claimed and has nothing to hold."""
        self._former.add(name)

    def drop_all_but(self, keys: Collection[str]) -> int:
        """Remove the files of other episodes; how many that were."""
        gone = [name for name, key in self._owners.items() if key != _OF_ALL and key not in keys]
        self._former.update(gone)
        return len(gone)

    def close(self) -> None:
        """Remove what episodes were called before, and write down what is whose."""
        with _errors_named(self._root):
            for name in self._former:
                (self._root / name).unlink(missing_ok=True)
                self._owners.pop(name, None)
        self._save()

    def _save(self) -> None:
        with _errors_named(self._root):
            replace_file(self._root / OWN, [json.dumps({"version": 1, "files": self._owners}, ensure_ascii=False)])


def replace_file(path: Path, parts: Iterable[str]) -> None:
    """Write a whole file or none."""
    scratch = path.with_name(f".ragtime-{os.getpid()}.tmp")
    try:
        with scratch.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.writelines(parts)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {str(name): str(key) for name, key in found.items() if Path(name).name == name}  # in this folder
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InvalidSubmission(
            f"{path} does not say what was exported into its folder: {error}",
            remedy="Remove that file and export again: files of the same names are then kept beside the new ones.",
        ) from error


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
