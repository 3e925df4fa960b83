"""The folders of forked processes: they go with the last of those, whoever was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ragtime_assets.orchestration.code_server.own_folder import PREFIX

SERVER = """
import sys, time
from ragtime_assets.orchestration.code_server.forking import Forking

forking = Forking.from_here(["decimal"])
if sys.argv[1:]:
    process = forking.Process(target=time.sleep, args=[600])
    process.start()
    print(process.pid, flush=True)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        yield Path(made)


def left(folder: Path) -> list[str]:
    """What lies there, and is as old as if it had lain there for an hour."""
    for one in folder.iterdir():
        hour_ago = one.stat().st_mtime - 3600
        os.utime(one, (hour_ago, hour_ago))
    return sorted(one.name for one in folder.iterdir())


@contextmanager
def server(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A process that forks, and what it said before it was ready."""
    command = [sys.executable, "-c", SERVER, *words]
    environment = os.environ | {"TMPDIR": str(folder)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        assert process.stdout is not None
        said = list(iter(lambda: process.stdout.readline().strip(), "ready"))  # type: ignore[union-attr]
        yield process, said
        process.kill()


def killed(process: subprocess.Popen[str]) -> None:
    """Kill it, and wait until what it forked from is gone too, as the end of its output shows."""
    process.kill()
    assert process.stdout is not None
    process.stdout.read()


def test_the_folder_of_a_killed_server_is_removed_by_the_next_and_no_other_is(folder: Path) -> None:
    others = [f"{PREFIX}file", "pymp-other", "ragtime-x"]
    (folder / others[0]).touch()
    for name in others[1:]:
        (folder / name).mkdir()
    with server(folder) as (first, _):
        killed(first)
    (gone,) = set(left(folder)) - set(others)
    assert gone.startswith(PREFIX)
    with server(folder) as (second, _):
        assert gone not in left(folder)
        second.communicate("", timeout=60)
    assert left(folder) == sorted(others)


def test_the_folder_of_a_server_that_works_or_whose_run_works_stays(folder: Path) -> None:
    with server(folder) as (_, _), server(folder, "run") as (killed_one, (run,)):
        killed_one.kill()
        killed_one.wait()
        before = left(folder)
        assert len(before) == 2
        with server(folder) as (third, _):
            assert set(before) <= set(left(folder))
            third.communicate("", timeout=60)
        os.kill(int(run), signal.SIGKILL)
