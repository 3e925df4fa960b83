"""A backup of a corpus at work, and the corpus that is made of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ragtime_assets.corpus import snapshots
from ragtime_assets.corpus.migrations import upgrade
from ragtime_assets.domain.backup import MANIFEST, Manifest
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.errors import ConfigurationError, EpisodeBusy, InvalidBackup, InvalidSubmission, StorageFull
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.restoring import restore_here
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import RUN_KEY_TAG
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.backing_up import back_up
from ragtime_assets.studio.restoring import Restored
from ragtime_assets.studio.unfinished import noted, refuse_unfinished
from ragtime_assets_tests.disks import no_file_above
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House, copied

QUESTION = "Django Reinhardt"
ANOTHER = page_submission("https://show.example/another")


def tell(_what: str) -> None:
    pass


def backed_up(studio: Studio, target: Path, *, audio: bool = True) -> Manifest:
    manifest, lost = back_up(studio, target, audio=audio, tell=tell)
    assert lost == []
    return manifest


def restored(studio: Studio, source: Path, *, replace: bool = False, as_new: bool = False) -> Restored:
    done = restore_here(studio, source, replace=replace, as_new=as_new, tell=tell)
    assert done.unreadable == []
    return done


def elsewhere(folder: Path, **more: Any) -> Studio:
    return Studio(Settings(home=folder / "elsewhere", **more))


@pytest.fixture
def another_database(request: pytest.FixtureRequest) -> str | None:
    """Where another corpus has its tables, when they are not in its HOME."""
    return request.getfixturevalue("empty_postgres_url") if request.config.getoption("--on-postgres") else None


def answers(studio: Studio) -> list[tuple[str, str, float]]:
    found = studio.index.search.look(QUESTION).passages
    return [(one.passage.episode_key, one.passage.text, one.score) for one in found]


def states(studio: Studio) -> dict[str, str]:
    with open_instance(studio.settings) as instance:
        return {one.key: one.state for one in statuses(studio, instance)}


def launched(studio: Studio) -> int:
    """How many runs the sensor asks for, having read nothing yet."""
    with open_instance(studio.settings) as instance:
        looked = submission_sensor(dg.build_sensor_context(instance, resources={"kept": studio}))
    assert isinstance(looked, dg.SensorResult)
    return len(looked.run_requests or ())


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory, furnished: tuple[Path, str], samples: str) -> tuple[Path, Path]:
    """The folder of a corpus with one finished episode and one that failed, and a backup of it."""
    folder = tmp_path_factory.mktemp("worlds")
    copied(furnished[0], folder)
    with House.open(folder, samples) as house:
        (bad,) = house.submit(UNCAPTIONED.page)
        house.speech.raises = InvalidSubmission("it cannot be heard")
        (run_key,) = house.studio.submissions.episode(bad).run_keys
        assert not house.run(bad, tags={RUN_KEY_TAG: run_key}).success
        backed_up(house.studio, folder / "backup")
    return folder, folder / "backup"


@pytest.fixture
def source(worlds: tuple[Path, Path], tmp_path: Path) -> Path:
    """The backup, to be damaged."""
    return copied(worlds[1], tmp_path / "backup")


@pytest.fixture
def original(worlds: tuple[Path, Path]) -> Iterator[Studio]:
    """The corpus that was backed up."""
    studio = Studio(Settings(home=worlds[0] / "home"))
    yield studio
    studio.database.close()
    studio.index.close()


@pytest.mark.parametrize("name", ["folder", "one.tar"])
def test_a_restored_corpus_answers_the_same_question_and_every_episode_stands_where_it_stood(
    name: str, original: Studio, tmp_path: Path
) -> None:
    backed_up(original, tmp_path / name)
    studio = elsewhere(tmp_path)
    done = restored(studio, tmp_path / name)
    assert done.has_history
    assert answers(studio) == answers(original) != []
    assert states(studio) == states(original)
    assert sorted(states(studio).values()) == ["failed", "ready"]
    assert launched(studio) == 0
    assert snapshots.corpus_id(studio.database) == snapshots.corpus_id(original.database)


def test_a_restored_corpus_answers_the_same_question_on_postgres(
    tmp_path: Path, samples: str, postgres_url: str, empty_postgres_url: str
) -> None:
    with House.open(tmp_path, samples, database_url=postgres_url) as house:
        (key,) = house.submit(CAPTIONED.page)
        assert house.run(key).success
        manifest = backed_up(house.studio, tmp_path / "one.tar")
        before = answers(house.studio)
    assert (manifest.database, bool(manifest.client)) == ("postgresql", True)
    studio = elsewhere(tmp_path, database_url=empty_postgres_url)
    restored(studio, tmp_path / "one.tar")
    assert answers(studio) == before != []
    assert states(studio) == {key: "ready"}
    (second,) = studio.submissions.submit([ANOTHER], by="test")
    assert second.new, "ids go on after the last one"
    restored(studio, tmp_path / "one.tar", replace=True)
    assert answers(Studio(studio.settings)) == before
    assert states(studio) == {key: "ready"}
    studio.database.close()


def test_without_dagsters_history_what_is_finished_stays_finished(
    original: Studio, source: Path, tmp_path: Path
) -> None:
    other = elsewhere(tmp_path, dagster_home=tmp_path / "shared")
    done = restored(other, source)
    assert not done.has_history
    found = states(other)
    ready = [key for key, state in states(original).items() if state == "ready"]
    assert [key for key, state in found.items() if state == "ready"] == ready
    assert launched(other) == 1, "what failed is tried again, what is finished is not"


def test_without_audio_the_texts_are_there_and_the_audio_is_not(original: Studio, tmp_path: Path) -> None:
    manifest = backed_up(original, tmp_path / "small", audio=False)
    assert not manifest.has_audio
    studio = elsewhere(tmp_path)
    restored(studio, tmp_path / "small")
    assert answers(studio) == answers(original)
    kept = {one.digest for one in studio.store.blobs()}
    assert kept < {one.digest for one in original.store.blobs()}


def test_a_backup_while_a_run_writes_is_one_moment(
    house: House, ready: str, tmp_path: Path, another_database: str | None
) -> None:
    """What is submitted after the tables were copied is not in it, and neither is an artifact of it."""

    def submits(what: str) -> None:
        if what.startswith("artifacts"):
            (late,) = house.submit(UNCAPTIONED.page)
            assert house.run(late, "episode_details").success

    back_up(house.studio, tmp_path / "backup", audio=True, tell=submits)
    studio = elsewhere(tmp_path, database_url=another_database)
    restored(studio, tmp_path / "backup")
    assert list(states(studio)) == [ready]
    assert {name.rpartition("/")[2].partition(".")[0] for name in studio.store.files()} == {ready}


def test_a_corpus_that_is_not_empty_is_not_replaced_unless_that_is_said(
    house: House, ready: str, tmp_path: Path
) -> None:
    backed_up(house.studio, tmp_path / "backup")
    before = answers(house.studio)
    with pytest.raises(InvalidBackup, match="not empty") as refused:
        restored(house.studio, tmp_path / "backup")
    assert "--replace" in refused.value.remedy
    (late,) = house.submit(UNCAPTIONED.page)
    assert house.run(late, "episode_details").success
    house.studio.index.close()
    restored(house.studio, tmp_path / "backup", replace=True)
    after = Studio(house.studio.settings)
    assert list(states(after)) == [ready]
    assert answers(after) == before
    assert not [name for name in after.store.files() if late in name]


def test_a_backup_of_another_corpus_replaces_none_unless_it_is_to_be_a_new_one(source: Path, tmp_path: Path) -> None:
    studio = elsewhere(tmp_path)
    studio.submissions.submit([ANOTHER], by="test")
    mine = snapshots.corpus_id(studio.database)
    with pytest.raises(InvalidBackup, match="another corpus"):
        restored(studio, source, replace=True)
    assert len(studio.submissions.episodes()) == 1
    restored(studio, source, replace=True, as_new=True)
    made = json.loads((source / MANIFEST).read_text())["corpus"]
    assert snapshots.corpus_id(studio.database) not in {mine, made}


def test_artifacts_of_another_corpus_are_not_replaced_where_its_tables_are_elsewhere(
    original: Studio, source: Path, tmp_path: Path
) -> None:
    """A HOME of its own, and the object store of the corpus that is at work."""
    before = list(original.store.files())
    other = elsewhere(tmp_path, artifacts_url=str(original.settings.artifacts))
    with pytest.raises(InvalidBackup, match="maybe of another corpus"):
        restored(other, source)
    assert list(original.store.files()) == before


def cut_short(source: Path) -> str:
    (source / MANIFEST).unlink()
    return "cut short"


def changed(source: Path) -> str:
    artifact = next((source / "store" / "artifacts" / "transcript").glob("*.json"))
    artifact.write_bytes(artifact.read_bytes() + b" ")
    return "as it was written"


def incomplete(source: Path) -> str:
    next((source / "store" / "blobs").iterdir()).unlink()
    return "missing"


def of_a_later_schema(source: Path) -> str:
    rewrite(source, schema_version="9999")
    return "Upgrade"


def of_a_later_form(source: Path) -> str:
    rewrite(source, form=99)
    return "Upgrade"


def of_the_other_database(source: Path) -> str:
    rewrite(source, database="postgresql")
    return "RAGTIME_DATABASE_URL"


def leading_out(source: Path) -> str:
    manifest = json.loads((source / MANIFEST).read_text())
    rewrite(source, files=manifest["files"] | {"../../outside": {"bytes": 1, "sha256": "0"}})
    return "leads out of the backup"


def without_tables(source: Path) -> str:
    rewrite(source, tables="other.sqlite")
    return "the tables are not among the files"


def rewrite(source: Path, **changes: Any) -> None:
    manifest = json.loads((source / MANIFEST).read_text())
    (source / MANIFEST).write_text(json.dumps(manifest | changes))


DAMAGES = [
    cut_short,
    changed,
    incomplete,
    of_a_later_schema,
    of_a_later_form,
    of_the_other_database,
    leading_out,
    without_tables,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_backup_that_is_not_as_it_should_be_changes_nothing_and_says_why(
    damage: Any, source: Path, tmp_path: Path
) -> None:
    told = damage(source)
    studio = elsewhere(tmp_path)
    with pytest.raises(InvalidBackup) as refused:
        restored(studio, source)
    assert told in f"{refused.value.message} {refused.value.remedy}"
    assert studio.submissions.episodes() == []
    assert list(studio.store.files()) == list(studio.store.blobs()) == []
    refuse_unfinished(studio.settings)


def test_a_tar_that_was_cut_off_is_told(original: Studio, tmp_path: Path) -> None:
    whole = tmp_path / "whole.tar"
    backed_up(original, whole)
    content = whole.read_bytes()
    for part in (0, 600, len(content) // 2):
        (tmp_path / "part.tar").write_bytes(content[:part])
        with pytest.raises(InvalidBackup, match=r"part\.tar"):
            restored(elsewhere(tmp_path), tmp_path / "part.tar")


def test_nothing_is_overwritten_by_a_backup(original: Studio, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("mine")
    with pytest.raises(InvalidSubmission, match="is there already"):
        back_up(original, tmp_path / "there", audio=True, tell=tell)
    assert (tmp_path / "there" / "mine").read_text() == "mine"


def test_a_disk_that_fills_during_a_backup_leaves_none_of_it(original: Studio, tmp_path: Path) -> None:
    with no_file_above(700_000), pytest.raises(StorageFull, match="no space left"):
        back_up(original, tmp_path / "backup", audio=True, tell=tell)
    assert not (tmp_path / "backup").exists()


def test_nothing_is_restored_while_somebody_works_here(source: Path, tmp_path: Path) -> None:
    studio = elsewhere(tmp_path)
    with studio.locks.hold("up", "ragtime up"), pytest.raises(EpisodeBusy, match="ragtime up works"):
        restored(studio, source)


def test_a_corpus_of_an_older_schema_is_backed_up_and_restored_into_the_present_one(tmp_path: Path) -> None:
    old = Studio(Settings(home=tmp_path / "old"))
    (tmp_path / "old").mkdir()
    upgrade(old.database.bare_engine(), "0012")
    with sqlite3.connect(tmp_path / "old" / "corpus.sqlite") as connection:
        connection.execute(
            "insert into submissions (key, identity, url, submitted_by, submitted_at)"
            " values ('show-example-one-0123456789ab', 'i', 'https://show.example/one', 'ann', '2026-01-01 00:00:00')"
        )
    manifest = backed_up(old, tmp_path / "backup")
    assert (manifest.schema_version, manifest.corpus) == ("0012", "")
    studio = elsewhere(tmp_path)
    restored(studio, tmp_path / "backup")
    assert snapshots.corpus_id(studio.database)
    assert not snapshots.is_empty(studio.database)


def test_a_restore_that_was_cut_short_is_told_by_what_would_work_on_it_and_can_be_done_again(
    original: Studio, source: Path, tmp_path: Path
) -> None:
    studio = elsewhere(tmp_path)
    studio.submissions.submit([ANOTHER], by="test")
    with pytest.raises(KeyboardInterrupt), noted(studio.settings, "a restore of it", "ragtime restore it --replace"):
        raise KeyboardInterrupt
    with pytest.raises(ConfigurationError, match="a restore of it was begun") as told:
        refuse_unfinished(studio.settings)
    assert told.value.remedy == "ragtime restore it --replace"
    restored(studio, source)
    refuse_unfinished(studio.settings)
    assert answers(studio) == answers(original)
