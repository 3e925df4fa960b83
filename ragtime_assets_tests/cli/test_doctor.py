"""`ragtime doctor` says what is wrong with this machine before a run finds it out, and tells no secret."""

from __future__ import annotations

import json
import re
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from dagster import DagsterRun
from dagster._core.scheduler.instigation import InstigatorStatus, SensorInstigatorData
from dagster._daemon.types import DaemonHeartbeat

from ragtime_assets.corpus.database import SCHEMA_VERSION
from ragtime_assets.corpus.schema import VERSION_TABLE
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.episode.subscription import Selection
from ragtime_assets.domain.history import SENSORS
from ragtime_assets.orchestration.sensors import ALL as ALL_SENSORS
from ragtime_assets.studio.unfinished import noted
from ragtime_assets_tests.adapters.musicbrainz import musicbrainz_database
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.corpus.rows import envelope
from ragtime_assets_tests.house import House, sensor_state
from ragtime_assets_tests.openai_server import openai_server, output, status


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
    assert "https://feeds.example hears basic" in " ".join(said.split())
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


DAGSTER = ("dagster", "daemon", "sensors")


@pytest.mark.usefixtures("home")
def test_a_corpus_that_was_never_up_is_told_so_and_nothing_is_made_for_it(terminal: Terminal, tmp_path: Path) -> None:
    assert [str(found(terminal, name)["told"]).partition(":")[0] for name in DAGSTER] == [
        f"{tmp_path / 'dagster'} is not there yet",
        "never ran, and nothing waits for it",
        "none looked yet",
    ]
    assert not (tmp_path / "dagster").exists()


def test_a_daemon_that_does_not_run_is_wrong_only_where_something_waits_for_it(
    terminal: Terminal, house: House
) -> None:
    told = str(found(terminal, "daemon")["told"])
    assert told == "never ran, and nothing waits for it: ragtime up starts it"
    beat(house, time.time() - 600)
    looked = SensorInstigatorData(last_tick_timestamp=time.time() - 600)
    sensor_state(house.instance, InstigatorStatus.RUNNING, looked)
    assert "last seen 10 min ago, and nothing waits for it" in str(found(terminal, "daemon")["told"])
    assert str(found(terminal, "sensors")["told"]).startswith("submission_sensor 10 min ago; ")
    house.studio.submissions.submit([page_submission(f"https://pod.example/{n}") for n in (1, 2)], by="ann")
    daemon = found(terminal, "daemon", 1)
    assert (daemon["ok"], daemon["remedy"]) == (False, "ragtime up")
    assert daemon["told"] == "Dagster's daemon was last seen 10 min ago, and 2 episodes wait for it"
    assert found(terminal, "sensors", 1)["ok"]


def test_a_run_that_is_queued_waits_for_the_daemon(terminal: Terminal, house: House) -> None:
    house.instance.add_run(DagsterRun("job"))
    assert str(found(terminal, "daemon", 1)["told"]) == "Dagster's daemon never ran, and 1 run waits for it"


def test_a_daemon_that_does_not_run_says_that_feeds_are_not_polled(terminal: Terminal, house: House) -> None:
    selection = Selection(since=datetime.now(UTC))
    house.studio.subscriptions.add({"https://pod.example/feed": None}, selection, "ann")
    assert str(found(terminal, "daemon")["told"]).endswith("; 1 feed not polled until then")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (InstigatorStatus.RUNNING, "submission_sensor last looked 10 min ago"),
        (InstigatorStatus.STOPPED, "submission_sensor is turned off"),
    ],
)
def test_a_sensor_that_is_off_or_stopped_looking_is_wrong(
    terminal: Terminal, house: House, status: InstigatorStatus, told: str
) -> None:
    beat(house, time.time())
    sensor_state(house.instance, status, SensorInstigatorData(last_tick_timestamp=time.time() - 600))
    assert found(terminal, "sensors", 1)["told"] == told


def test_a_daemon_and_sensors_at_work_are_told_with_their_last_look(terminal: Terminal, house: House) -> None:
    beat(house, time.time())
    sensor_state(house.instance, InstigatorStatus.RUNNING, SensorInstigatorData(last_tick_timestamp=time.time()))
    assert str(found(terminal, "daemon")["told"]).startswith("alive")
    told = str(found(terminal, "sensors")["told"])
    assert re.match(r"submission_sensor \d+ s ago; ", told)
    assert "feed_sensor has not looked yet" in told


def test_every_sensor_is_looked_for() -> None:
    assert {sensor.name for sensor in ALL_SENSORS} == set(SENSORS)


def test_a_home_that_is_a_file_is_wrong(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path / "file" / "home"))
    assert "cannot be written to" in str(found(terminal, "home", 1)["told"])


def test_what_was_killed_half_way_is_wrong_and_the_command_that_finishes_it_is_told(
    terminal: Terminal, house: House
) -> None:
    assert found(terminal, "half-way")["told"] == "nothing"
    (key,) = house.submit("/one")
    house.studio.submissions.bury(key)
    assert "1 episode being forgotten" in str(found(terminal, "half-way")["told"])
    with suppress(KeyboardInterrupt), noted(house.studio.settings, "a restore", "ragtime restore FOLDER"):
        raise KeyboardInterrupt
    half_way = found(terminal, "half-way", 1)
    assert "a restore was begun" in str(half_way["told"])
    assert half_way["remedy"] == "ragtime restore FOLDER"


@pytest.mark.parametrize("version", ["0001", "9999"])
def test_tables_of_another_version_are_wrong_with_both_versions(terminal: Terminal, house: House, version: str) -> None:
    assert f"schema {SCHEMA_VERSION}" in str(found(terminal, "database")["told"])
    with house.studio.database.writing() as connection:
        connection.execute(sa.update(sa.table(VERSION_TABLE, sa.column("version_num"))).values(version_num=version))
    told = str(found(terminal, "database", 1)["told"])
    assert version in told
    assert SCHEMA_VERSION in told


@pytest.mark.usefixtures("home")
def test_a_model_without_its_key_is_wrong_before_anything_is_paid(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.setenv("RAGTIME_LINK_MODEL", "anthropic:claude-sonnet-4-5")
    assert "entity_links has no model to work with" in str(found(terminal, "models", 1)["told"])


def test_models_are_called_when_asked_for_and_each_server_once(
    terminal: Terminal, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with openai_server() as server:
        server.otherwise = lambda _asked: output({"ready": True})
        for name, value in (("MODEL", "openai-chat:parrot"), ("OPENAI_BASE_URL", server.url), ("MODEL_API_KEY", "k")):
            monkeypatch.setenv(f"RAGTIME_{name}", value)
        terminal.type("doctor")
        assert server.asked == []
        said = " ".join(terminal.type("doctor", "--call").split())
        assert "openai-chat:parrot answers, its clock" in said
        assert len(server.asked) == 1
        server.otherwise = lambda _asked: status(401)
        assert "refused the key" in terminal.type("doctor", "--call", code=1)


def test_a_clock_that_was_set_back_is_wrong(terminal: Terminal, house: House) -> None:
    assert "by the database" in str(found(terminal, "clock")["told"])
    later = datetime.now(UTC) + timedelta(hours=1)
    house.studio.artifact_index.record([envelope("one", "summary", created_at=later)])
    assert "in the future" in str(found(terminal, "clock", 1)["told"])


def beat(house: House, at: float) -> None:
    """Let the daemon give a sign of life."""
    house.instance.add_daemon_heartbeat(DaemonHeartbeat(at, "SENSOR", "id", None))
