"""Secrets in files: what is read, which of two places counts, and that a secret is never told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ragtime_assets.errors import ConfigurationError
from ragtime_assets.settings import (
    OwnSettings,
    Settings,
    child_environment,
    is_secret,
    load_settings,
    revealed,
    values_set,
    variable_of,
)

SECRETS = [name for name in Settings.model_fields if is_secret(name)]


def in_a_file(folder: Path, content: str | bytes) -> str:
    path = folder / "secret"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize("name", ["s3_secret", "qdrant_api_key", "model_api_key", "serve_token"])
def test_a_secret_is_read_from_the_file_that_its_variable_names(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(f"{variable_of(name)}_FILE", in_a_file(tmp_path, "a secret of many characters\n"))
    assert revealed(getattr(load_settings(), name)) == "a secret of many characters"


def test_an_address_with_a_password_may_be_in_a_file_and_has_to_be_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGTIME_DATABASE_URL_FILE", in_a_file(tmp_path, "postgresql://me:hunter2@db/corpus"))
    assert load_settings().corpus_url == "postgresql+psycopg2://me:hunter2@db/corpus"
    in_a_file(tmp_path, "mysql://me:hunter2@db/corpus")
    with pytest.raises(ConfigurationError, match="RAGTIME_DATABASE_URL=") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_a_child_process_gets_what_was_read_and_not_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAGTIME_S3_SECRET_FILE", in_a_file(tmp_path, "hunter2"))
    environment = child_environment(load_settings())
    assert environment["RAGTIME_S3_SECRET"] == "hunter2"
    assert "RAGTIME_S3_SECRET_FILE" not in environment


def test_the_environment_counts_before_the_env_file_in_either_form(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env = tmp_path / ".env"
    env.write_text("RAGTIME_S3_SECRET=of the env file\n")
    monkeypatch.setenv("RAGTIME_S3_SECRET_FILE", in_a_file(tmp_path, "of the file"))
    assert revealed(load_settings().s3_secret) == "of the file"
    assert values_set()["RAGTIME_S3_SECRET"] == ("of the file", "RAGTIME_S3_SECRET_FILE")
    monkeypatch.delenv("RAGTIME_S3_SECRET_FILE")
    env.write_text(f"RAGTIME_S3_SECRET_FILE={tmp_path / 'secret'}\n")
    assert revealed(load_settings().s3_secret) == "of the file"
    monkeypatch.setenv("RAGTIME_S3_SECRET", "of the environment")
    assert revealed(load_settings().s3_secret) == "of the environment"


def test_a_secret_in_both_forms_at_one_place_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAGTIME_S3_SECRET", "hunter2")
    monkeypatch.setenv("RAGTIME_S3_SECRET_FILE", in_a_file(tmp_path, "hunter2"))
    with pytest.raises(ConfigurationError, match="RAGTIME_S3_SECRET_FILE are both set: unset one"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "the file is empty"), (" \n", "the file is empty"), (b"\xff\xfehunter2", "it is no text")],
)
def test_a_file_that_says_nothing_usable_is_told_with_its_variable(
    content: str | bytes, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGTIME_S3_SECRET_FILE", in_a_file(tmp_path, content))
    with pytest.raises(ConfigurationError, match=f"RAGTIME_S3_SECRET_FILE=.*{told}") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_there_is_told_beside_every_other_wrong_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAGTIME_S3_SECRET_FILE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("RAGTIME_LAUNCHER", "carrier pigeon")
    with pytest.raises(ConfigurationError, match=r"nowhere.*No such file(.|\n)*RAGTIME_LAUNCHER"):
        load_settings()


def test_only_what_is_secret_is_in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAGTIME_CONTACT_FILE", in_a_file(tmp_path, "me@example.org"))
    with pytest.raises(ConfigurationError, match="RAGTIME_CONTACT_FILE is not a setting"):
        load_settings()


def test_no_setting_is_named_as_the_file_of_a_secret() -> None:
    assert SECRETS
    assert not {f"{name}_file" for name in SECRETS} & set(Settings.model_fields)


def test_settings_of_their_own_hear_of_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAGTIME_S3_SECRET_FILE", in_a_file(tmp_path, "hunter2"))
    assert OwnSettings().s3_secret is None


def test_the_address_of_dagsters_storage_is_put_where_dagster_looks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A command that is typed in a container has not gone through the entry point of the image."""
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", "")
    monkeypatch.setenv(
        "DAGSTER_POSTGRES_URL_FILE", in_a_file(tmp_path, "postgresql+psycopg2://me:hunter2@db/dagster\n")
    )
    for _ in range(2):
        load_settings()
    assert os.environ["DAGSTER_POSTGRES_URL"] == "postgresql+psycopg2://me:hunter2@db/dagster"
    monkeypatch.setenv("DAGSTER_POSTGRES_URL_FILE", str(tmp_path / "secret"))
    with pytest.raises(ConfigurationError, match="DAGSTER_POSTGRES_URL_FILE are both set"):
        load_settings()
