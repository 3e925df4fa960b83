"""Secrets are used, and show up nowhere: not in files, events, metadata, reports, logs or what commands print."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import dagster as dg
import pytest
from dagster._serdes import serialize_value
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from ragtime_assets.cli import main
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.settings import PREFIX, Settings
from ragtime_assets_tests.bucket_server import BucketServer, keys_of
from ragtime_assets_tests.hostile.conftest import OpenHouse
from ragtime_assets_tests.hostile.web import GUID, Web
from ragtime_assets_tests.house import House
from ragtime_assets_tests.qdrant_server import QdrantServer

SECRET = "hunter2 in/the=house"
FORMS = (
    SECRET,
    quote(SECRET),
    quote(SECRET, safe=""),
    quote_plus(SECRET),
    base64.b64encode(SECRET.encode()).decode().strip("="),
)
IN_URL = quote(SECRET, safe="")
SECRET_SETTINGS = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
URL_SETTINGS = [name for name in Settings.model_fields if name.endswith("_url")]

Say = Callable[..., str]


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """What `ragtime WORDS` prints on both streams, whatever its exit code."""

    def said(*words: str) -> str:
        with pytest.raises(SystemExit):
            main(words)
        return "".join(capfd.readouterr())

    return said


def leaks(text: str) -> list[str]:
    """Where the secret stands in a text."""
    return [text[max(0, text.find(form) - 80) : text.find(form) + 80] for form in FORMS if form in text]


def leaking_files(folder: Path) -> list[str]:
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size < 4_000_000 and leaks(path.read_bytes().decode("latin-1"))
    ]


def events(instance: dg.DagsterInstance) -> str:
    """All that GraphQL can tell of every run, as one text."""
    told: list[str] = []
    for record in instance.get_run_records():
        run = record.dagster_run
        told += [serialize_value(run), *(entry.event_log_entry.to_json() for entry in _entries(instance, run.run_id))]
        if run.job_snapshot_id:
            told.append(serialize_value(instance.get_job_snapshot(run.job_snapshot_id)))
    return "\n".join(told)


def _entries(instance: dg.DagsterInstance, run_id: str) -> Iterator[dg.EventLogRecord]:
    yield from instance.get_records_for_run(run_id).records


def assert_secret(house: House, *texts: str) -> None:
    """It is in nothing that was kept or said."""
    told = events(house.instance)
    assert "RUN_START" in told or "PIPELINE_START" in told
    assert leaks(told) == []
    assert [found for text in texts for found in leaks(text)] == []
    assert leaking_files(house.studio.settings.root.parent) == []


def export(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
def test_secrets_of_stores_that_work_and_then_refuse_are_kept_nowhere(
    web: Web,
    open_house: OpenHouse,
    httpserver: HTTPServer,
    bucket_server: BucketServer,
    monkeypatch: pytest.MonkeyPatch,
    say: Say,
    tmp_path: Path,
) -> None:
    qdrant = QdrantServer(httpserver, key=SECRET)
    chosen = {
        "home": str(tmp_path / "home"),
        "qdrant_url": qdrant.url.replace("//", f"//keeper:{IN_URL}@"),
        "qdrant_api_key": SECRET,
        **keys_of(bucket_server, bucket := bucket_server.new_bucket()),
        "s3_secret": SECRET,
    }
    export(monkeypatch, **chosen)
    with open_house(**{name: value for name, value in chosen.items() if name != "home"}) as house:
        good, gone, refused = house.take(
            [web.item("trusted"), web.item("gone", audio=f"{web.base}/no-such-audio"), web.item("refused")]
        )
        assert house.run(good).success
        assert {f"all/artifacts/{phase}/{good}.json" for phase in PHASES} <= set(bucket_server.names(bucket))
        assert not house.run(gone).success
        qdrant.key = "another"
        assert not house.run(refused).success
        house.run(refused, "episode_report")
        error = house.status(refused).error
        assert error is not None
        assert error.error_class == "ConfigurationError"
        assert "//***@" in error.message
        assert qdrant.keys == {SECRET}
        report, _ = house.studio.store.load(EpisodeReport, refused)
        said = [
            say("status"),
            say("status", good),
            say("status", refused, "--json"),
            say("status", "--failed"),
            say("search", "Clifford Brown"),
            say("env"),
            say("retry", refused),
        ]
        assert refused in said[3]
        assert_secret(house, *said, report.markdown)


def test_the_token_of_a_private_feed_opens_all_of_it_and_is_kept_nowhere(
    web: Web,
    open_house: OpenHouse,
    monkeypatch: pytest.MonkeyPatch,
    say: Say,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("secrets") / "credentials.toml"
    file.touch(0o600)
    file.write_text(f'["{web.base}"]\nquery = {{ auth = "{SECRET}" }}\n')
    token = f"auth={quote_plus(SECRET)}"
    for name in ("members", "lapsed"):  # as private feeds do, this one puts the token into all that it links to
        web.audio(name), web.captions(name)
        links = {kind: f"{web.base}/{name}/{kind}" for kind in ("audio.wav", "captions.vtt")}
        web.item(name, audio=f"{links['audio.wav']}?{token}", captions=f"{links['captions.vtt']}?{token}")
    web.says(f"HTTP/1.1 403 {SECRET} is no more\r\nContent-Length: 0\r\n\r\n".encode(), path="/lapsed/audio.wav")
    for path in [path for path in web.answers if path.startswith(("/members/", "/lapsed/"))]:
        web.answers[f"{path}?{token}"] = web.answers.pop(path)
    export(monkeypatch, home=str(tmp_path / "home"), credentials_file=str(file), podcast_indexes="none", browser="off")
    with open_house(credentials_file=file) as house:
        private = [f"{web.base}/{name}/feed.xml?{token}" for name in ("members", "lapsed")]
        said = [say("submit", "--feed", url, "--guid", GUID) for url in private]
        said += [say("feeds", "add", private[0]), say("feeds", "list"), say("doctor")]
        members, lapsed = house.take(item_submission(url.partition("?")[0], GUID) for url in private)
        assert {members, lapsed} == {one.key for one in house.studio.submissions.episodes()}
        assert house.run(members).success
        assert not house.run(lapsed).success
        house.run(lapsed, "episode_report")
        error = house.status(lapsed).error
        assert error is not None
        assert "does not accept our login" in error.message
        reports = [house.studio.store.load(EpisodeReport, key)[0].markdown for key in (members, lapsed)]
        said += [say("status", members, "--json"), say("status", "--failed"), say("retry", lapsed), *reports]
        said += [say("edit", lapsed, "--audio-url", f"{web.base}/members/audio.wav?{token}")]
        assert "hears query, unencrypted" in said[4]
        assert_secret(house, *said)
        text = house.studio.settings.corpus_url.removeprefix("sqlite:///")
        assert leaks(Path(text).read_bytes().decode("latin-1")) == []


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://keeper:{IN_URL}@127.0.0.1:1/corpus",
        f"postgres://keeper:{IN_URL}@/corpus?host=/nowhere",
        f"postgresql://keeper@127.0.0.1:1/corpus?password={IN_URL}&sslmode=disable",
    ],
)
def test_the_password_of_a_database_that_does_not_answer_is_not_told(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch, say: Say, tmp_path: Path, url: str
) -> None:
    export(monkeypatch, home=str(tmp_path / "home"), database_url=url)
    with open_house(database_url=SecretStr(url)) as house:
        house.instance.add_dynamic_partitions("episodes", ["an-episode"])
        assert not house.run("an-episode").success
        assert "does not answer" in events(house.instance)
        said = [say("status"), say("submit", "https://example.com/a"), say("search", "x"), say("env")]
        assert all("StoreUnavailable" in one for one in said[:3])
        assert_secret(house, *said)


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
def test_the_key_of_an_index_that_does_not_answer_is_not_told(
    web: Web, open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch, say: Say, tmp_path: Path
) -> None:
    chosen = {"qdrant_url": f"http://keeper:{IN_URL}@127.0.0.1:1", "qdrant_api_key": SECRET}
    export(monkeypatch, home=str(tmp_path / "home"), **chosen)
    with open_house(**chosen) as house:
        (key,) = house.take([web.item("indexless")])
        assert not house.run(key).success
        error = house.status(key).error
        assert error is not None
        assert "the Qdrant server does not answer" in error.message
        assert_secret(house, say("status", "--failed"), say("search", "Clifford Brown"))


@pytest.mark.parametrize("host", ["127.0.0.1:1", "127.0.0.1:port", "[::1"])
@pytest.mark.parametrize("password", [SECRET, SECRET.replace(" ", "@"), IN_URL])
def test_the_password_of_a_database_url_that_cannot_be_read_is_not_told(
    monkeypatch: pytest.MonkeyPatch, say: Say, host: str, password: str
) -> None:
    export(monkeypatch, database_url=f"postgresql://keeper:{password}@{host}/corpus?nonsense=1")
    said = say("status")
    assert "RAGTIME_DATABASE_URL" in said
    assert "What to do:" in said
    assert [part for part in ("hunter2", "house") if part in said] == []


@pytest.mark.parametrize(
    "address", ["https://keeper:{}@example.com/a", "ftp://u:{}@example.com", "https://u:{}@[::1/a"]
)
@pytest.mark.parametrize("password", ["hunter2", "hunter2@house", "hunter2/house?"])
def test_the_password_of_a_refused_submission_is_not_told(say: Say, address: str, password: str) -> None:
    said = say("submit", address.format(password)) + say("submit", "--feed", address.format(password), "--guid", "g")
    assert said.count("//***@") == 2
    assert [part for part in ("hunter2", "house") if part in said] == []


@pytest.mark.parametrize("name", SECRET_SETTINGS)
def test_a_refused_secret_is_masked(monkeypatch: pytest.MonkeyPatch, say: Say, name: str) -> None:
    export(monkeypatch, **{name: SECRET})
    said = say("status")
    assert leaks(said) == []
    if name == "database_url":
        assert f"{PREFIX}{name.upper()}" in said
        assert "ConfigurationError" in said


@pytest.mark.parametrize("name", URL_SETTINGS)
def test_a_refused_url_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch, say: Say, name: str) -> None:
    export(monkeypatch, **{name: f"gopher://keeper:{IN_URL}@127.0.0.1:1/x"})
    assert leaks(say("search", "x")) == []
