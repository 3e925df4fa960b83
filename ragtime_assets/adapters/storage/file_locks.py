"""Locks that die with their holder, on one machine: flock on a file that is gone when the lock is."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ragtime_assets.domain.folders import made_folder
from ragtime_assets.ports import LockTaken

_TRIES = 20
_PAUSE = 0.005


class FileLocks:
    """`ports.Locks` in one folder."""

    def __init__(self, folder: Path) -> None:
        """Keep the lock files here."""
        self._folder = folder

    @contextmanager
    def hold(self, name: str, holder: str) -> Iterator[None]:
        """Hold `name` while the context is open; raises LockTaken at once when somebody has it."""
        made_folder(self._folder)
        path = self._folder / f"{name}.lock"
        file = _locked(path, name)
        try:
            os.truncate(file, 0)
            with suppress(OSError):  # on a full disk nobody can be told who holds it, and it is held all the same
                os.write(file, holder.encode())
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(file)

    def is_held(self, name: str) -> bool:
        """Whether somebody holds `name` now."""
        try:
            file = os.open(self._folder / f"{name}.lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return not _try_lock(file, fcntl.LOCK_SH)
        finally:
            os.close(file)

    def sweep(self) -> int:
        """Remove the files of locks whose holder was killed; how many there were."""
        return sum(_removed(path) for path in self._folder.glob("*.lock"))


def _removed(path: Path) -> bool:
    """Whether nobody held it: then it is ours for a moment, and goes with that."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        is_free = _try_lock(file, fcntl.LOCK_EX) and _is_still_there(path, file)
        if is_free:
            path.unlink()
        return is_free
    finally:
        os.close(file)


def _locked(path: Path, name: str) -> int:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _outlasts_questions(file):
            holder = os.pread(file, 200, 0).decode(errors="replace")
            os.close(file)
            raise LockTaken(name, holder or None)
        if _is_still_there(path, file):
            return file
        os.close(file)


def _outlasts_questions(file: int) -> bool:
    """Whether the lock can be had: `is_held` takes it for a moment too, so one refusal does not mean a holder."""
    for _ in range(_TRIES):
        if _try_lock(file, fcntl.LOCK_EX):
            return True
        time.sleep(_PAUSE)
    return False


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still_there(path: Path, file: int) -> bool:
    """Whether the locked file is the one that newcomers open: its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
