"""Processes that are killed for real in the middle: nothing that was recorded is lost, and the next one finishes."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.schema import artifacts, corpus, entity_mentions, episode_identities, passages
from ragtime_assets.errors import ConfigurationError, InvalidBackup
from ragtime_assets.orchestration.forgetting import finish_forgetting, forget
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.resetting import reset
from ragtime_assets.orchestration.restoring import restore_here
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.backing_up import back_up
from ragtime_assets.studio.unfinished import refuse_unfinished
from ragtime_assets_tests.house import copied
from ragtime_assets_tests.kills import killed_at

STORE = "ragtime_assets.adapters.storage.artifact_store"


@pytest.fixture
def home(furnished: tuple[Path, str], tmp_path: Path) -> Path:
    """The HOME of a corpus with one finished episode, which nobody has open."""
    return copied(furnished[0] / "home", tmp_path / "home")


@pytest.fixture
def key(furnished: tuple[Path, str]) -> str:
    return furnished[1]


def opened(home: Path) -> Studio:
    return Studio(Settings(home=home))


def forget_in(home: Path, key: str) -> None:
    studio = opened(home)
    with open_instance(studio.settings) as instance:
        forget(studio, instance, key)


def rows(studio: Studio, *tables: sa.Table) -> int:
    with studio.database.reading() as connection:
        return sum(connection.execute(sa.select(sa.func.count()).select_from(one)).scalar_one() for one in tables)


@pytest.mark.parametrize(
    ("point", "module"),
    [
        ("keep_only", "ragtime_assets.corpus.passages"),
        ("discard", STORE),
        ("remove", STORE),
        ("release", "ragtime_assets.corpus.episode_identities"),
        ("finish", "ragtime_assets.corpus.tombstones"),
    ],
    ids=lambda name: name.rpartition(".")[2],
)
def test_forgetting_that_is_killed_is_finished_by_the_sweep_and_leaves_nothing(
    point: str, module: str, home: Path, key: str
) -> None:
    assert killed_at(point, module, lambda: forget_in(home, key))
    studio = opened(home)
    assert studio.submissions.episodes() == []
    with open_instance(studio.settings) as instance:
        assert finish_forgetting(studio, studio.index, instance) == [key]
        assert finish_forgetting(studio, studio.index, instance) == []
    assert list(studio.store.files()) == list(studio.store.blobs()) == []
    assert rows(studio, entity_mentions, episode_identities, artifacts, passages) == 0


def test_forgetting_that_is_killed_is_finished_by_forgetting_again(home: Path, key: str) -> None:
    assert killed_at("remove", STORE, lambda: forget_in(home, key))
    forget_in(home, key)
    studio = opened(home)
    assert studio.tombstones.unfinished() == list(studio.store.files()) == list(studio.store.blobs()) == []


@pytest.mark.parametrize("name", ["folder", "one.tar"])
def test_a_backup_that_is_killed_is_no_backup_and_the_corpus_is_untouched(
    name: str, home: Path, key: str, tmp_path: Path
) -> None:
    target = tmp_path / name
    assert killed_at("local_copy", STORE, lambda: back_up(opened(home), target, audio=True, tell=print))
    with pytest.raises(InvalidBackup) as told:
        restore_here(opened(tmp_path / "other"), target, replace=False, as_new=False, tell=print)
    assert "make another" in told.value.remedy
    manifest, _ = back_up(opened(home), tmp_path / "second", audio=True, tell=print)
    assert manifest.episodes == 1


@pytest.mark.parametrize(
    ("point", "module"),
    [
        ("put", STORE),
        ("_restore_history", "ragtime_assets.studio.restoring"),
        ("bring_in", "ragtime_assets.corpus.snapshots"),
        ("remove_unknown", "ragtime_assets.studio.restoring"),
        ("publish", "ragtime_assets.adapters.vectors.embedded"),
    ],
    ids=lambda name: name.rpartition(".")[2],
)
def test_a_restore_that_is_killed_is_told_and_done_again(
    point: str, module: str, home: Path, key: str, tmp_path: Path
) -> None:
    back_up(opened(home), tmp_path / "backup", audio=True, tell=print)
    other = tmp_path / "other"

    def restored() -> None:
        restore_here(opened(other), tmp_path / "backup", replace=False, as_new=False, tell=print)

    assert killed_at(point, module, restored)
    with pytest.raises(ConfigurationError, match="a restore of .* was begun") as told:
        refuse_unfinished(opened(other).settings)
    assert told.value.remedy.startswith("ragtime restore ")
    restored()
    studio = opened(other)
    refuse_unfinished(studio.settings)
    assert [one.passage.episode_key for one in studio.index.search.look("Django Reinhardt").passages][0] == key
    with open_instance(studio.settings) as instance:
        assert [one.state for one in statuses(studio, instance)] == ["ready"]


@pytest.mark.parametrize(
    ("point", "module"),
    [
        ("_forget_in_dagster", "ragtime_assets.orchestration.resetting"),
        ("drop", "ragtime_assets.corpus.snapshots"),
        ("remove_file", STORE),
        ("discard", STORE),
    ],
    ids=lambda name: name.rpartition(".")[2],
)
def test_a_reset_that_is_killed_is_told_and_done_again(point: str, module: str, home: Path, key: str) -> None:
    assert killed_at(point, module, lambda: reset(opened(home)))
    with pytest.raises(ConfigurationError, match="a reset was begun") as told:
        refuse_unfinished(opened(home).settings)
    assert told.value.remedy == "ragtime reset"
    reset(opened(home))
    studio = opened(home)
    refuse_unfinished(studio.settings)
    assert studio.submissions.episodes() == list(studio.store.files()) == list(studio.store.blobs()) == []
    assert rows(studio, corpus) == 1
