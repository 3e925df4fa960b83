"""Files in a local folder: written beside it, then renamed into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ragtime_assets.adapters.storage.disk import FULL, flush
from ragtime_assets.adapters.storage.files import Listed, Workspace
from ragtime_assets.adapters.storage.leftovers import ours
from ragtime_assets.errors import StorageFull, StoreUnavailable


class Folder:
    """`Files` under a folder; what is being written lies in `scratch`, which is on the same file system."""

    def __init__(self, root: Path, scratch: Path) -> None:
        """Nothing is made before the first file is written."""
        self._root = root.absolute()
        self._scratch = scratch

    def check(self) -> None:
        """See that it can be written to; one that is not there is made with its first file."""
        if not self._root.exists():
            return
        with file_errors_named(self._root), tempfile.TemporaryFile(dir=self._root):
            pass

    def read(self, name: str) -> bytes | None:
        """What is in a file; None when it is not there."""
        path = self._root / name
        with file_errors_named(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def write(self, name: str, content: bytes) -> None:
        """Put a whole file in the place of whatever was there."""
        path = self._root / name
        with file_errors_named(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._replace(path, content)

    def write_once(self, name: str, content: bytes) -> None:
        """The same: what was there may be torn."""
        self.write(name, content)

    def take(self, path: Path, name: str) -> None:
        """Move a file here, or copy it where it lies on another file system."""
        target = self._root / name
        with file_errors_named(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.stat().st_dev == target.parent.stat().st_dev:
                flush(path)
                path.replace(target)
                flush(target.parent)
            else:
                self._replace(target, path.read_bytes())
                path.unlink()

    def holds(self, name: str) -> bool:
        """Whether a file is there."""
        path = self._root / name
        with file_errors_named(path):
            return path.exists()

    def about(self, name: str) -> Listed | None:
        """How large a file is, and when it was written; None when it is not there."""
        path = self._root / name
        with file_errors_named(path):
            try:
                facts = path.stat()
            except FileNotFoundError:
                return None
        return Listed(name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))

    def listed(self, start: str) -> Iterator[Listed]:
        """The files whose names begin so, in order."""
        yield from filter(None, map(self.about, self.names(start)))

    def names(self, start: str) -> Iterator[str]:
        """The names that begin so, in order."""
        folder, _, begin = start.rpartition("/")
        with file_errors_named(self._root / folder):
            try:
                found = sorted(one for one in os.listdir(self._root / folder) if one.startswith(begin))
            except FileNotFoundError:
                found = []
        yield from (f"{folder}/{one}" for one in found)

    def remove(self, names: Collection[str]) -> None:
        """Remove files, those that are there."""
        for name in names:
            path = self._root / name
            with file_errors_named(path):
                path.unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO | None:
        """A file as it lies there; None when it is not there."""
        path = self._root / name
        with file_errors_named(path):
            try:
                return path.open("rb")
            except FileNotFoundError:
                return None

    @contextmanager
    def local(self, name: str, workspace: Workspace) -> Iterator[Path | None]:
        """The file itself."""
        del workspace
        yield self._root / name if self.holds(name) else None

    def place(self, name: str) -> str:
        """Its path."""
        return str(self._root / name)

    def _replace(self, path: Path, content: bytes) -> None:
        self._scratch.mkdir(parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(prefix=ours(), dir=self._scratch)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
        flush(path.parent)


@contextmanager
def file_errors_named(path: Path) -> Iterator[None]:
    """What a file system says, as errors of ours."""
    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        if error.errno in FULL:
            raise StorageFull(f"no space left while writing {path}") from error
        raise StoreUnavailable(f"the artifact store failed at {path}: {error}") from error
