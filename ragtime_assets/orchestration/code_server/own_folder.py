"""The folder for the sockets of processes that are forked: ours alone, and removed once none of them is left.

Python would call it `pymp-...`, and leave it when its process is killed; then nobody knows whose it was.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from multiprocessing.process import current_process
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

PREFIX = "ragtime-fork-"
_SETTLED = 60
"""Seconds after which a folder that nobody holds belongs to nobody; a younger one may be about to be held."""
_TEMPORARY = "tempdir"
"""Under this name Python remembers the folder of a process, and hands it on to those that it forks."""
_held: list[int] = []


def take_own_folder() -> None:
    """Give this process a folder of its own, unless it has one; those of processes that were killed are removed."""
    if _config().get(_TEMPORARY):
        return
    _remove_what_was_left()
    folder = tempfile.mkdtemp(prefix=PREFIX)
    _hold(folder)
    Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=-100)
    _config()[_TEMPORARY] = folder


def keep_own_folder() -> None:
    """Hold the folder of whoever forked this process, which may be killed before it."""
    folder = _config().get(_TEMPORARY)
    if folder and not _hold(folder):
        _config()[_TEMPORARY] = None


def _config() -> dict[str, Any]:
    process: Any = current_process()
    return process._config


def _hold(folder: str) -> bool:
    """Whether it is there, and stays while this process, or one that is forked from it, does."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        flock(opened, LOCK_SH | LOCK_NB)
        os.stat(folder)
    except OSError:
        os.close(opened)
        return False
    _held.append(opened)
    return True


def _remove_what_was_left() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            _remove_unless_held(folder)


def _remove_unless_held(folder: Path) -> None:
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or time.time() - seen.st_mtime < _SETTLED:
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        flock(opened, LOCK_EX | LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(opened)
