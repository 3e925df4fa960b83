"""`ragtime doctor` says what is wrong with this machine before a run finds it out, and tells no secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragtime_assets_tests.cli.conftest import Terminal


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file that is in order."""
    path = tmp_path / "credentials.toml"
    path.touch(0o600)
    path.write_text('["feeds.example"]\nuser = "ann"\npassword = "hunter2hunter2"\n')
    monkeypatch.setenv("RAGTIME_CREDENTIALS_FILE", str(path))
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path / "home"))
    return path


def test_a_file_of_credentials_is_told_by_its_hosts_alone(terminal: Terminal, credentials: Path) -> None:
    said = terminal.type("doctor")
    assert "https://feeds.example hears basic" in said.replace("\n", " ")
    assert "hunter2" not in said


def test_a_file_that_others_may_read_is_wrong(terminal: Terminal, credentials: Path) -> None:
    credentials.chmod(0o644)
    (found,) = [one for one in json.loads(terminal.type("doctor", "--json", code=1))["checks"] if not one["ok"]]
    assert (found["name"], "may be read by others" in found["told"]) == ("credentials", True)
    assert found["remedy"].startswith("chmod 600")


def test_a_machine_on_which_nothing_is_set_is_in_order(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path))
    assert "wrong" not in terminal.type("doctor")


def test_ytdlp_that_is_on_is_told_with_its_version(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path))
    monkeypatch.setenv("RAGTIME_YTDLP", "on")
    assert "yt-dlp: version 20" in terminal.type("doctor")
