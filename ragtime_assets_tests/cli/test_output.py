"""What a command does when what it says cannot be written as it is; each in a process of its own."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from ragtime_assets.cli import main
from ragtime_assets.domain.folders import not_ours


def said(home: Path, *words: str, stdout: int | IO[str] = subprocess.PIPE, **environment: str) -> tuple[int, str]:
    """The exit code and what is on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "ragtime_assets", *words],
        env=os.environ | {"RAGTIME_HOME": str(home), "COLUMNS": "80"} | environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", [("--help",), ("env", "--json")], ids=["for people", "for programs"])
def test_a_disk_that_takes_no_output_is_told_without_a_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        told = said(tmp_path, *words, stdout=full)
    assert told == (1, "What was to be shown could not be written: No space left on device.\n")


def test_a_question_that_nobody_can_answer_is_aborted_without_a_traceback(tmp_path: Path) -> None:
    def closed() -> None:
        os.close(0)

    done = subprocess.run(
        [sys.executable, "-m", "ragtime_assets", "reset"],
        env=os.environ | {"RAGTIME_HOME": str(tmp_path), "COLUMNS": "80"},
        preexec_fn=closed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert done.stderr.endswith("Aborted.\n")


def test_a_terminal_that_cannot_show_a_letter_shows_a_mark_in_its_place(tmp_path: Path) -> None:
    code, told = said(tmp_path, "show", "Stéphane", PYTHONIOENCODING="ascii")
    assert code == 2
    assert "'St?phane'" in told
    assert "RAGTIME_HOME" in told, "an empty corpus may be the wrong one"


@pytest.mark.parametrize("place", ["a file", "below a file", "where nothing can be made", "a name too long"])
@pytest.mark.parametrize("words", [("search", "bridge"), ("ask", "which bridge?"), ("status",), ("health",)])
def test_a_home_that_cannot_be_used_is_named_with_its_remedy(
    tmp_path: Path,
    place: str,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "file"
    file.touch()
    home = {
        "a file": file,
        "below a file": file / "home",
        "where nothing can be made": Path("/proc/nothere"),
        "a name too long": tmp_path / ("x" * 300),
    }[place]
    monkeypatch.setenv("RAGTIME_HOME", str(home))
    with pytest.raises(SystemExit) as ended:
        main([*words, "--json"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert ended.value.code == 2
    assert error["class"] == "ConfigurationError"
    assert str(home) in error["message"]
    assert "RAGTIME_HOME" in error["remedy"]


def test_a_file_that_this_user_may_not_use_is_named_by_whichever_command_needs_it() -> None:
    refused = not_ours(PermissionError(errno.EACCES, "Permission denied", "/corpus/dagster/storage.lock"))
    assert refused is not None
    assert refused.message == "/corpus/dagster/storage.lock cannot be used: Permission denied"
    assert not_ours(OSError(errno.ENOSPC, "No space left on device", "/corpus")) is None
    assert not_ours(FileNotFoundError(errno.ENOENT, "No such file", "/corpus")) is None, (
        "that would be a defect of ours"
    )
