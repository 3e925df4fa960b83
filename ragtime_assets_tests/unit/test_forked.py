"""A process that is forked is to its starter what one is for which Python was started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ragtime_assets_tests.forked import Forked, run

TELL = "import os, sys; print(sys.argv[1:], os.getcwd(), os.environ.get('ONLY'), os.environ.get('HOME'), sep='|')"
SLEEP = "import time; time.sleep(600)"
OPEN = "import os; print(len(os.listdir('/proc/self/fd')))"


def python(script: str, *words: str) -> list[str]:
    return [sys.executable, "-c", script, *words]


def test_it_has_the_arguments_folder_and_environment_it_is_given_and_no_other(tmp_path: Path) -> None:
    done = run(python(TELL, "one", "two"), cwd=tmp_path, env={"ONLY": "this"}, timeout=60)
    assert done.stdout == f"['one', 'two']|{tmp_path}|this|None\n"


@pytest.mark.parametrize(
    ("script", "code", "says"),
    [
        ("", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('what was wrong')", 1, "what was wrong\n"),
        ("import atexit, sys; atexit.register(print, 'at the end', file=sys.stderr)", 0, "at the end\n"),
    ],
)
def test_it_ends_as_python_does(script: str, code: int, says: str) -> None:
    done = run(python(script), timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", says)


def test_an_error_is_told_on_stderr_with_its_lines() -> None:
    done = run(python("def f(): raise ValueError('why')\nf()"), timeout=60)
    assert done.returncode == 1
    assert done.stderr.endswith("ValueError: why\n")


def test_a_module_is_run_as_the_main_one() -> None:
    assert run([sys.executable, "-m", "ragtime_assets", "--version"], timeout=60).stdout.startswith("ragtime ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it_and_nobody_else(number: signal.Signals) -> None:
    struck, other = Forked(python(SLEEP)), Forked(python(SLEEP), start_new_session=True)
    try:
        assert os.getsid(other.pid) == other.pid != os.getsid(struck.pid)
        struck.send_signal(number)
        assert struck.wait(60) == -number
        assert other.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.1)
    finally:
        for process in (struck, other):
            process.kill()
            process.wait(60)


def test_it_reads_what_it_is_told_and_has_no_other_file_open() -> None:
    with Forked(python("print(input())"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.communicate("told\n", timeout=60) == ("told\n", None)
    fresh = subprocess.run(python(OPEN), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert run(python(OPEN), timeout=60).stdout == fresh.stdout


def test_threads_that_start_processes_at_once_each_have_their_own() -> None:
    def told_and_known() -> tuple[int, int]:
        with Forked(python("import os; print(os.getpid())"), stdout=subprocess.PIPE, text=True) as process:
            return int(process.communicate(timeout=60)[0]), process.pid

    run(python(""), timeout=60)
    with ThreadPoolExecutor(8) as pool:
        started = [pool.submit(told_and_known) for _ in range(24)]
    pids = [one.result() for one in started]
    assert all(told == known for told, known in pids)
    assert len(set(pids)) == len(pids)


def test_a_command_that_is_no_python_is_started_as_it_is() -> None:
    with Forked(["echo", "as it is"], stdout=subprocess.PIPE, text=True) as process:
        assert process.communicate(timeout=60)[0] == "as it is\n"
