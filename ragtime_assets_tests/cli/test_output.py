"""What a command does when what it says cannot be written as it is; each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest


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
