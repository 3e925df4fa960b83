"""What the operating system is asked, and answers, about a disk."""

from __future__ import annotations

import errno
import os
import shutil
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


def write_whole(path: Path, text: str) -> None:
    """Write a file that a person named: the one that was there stays until all of the new one is on the disk.

    What is no file, such as a pipe, is written to as it is, and so is a file in a folder that takes no other.
    """
    target = path.resolve()
    if (target.exists() and not target.is_file()) or not os.access(target.parent, os.W_OK):
        path.write_text(text, encoding="utf-8")
        return
    fresh = target.with_name(f".ragtime-{os.getpid()}.tmp")
    try:
        fresh.write_text(text, encoding="utf-8")
        flush(fresh)
        if target.exists():
            shutil.copymode(target, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Have a file, or a folder's list of files, on the disk before anything else is."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
