"""What processes leave behind when they are killed: scratch files named after their process, which others remove."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

TEMPORARY = "ragtime-"
"""How the names of our folders begin where other programs have theirs."""


def ours(*, is_shared: bool = True) -> str:
    """How the names of this process's scratch files go on, in a folder that several machines may share, or not."""
    return f"{os.getpid()}@{socket.gethostname() if is_shared else ''}@"


def remove_leftovers(folder: Path, prefix: str = "") -> int:
    """Remove what processes of this machine that are gone left in the folder; how many things that was."""
    left = leftovers(folder, prefix)
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)  # another person's, where many share a folder
        else:
            path.unlink(missing_ok=True)
    return len(left)


def leftovers(folder: Path, prefix: str = "") -> list[Path]:
    """What processes of this machine that are gone left in the folder."""
    return [path for path in folder.glob(f"{prefix}*") if _is_left_over(path.name.removeprefix(prefix))]


def _is_left_over(name: str) -> bool:
    """Whether the process of this machine that made the file is gone; of other machines' nothing is known."""
    process, host, _ = (*name.split("@", 2), "", "")[:3]
    return process.isdecimal() and host in ("", socket.gethostname()) and not _is_alive(int(process))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
