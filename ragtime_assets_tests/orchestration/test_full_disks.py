"""What keeps and removes a corpus, on a disk without room: that is said, nothing is lost, and it is done later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ragtime_assets.corpus.database import SCHEMA_VERSION, Database
from ragtime_assets.corpus.migrations import upgrade
from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.errors import RagtimeError
from ragtime_assets.orchestration.forgetting import forget
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.resetting import reset
from ragtime_assets.orchestration.restoring import restore_here
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.backing_up import back_up
from ragtime_assets_tests.disks import no_file_above
from ragtime_assets_tests.house import copied


@pytest.fixture
def key(furnished: tuple[Path, str]) -> str:
    return furnished[1]


@pytest.fixture
def studio(furnished: tuple[Path, str], tmp_path: Path) -> Studio:
    """A corpus with one finished episode, which nobody has open."""
    return Studio(Settings(home=copied(furnished[0] / "home", tmp_path / "home")))


def refused(work: Callable[[], object]) -> None:
    """It ends in an error of ours, which has a remedy."""
    with no_file_above(0), pytest.raises(RagtimeError) as told:
        work()
    assert told.value.remedy


@pytest.mark.parametrize("decision", list(Decision))
def test_a_decision_without_room_was_not_made_and_is_made_when_there_is(
    studio: Studio, key: str, decision: Decision
) -> None:
    studio.approvals.ask(key, "transcript", "c", "always asks", "about $1")
    refused(lambda: studio.approvals.decide([key], decision, "ella"))
    assert [one.key for one in studio.approvals.waiting()] == [key]
    studio.approvals.decide([key], decision, "ella")
    assert studio.approvals.waiting() == []


def test_forgetting_without_room_keeps_or_removes_all_and_is_done_when_there_is(studio: Studio, key: str) -> None:
    def forgotten() -> None:
        with open_instance(studio.settings) as instance:
            forget(studio, instance, key)

    refused(forgotten)
    assert [one.key for one in studio.submissions.episodes()] == [key]
    forgotten()
    assert studio.submissions.episodes() == studio.tombstones.unfinished() == list(studio.store.files()) == []


def test_a_reset_without_room_removes_nothing_and_is_done_when_there_is(studio: Studio, key: str) -> None:
    refused(lambda: reset(studio))
    assert [one.key for one in studio.submissions.episodes()] == [key]
    assert list(studio.store.files())
    reset(studio)
    assert list(studio.store.files()) == list(studio.store.blobs()) == []


def test_a_restore_without_room_is_refused_and_is_done_when_there_is(studio: Studio, key: str, tmp_path: Path) -> None:
    back_up(studio, tmp_path / "backup", audio=True, tell=lambda _: None)
    other = Studio(Settings(home=tmp_path / "other"))

    def restored() -> None:
        restore_here(other, tmp_path / "backup", replace=False, as_new=False, tell=lambda _: None)

    refused(restored)
    restored()
    assert [one.key for one in other.submissions.episodes()] == [key]


def test_a_migration_without_room_changes_nothing_and_is_done_when_there_is(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    engine = database.bare_engine()
    upgrade(engine, "0014")
    engine.dispose()
    refused(database.migrate)
    assert database.version() == "0014"
    assert database.migrate() == "0014"
    assert database.version() == SCHEMA_VERSION
