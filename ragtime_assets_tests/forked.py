"""Python processes that are forked from one which has imported what ours need: each begins in milliseconds.

A command computes for a second before it does anything, a server of Dagster's for two, and both only import. What is
forked has arguments, environment, folder, streams and an end of its own, as if Python had been started for it; but in
`/proc` it has the name of what it was forked from. `end_to_end/test_up.py` and the demo start everything anew.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from inspect import signature
from multiprocessing import process
from pathlib import Path
from types import ModuleType
from typing import Any

PROJECT = Path(__file__).parents[1]
STARTED_BY_NAME = frozenset({"ragtime_assets.definitions", "ragtime_assets.orchestration.daemon"})
"""Modules of ours that do something when they are imported, or are started by `-m`."""
OF_OTHERS = (
    "dagster._daemon.controller",
    "dagster._core.workspace.load_target",
    "dagster_webserver.cli",
    "dagster_webserver.app",
    "mcp.server.mcpserver",
    "uvicorn",
    "typer.testing",
)
_PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
_STATUS = struct.Struct("i")
_MOST_BYTES = 1 << 20
_LOST = -signal.SIGKILL


class Forked(subprocess.Popen[Any]):
    """`python -m MODULE ...` or `python -c SCRIPT ...`, forked; any other command is started as it is."""

    _hears: int | None = None

    def _execute_child(self, args: Any, *more: Any) -> None:
        names = [*signature(subprocess.Popen._execute_child).parameters][1:]  # type: ignore[attr-defined]
        given = dict(zip(names, (args, *more), strict=True))
        if isinstance(args, str | bytes) or not _is_python(args):
            super()._execute_child(args, *more)  # type: ignore[misc]
            return
        preexec: Callable[[], None] | None = given["preexec_fn"]
        asked = {
            "words": [os.fspath(word) for word in args[1:]],
            "environment": dict(os.environ if given["env"] is None else given["env"]),
            "folder": os.fspath(given["cwd"] or os.getcwd()),
            "session": bool(given["start_new_session"]),
            "first": [preexec.__module__, preexec.__qualname__] if preexec else None,
        }
        streams = [given["p2cread"], given["c2pwrite"], given["errwrite"]]
        self._hears, tells = os.pipe()
        try:
            fds = [number if fd == -1 else fd for number, fd in enumerate(streams)]
            self.pid = _parent_for(os.getpid()).fork(asked, [*fds, tells])
        finally:
            os.close(tells)
            self._close_pipe_fds(*(given[name] for name in _PIPES))  # type: ignore[attr-defined]
        self._child_created = True

    def _internal_poll(self, *args: Any, **more: Any) -> int | None:
        if self._hears is None:
            return super()._internal_poll(*args, **more)  # type: ignore[misc]
        return self._heard(0)

    def _wait(self, timeout: float | None) -> int:  # type: ignore[override]
        if self._hears is None:
            return super()._wait(timeout)  # type: ignore[misc]
        if self._heard(timeout) is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    def _heard(self, timeout: float | None) -> int | None:
        """Its exit code; None while it works, for so many seconds at most."""
        if self.returncode is None and self._hears is not None and select.select([self._hears], [], [], timeout)[0]:
            told = os.read(self._hears, _STATUS.size)
            self.returncode = _STATUS.unpack(told)[0] if told else _LOST
            os.close(self._hears)
        return self.returncode


def run(command: Sequence[str], *, timeout: float, **how: Any) -> subprocess.CompletedProcess[str]:
    """What `subprocess.run` does, forked: the command once it has ended, with what it printed."""
    pipe = subprocess.PIPE
    with Forked(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, **how) as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        finally:
            process.kill()
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _is_python(words: Sequence[Any]) -> bool:
    return len(words) > 2 and words[0] == sys.executable and words[1] in ("-m", "-c")


class _Parent:
    """The process that forks, as seen from here."""

    def __init__(self) -> None:
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asking = threading.Lock()
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(there.fileno())],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(PROJECT)},
            )

        atexit.register(self._stop)

    def _stop(self) -> None:
        self._here.close()
        self._process.wait()

    def fork(self, asked: dict[str, Any], fds: Sequence[int]) -> int:
        """Ask for a process; its id."""
        with self._asking:
            socket.send_fds(self._here, [json.dumps(asked).encode()], list(fds))
            return int(self._here.recv(_MOST_BYTES))


@cache
def _parent_for(_pid: int) -> _Parent:
    """One for each process that starts others, also where that was forked itself."""
    return _Parent()


def _serve(asking: socket.socket) -> dict[str, Any] | None:
    """Fork what is asked for until nobody asks any more; returns in each that was forked, with what it is to be."""
    wakes, awaken = os.pipe()
    os.set_blocking(awaken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(awaken)
    tells: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([asking, wakes], [], [])
        if wakes in ready:
            os.read(wakes, 1 << 12)
            for pid, code in _ended(tells):
                with suppress(BrokenPipeError):
                    os.write(tells[pid], _STATUS.pack(code))
                os.close(tells.pop(pid))
        if asking in ready:
            message, fds, _, _ = socket.recv_fds(asking, _MOST_BYTES, 4)
            if not message:
                return None
            asked = json.loads(message)
            if not (pid := os.fork()):
                try:
                    _part(asked)
                finally:
                    asking.send(str(os.getpid()).encode())
                asking.detach()
                _take(fds[:3])
                return asked
            tells[pid] = fds.pop()
            for fd in fds:
                os.close(fd)


def _ended(known: dict[int, int]) -> Iterator[tuple[int, int]]:
    for pid in [*known]:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            yield pid, os.waitstatus_to_exitcode(status)


def _part(asked: dict[str, Any]) -> None:
    """What is done by the time that whoever asked goes on."""
    if asked["session"]:
        os.setsid()
    if asked["first"]:
        module, name = asked["first"]
        getattr(import_module(module), name)()


def _take(streams: Sequence[int]) -> None:
    """Have these for stdin, stdout and stderr, nothing else open, and the signals that a new process has."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
    os.closerange(3, max(256, *streams) + 1)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)


def _become(asked: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.path[0] = process.ORIGINAL_DIR = asked["folder"]  # type: ignore[attr-defined]
    tempfile.tempdir = None
    time.tzset()
    kind, what, *words = asked["words"]
    if kind == "-m":
        sys.argv = [what, *words]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    sys.argv = ["-c", *words]
    main = sys.modules["__main__"] = ModuleType("__main__")
    exec(compile(what, "<string>", "exec"), vars(main))  # noqa: S102 - the script of a test


def _modules() -> Iterator[str]:
    """What ours import, soon or late."""
    import ragtime_assets

    for one in pkgutil.walk_packages(ragtime_assets.__path__, "ragtime_assets."):
        if not one.name.endswith("__main__") and ".migrations." not in one.name and one.name not in STARTED_BY_NAME:
            yield one.name
    from ragtime_assets.orchestration.code_server.imports import _LIKE_OPENAI, EVERY_RUN, WITH_A_MODEL

    yield from (*EVERY_RUN, *WITH_A_MODEL, *_LIKE_OPENAI, *OF_OTHERS)


def _import_all() -> None:
    gc.disable()
    with warnings.catch_warnings(action="ignore"):
        for module in _modules():
            import_module(module)
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    _import_all()
    with socket.socket(fileno=int(sys.argv[1])) as _asking:
        _asked = _serve(_asking)
    if _asked is not None:
        _become(_asked)
