"""How the processes of `ragtime up` end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ragtime_assets.orchestration.supervisor import Child, Supervisor, is_there
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"


def test_a_process_that_does_not_end_when_it_is_told_is_ended(tmp_path: Path) -> None:
    child = Child("stubborn", [sys.executable, "-c", STUBBORN], tmp_path / "log")
    child.start(dict(os.environ))
    while not child.log.read_text():
        assert child.is_running
    child.stop(patience=0.2)
    assert not child.is_running


def test_a_folder_that_is_removed_under_it_is_told_once_because_no_run_can_start_in_it(tmp_path: Path) -> None:
    folder, told = tmp_path / "started here", list[str]()
    folder.mkdir()
    supervisor = Supervisor(Studio(OwnSettings(home=tmp_path / "home")), web_port=None, tell=told.append, folder=folder)
    supervisor.revive()
    assert told == []
    folder.rmdir()
    for _ in range(2):
        supervisor.revive()
    assert len(told) == 2
    assert "is gone" in told[0]
    assert "What to do:" in told[1]


def test_where_this_process_was_started_may_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_there(None)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert not is_there(None)
