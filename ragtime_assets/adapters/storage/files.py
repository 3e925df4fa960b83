"""What a store of files has to do, in a folder or in a bucket: each file is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

Workspace = Callable[[], AbstractContextManager[Path]]
"""A local folder that is gone afterwards."""


class Listed(NamedTuple):
    """A file, as much as a listing tells."""

    name: str
    bytes: int
    written_at: datetime


class Files(Protocol):
    """Files by name; a name is a path with slashes. Failures are StoreUnavailable, StorageFull or a wrong setting."""

    def check(self) -> None:
        """See that files can be kept here as they have to be; raises what is wrong and what to do."""
        ...

    def read(self, name: str) -> bytes | None:
        """What is in a file; None when it is not there."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Put a whole file in the place of whatever was there."""
        ...

    def write_once(self, name: str, content: bytes) -> None:
        """Put a whole file there whose name says what is in it."""
        ...

    def take(self, path: Path, name: str) -> None:
        """Put the local file at `path` there, whose name says what is in it; the file itself is used up."""
        ...

    def holds(self, name: str) -> bool:
        """Whether a file is there."""
        ...

    def about(self, name: str) -> Listed | None:
        """How large a file is, and when it was written; None when it is not there."""
        ...

    def listed(self, start: str) -> Iterator[Listed]:
        """The files whose names begin so, in order."""
        ...

    def names(self, start: str) -> Iterator[str]:
        """The names that begin so, in order; what stands behind the last slash of `start` may be any part of one."""
        ...

    def remove(self, names: Collection[str]) -> None:
        """Remove files, those that are there."""
        ...

    def open(self, name: str) -> BinaryIO | None:
        """A file to read from any place of it; None when it is not there."""
        ...

    def local(self, name: str, workspace: Workspace) -> AbstractContextManager[Path | None]:
        """A file at a local path while the context is open, copied to a workspace if need be; None if not there."""
        ...

    def place(self, name: str) -> str:
        """The path or URL of a file, as people may see it."""
        ...
