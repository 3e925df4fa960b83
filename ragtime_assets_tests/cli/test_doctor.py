"""`ragtime doctor` says what is wrong with this machine before a run finds it out, and tells no secret."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from ragtime_assets_tests.adapters.musicbrainz import musicbrainz_database
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


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nothing is set."""
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path))


def found(terminal: Terminal, name: str, code: int = 0) -> dict[str, object]:
    """What the doctor finds of one thing."""
    checks = json.loads(terminal.type("doctor", "--json", code=code))["checks"]
    return next(one for one in checks if one["name"] == name)


@pytest.mark.usefixtures("home")
def test_musicbrainz_is_on_only_with_a_contact_and_that_is_said(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("musicbrainz", "wikidata"):
        assert "RAGTIME_CONTACT is not set" in str(found(terminal, service)["told"])
    monkeypatch.setenv("RAGTIME_CONTACT", "keeper@example.org")
    assert "https://musicbrainz.org" in str(found(terminal, "musicbrainz")["told"])
    assert "keeper@example.org" in str(found(terminal, "contact")["told"])
    monkeypatch.setenv("RAGTIME_MUSICBRAINZ_URL", "none")
    assert found(terminal, "musicbrainz")["told"] == "not asked: RAGTIME_MUSICBRAINZ_URL is none"


@pytest.mark.usefixtures("home")
def test_a_music_database_that_is_none_is_wrong_and_says_what_is_missing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, empty_postgres_url: str
) -> None:
    monkeypatch.setenv("RAGTIME_MUSICBRAINZ_DATABASE_URL", empty_postgres_url)
    wrong = found(terminal, "musicbrainz", code=1)
    assert not wrong["ok"]
    assert "l_url_work" in str(wrong["told"])


@pytest.mark.usefixtures("home")
def test_a_music_database_that_is_there_needs_no_contact(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, empty_postgres_url: str
) -> None:
    with musicbrainz_database(empty_postgres_url):
        monkeypatch.setenv("RAGTIME_MUSICBRAINZ_DATABASE_URL", empty_postgres_url)
        right = found(terminal, "musicbrainz")
    assert right["ok"]
    assert "every table that is needed" in str(right["told"])


@pytest.mark.usefixtures("home")
def test_a_music_database_that_does_not_answer_is_wrong_without_its_password(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://me:hunter2@127.0.0.1:{taken.getsockname()[1]}/musicbrainz_db"
        monkeypatch.setenv("RAGTIME_MUSICBRAINZ_DATABASE_URL", url)
        wrong = found(terminal, "musicbrainz", code=1)
    assert "does not answer" in str(wrong["told"])
    assert "hunter2" not in json.dumps(wrong)
