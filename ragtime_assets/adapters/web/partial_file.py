"""A file that arrives in pieces, perhaps over several attempts.

Knows what is on disk already and how to ask for the rest. Who asks is `http.py`.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ragtime_assets.adapters.storage.disk import FULL
from ragtime_assets.errors import SourceUnavailable, StorageFull, StoreUnavailable

_PARTIAL_CONTENT = 206


class PartialFile:
    """Bytes on disk, their sha256, and the ETag under which the rest may be asked for."""

    def __init__(self, file: BinaryIO) -> None:
        """Start with nothing in `file`."""
        self._file = file
        self._hash = hashlib.sha256()
        self._etag: str | None = None
        self.bytes = 0
        self.total: int | None = None

    @property
    def sha256(self) -> str:
        """The digest of what is there."""
        return self._hash.hexdigest()

    @property
    def percent(self) -> int:
        """How much of the file is here; 0 while nobody says how long it will be."""
        return 100 * self.bytes // self.total if self.total else 0

    def resume_headers(self) -> dict[str, str]:
        """Headers that ask for the rest, none when the file has to be started again."""
        if not self._etag or not 0 < self.bytes < (self.total or 0):
            return {}
        return {"Range": f"bytes={self.bytes}-", "If-Range": self._etag}

    def begin(self, status: int, content_range: str | None, etag: str | None) -> None:
        """Make ready for the body of an answer: go on if it is the rest of the same file, else start again."""
        if status == _PARTIAL_CONTENT:
            expected = self._etag and re.match(rf"bytes {self.bytes}-\d+/", content_range or "")
            if not expected or etag not in (None, self._etag):
                self._restart()
                raise SourceUnavailable(f"the server sent {content_range!r} of the file, which was not asked for")
            return
        self._restart()
        self._etag = etag

    def write(self, piece: bytes) -> None:
        """Add `piece`."""
        self._file.write(piece)
        self._hash.update(piece)
        self.bytes += len(piece)

    def _restart(self) -> None:
        if self.bytes:
            self._file.seek(0)
            self._file.truncate()
        self._hash = hashlib.sha256()
        self._etag = None
        self.bytes = 0


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the file system raises about `path` into our errors."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(f"no space is left to write {path}: {error.strerror}", path=str(path)) from error
        raise StoreUnavailable(f"{path} cannot be written: {error}", path=str(path)) from error
