"""What the operating system is asked, and answers, about a disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""There is no room: the disk, a quota or a limit on file sizes is full."""


def flush(path: Path) -> None:
    """Have a file, or a folder's list of files, on the disk before anything else is."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
