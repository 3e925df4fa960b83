"""What the operating system is asked, and answers, about a disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragtime_assets.errors import StorageFull

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""There is no room: the disk, a quota or a limit on file sizes is full."""


@contextmanager
def full_disk_named(path: Path) -> Iterator[None]:
    """Raise StorageFull where there is no room to write to `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(f"no space left for {path}", remedy="Free space there, then try again.") from error
        raise


def flush(path: Path) -> None:
    """Have a file, or a folder's list of files, on the disk before anything else is."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
