"""Real processes for tests of what happens when several come at the same moment, or one is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

READY = "ready"


@contextmanager
def running(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process that has printed `ready`; it is killed when the context ends."""
    process = _start(script, arguments)
    try:
        _await(process)
        yield process
    finally:
        process.kill()
        process.communicate()


def together(script: str, arguments: Sequence[Sequence[str]]) -> list[str]:
    """What each process printed after all were `ready`, and were let go by a line on their stdin."""
    processes = [_start(script, one) for one in arguments]
    try:
        for process in processes:
            _await(process)
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        return [_finished(process) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _start(script: str, arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )


def _await(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    line = process.stdout.readline().strip()
    assert line == READY, line or process.communicate()[1]


def _finished(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors
    return output.strip()
