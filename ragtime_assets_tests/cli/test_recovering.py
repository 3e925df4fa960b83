"""Commands that keep a corpus from being lost, tidy it up, or remove it."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest

from ragtime_assets.corpus.database import SCHEMA_VERSION
from ragtime_assets.corpus.migrations import upgrade
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House


def test_a_backup_is_told_and_restored_elsewhere(
    terminal: Terminal, house: House, ready: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = terminal.type("backup", str(tmp_path / "one.tar"))
    assert "1 episode," in told
    assert "It is whole." in told
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path / "elsewhere"))
    assert "1 episode." in terminal.type("restore", str(tmp_path / "one.tar"))
    assert "ready" in terminal.type("status", ready)
    assert "Django" in terminal.type("search", "Django Reinhardt")
    refused = terminal.type("restore", str(tmp_path / "one.tar"), code=1)
    assert "InvalidBackup" in refused
    assert "--replace" in refused


def test_a_backup_without_audio_says_so_and_so_does_its_restore(
    terminal: Terminal, house: House, ready: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "without audio" in terminal.type("backup", str(tmp_path / "small"), "--no-audio")
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path / "elsewhere"))
    assert "redo KEY --from audio_file" in terminal.type("restore", str(tmp_path / "small"))


def test_a_backup_of_nothing_is_one(terminal: Terminal, tmp_path: Path) -> None:
    assert "0 episodes" in terminal.type("backup", str(tmp_path / "empty"))


def test_reset_names_what_goes_and_removes_nothing_without_a_yes(
    terminal: Terminal, house: House, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    told = terminal.type("reset", code=1)
    assert "1 episode and 0 feeds" in told
    assert str(house.studio.settings.root / "corpus.sqlite") in told
    assert len(house.studio.submissions.episodes()) == 1
    terminal.type("reset", "--yes")
    assert Studio(house.studio.settings).submissions.episodes() == []


def test_clean_removes_what_nobody_names_and_says_when_there_is_nothing(terminal: Terminal, house: House) -> None:
    assert "Nothing is kept for nobody" in terminal.type("clean")
    orphan = house.studio.store.put_bytes(b"the audio of before")
    os.utime(house.studio.settings.root / "store" / "blobs" / orphan, (1, 1))
    assert "removed 1 file that no artifact names" in terminal.type("clean", "--yes")
    assert house.studio.store.blob(orphan) is None


def test_migrate_tells_the_version_before_and_others_stop_at_it(terminal: Terminal, own_settings: Path) -> None:
    shutil.rmtree(own_settings)
    own_settings.mkdir()
    upgrade(Studio(Settings()).database.bare_engine(), "0012")
    stopped = terminal.type("feeds", "list", code=2)
    assert "0012" in stopped
    assert "ragtime migrate" in stopped
    assert "before: 0012" in terminal.type("migrate")
    assert f"{SCHEMA_VERSION} already" in terminal.type("migrate")
    terminal.type("feeds", "list")


def test_forgetting_twice_removes_nothing_the_second_time(terminal: Terminal, house: House, ready: str) -> None:
    assert "removed" in terminal.type("forget", ready, "--yes")
    assert "forgotten already" in terminal.type("forget", ready)
