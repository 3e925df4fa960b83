"""The Dagster instance under HOME: its configuration put in place, and a way to open it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import dagster as dg
from filelock import FileLock

from ragtime_assets.adapters.storage.disk import full_disk_named
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.locks import PostgresLocks, held_in_turn
from ragtime_assets.domain.folders import made_folder, unusable_named
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.orchestration.care.dagster_gaps import mend_versions
from ragtime_assets.orchestration.care.kept_connections import make_engines_once
from ragtime_assets.orchestration.history import storage_errors_named
from ragtime_assets.orchestration.tags import PLACE_TAG
from ragtime_assets.settings import Settings

_TEMPLATE = Path(__file__).with_name("dagster.yaml")
_LAID = "dagster.yaml.laid"
"""Beside dagster.yaml: the digest of the template that was laid there, so that an edit can be told."""
_FIRST_TEMPLATE = "2d18524d293ec7eb121bad47526915a88332a378322f8feec67414102d573af3"
"""The template of the version that noted no digest."""
_LOCK_SECONDS = 60
_CELERY_LAUNCHER = {"module": "ragtime_assets.orchestration.launching.launcher", "class": "CeleryLauncher"}
_CELERY_HEAD = "# Laid for RAGTIME_LAUNCHER=celery. With storage on Postgres it is deploy/dagster-celery.yaml.\n"
_MAY_WAIT_SECONDS = 30 * 24 * 3600
"""A run that waits in the broker is no failure; without a limit, Dagster stumbles over each that waits."""
_RUNS_IN_BROKER = 100
"""As many as the broker holds ahead; how many are worked on at once is the workers' to say."""


def prepare_home(settings: Settings) -> Path:
    """The folder for DAGSTER_HOME, with the embedded instance's configuration unless somebody wrote another.

    A configuration that nobody edited follows the template of this version.
    """
    home = made_folder(settings.instance_folder)
    with unusable_named(home), FileLock(home / "dagster.yaml.lock", timeout=_LOCK_SECONDS):
        template, config, laid = configuration(settings), home / "dagster.yaml", home / _LAID
        if not config.exists() or _digest(config.read_text()) in _digests_of_templates(laid):
            _replace(config, template)
            _replace(laid, _digest(template))
    return home


def configuration(settings: Settings) -> str:
    """The dagster.yaml that is laid: the template, with what another launcher needs."""
    import yaml

    template = _TEMPLATE.read_text()
    if settings.launcher == "default":
        return template
    told = yaml.safe_load(template)
    runs = told["concurrency"]["runs"]
    runs["max_concurrent_runs"] = _RUNS_IN_BROKER
    runs["tag_concurrency_limits"] = [one for one in runs["tag_concurrency_limits"] if one["key"] != PLACE_TAG]
    told["run_monitoring"]["start_timeout_seconds"] = _MAY_WAIT_SECONDS
    told["run_launcher"] = _CELERY_LAUNCHER
    return _CELERY_HEAD + yaml.safe_dump(told, sort_keys=False)


def refuse_other_launcher(settings: Settings) -> None:
    """Raise ConfigurationError where the settings name celery and an edited dagster.yaml does not."""
    import yaml

    config = prepare_home(settings) / "dagster.yaml"
    told = yaml.safe_load(config.read_text()) or {}
    if settings.launcher == "celery" and told.get("run_launcher") != _CELERY_LAUNCHER:
        raise ConfigurationError(
            f"RAGTIME_LAUNCHER is celery, and {config} was edited and starts no runs by it",
            remedy="Take run_launcher, run_monitoring and concurrency from deploy/dagster-celery.yaml.",
        )


def missing_settings(settings: Settings) -> list[str]:
    """What the template has and an edited dagster.yaml lacks."""
    import yaml

    mine = yaml.safe_load((prepare_home(settings) / "dagster.yaml").read_text()) or {}
    there = set(_places(mine))
    lacking = [place for place in _places(yaml.safe_load(configuration(settings))) if place not in there]
    return [place for place in lacking if place.rpartition(".")[0] not in lacking]


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance, for reading its history and stopping runs; raises HistoryUnreachable when it cannot."""
    home = prepare_home(settings)
    make_engines_once()
    with storage_errors_named(), _configuration_errors_named(), ExitStack() as opened:
        with unusable_named(home), _alone(settings, home):
            mend_versions(home)
            instance = opened.enter_context(dg.DagsterInstance.from_config(str(home)))
        yield instance


def is_on_a_server(home: Path) -> bool:
    """Whether Dagster's storage is shared with other machines; SQLite is made by processes of this one alone."""
    import yaml

    with suppress(yaml.YAMLError, FileNotFoundError):  # Dagster says what is wrong with it
        told = yaml.safe_load((home / "dagster.yaml").read_text())
        return isinstance(told, dict) and "sqlite" not in (told.get("storage") or {"sqlite": {}})
    return False


@contextmanager
def _alone(settings: Settings, home: Path) -> Iterator[None]:
    """One process at a time makes the storage: on this machine, and on Postgres among all machines of the corpus."""
    with FileLock(home / "storage.lock", timeout=_LOCK_SECONDS), ExitStack() as held:
        database = Database(settings.corpus_url)
        if not database.is_sqlite and is_on_a_server(home):
            held.enter_context(held_in_turn(PostgresLocks(database), "dagster-storage", _LOCK_SECONDS))
        yield


@contextmanager
def _configuration_errors_named() -> Iterator[None]:
    """What Dagster says of a dagster.yaml that it cannot use, as an error of ours."""
    try:
        yield
    except dg.DagsterInvalidConfigError as error:
        raise ConfigurationError(
            f"Dagster's configuration cannot be used: {error}",
            remedy="Correct dagster.yaml in `ragtime env`'s DAGSTER_HOME, or remove it: it is laid anew.",
        ) from error


def _digests_of_templates(laid: Path) -> set[str]:
    return {_FIRST_TEMPLATE, laid.read_text().strip() if laid.exists() else ""}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _replace(file: Path, text: str) -> None:
    """Write so that a reader sees the old or the new; nothing where they are the same."""
    if file.exists() and file.read_text() == text:
        return
    fresh = file.with_name(f"{file.name}.new")
    with full_disk_named(file):
        fresh.write_text(text)
        fresh.replace(file)


def _places(part: Any, above: str = "") -> Iterator[str]:
    """Where every setting of a configuration stands; an item of a list is named by its key."""
    items = part.items() if isinstance(part, dict) else [(one.get("key"), one) for one in part]
    for name, value in items:
        place = f"{above}.{name}".removeprefix(".")
        yield place
        is_list_of_named = isinstance(value, list) and all(isinstance(one, dict) and "key" in one for one in value)
        if is_list_of_named or (isinstance(value, dict) and "key" not in value):
            yield from _places(value, place)
