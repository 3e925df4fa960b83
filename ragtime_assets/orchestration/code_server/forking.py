"""Processes that are forked from one in which everything is imported: a run of its own begins in milliseconds.

That one has a single thread, runs nothing, and holds no file, so nothing passes from run to run. Python starts another
when it is killed; what it forked goes on.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing import connection, forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.popen_forkserver import Popen
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

from ragtime_assets.orchestration.code_server.own_folder import keep_own_folder, take_own_folder

SETTLED = "ragtime_assets.orchestration.code_server.settled"
_PARENT_LOST = 255
"""What Python says of a process that it can hear nothing of any more."""


class _OnItsOwn(Popen):
    """A process that is over when it is over, and not when the process that forked it is."""

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        """Its exit code, or None while it works."""
        if super().poll(flag) == _PARENT_LOST and _works(self.pid):
            self.returncode = None
        return self.returncode


class ForkedProcess(ForkServerProcess):
    """One process."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Popen:  # noqa: N802 - Python's name
        return _OnItsOwn(process_obj)

    def run(self) -> None:
        """Do what it is for."""
        keep_own_folder()
        super().run()


class Forking(ForkServerContext):
    """How such processes are started, with the queues and events for them."""

    Process = ForkedProcess

    def __init__(self, modules: Sequence[str]) -> None:
        """Import these in the process that is forked, which starts now, so that the first run finds it ready."""
        super().__init__()
        self.set_forkserver_preload([*modules, SETTLED])
        take_own_folder()
        forkserver.ensure_running()

    @classmethod
    def from_here(cls, modules: Sequence[str]) -> Self:
        """The same, but the first one is forked from this process, which needs most of them too.

        It has no other thread yet, and keeps nothing open. One that takes the place of a killed one imports them anew.
        """
        for module in (*modules, SETTLED):
            with suppress(ImportError):
                import_module(module)
        _fork_the_first()
        return cls(modules)


def _fork_the_first() -> None:
    """What `forkserver.ensure_running` does, without another Python that imports everything once more."""
    resource_tracker.ensure_running()
    take_own_folder()
    python: Any = forkserver
    with socket.socket(socket.AF_UNIX) as listener:
        address: str = connection.arbitrary_address("AF_UNIX")  # type: ignore[attr-defined]
        listener.bind(address)
        listener.listen()
        alive, keeps_alive = os.pipe()
        if pid := os.fork():
            os.close(alive)
            server = python._forkserver
            server._forkserver_address, server._forkserver_alive_fd, server._forkserver_pid = address, keeps_alive, pid
            return
        try:
            os.close(keeps_alive)
            python.main(listener.detach(), alive, [])
        finally:
            os._exit(0)


def _works(pid: int) -> bool:
    """Whether this process is there and not only waits for somebody who takes note of its end."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:  # no Linux
        return True
