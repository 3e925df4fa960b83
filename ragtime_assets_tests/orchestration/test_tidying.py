"""What is kept for nobody goes, and nothing else does."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX, TraceStep, written_trace
from ragtime_assets.studio import Studio
from ragtime_assets.studio.tidying import Untidy, look, tidy
from ragtime_assets_tests.house import House

LATER = datetime.now(UTC) + timedelta(days=2)


def tidied(studio: Studio, now: datetime = LATER) -> Untidy:
    return tidy(studio, look(studio, now), now)


def keeping_audio(house: House, days: int | None) -> Studio:
    """The same corpus, with audio kept for so long."""
    return Studio(house.studio.settings.model_copy(update={"keep_audio_days": days}))


def audio_of(house: House, key: str) -> str:
    return house.studio.store.load(AudioFile, key)[0].sha256


def test_what_a_redo_of_audio_left_goes_and_what_artifacts_name_stays(house: House, ready: str) -> None:
    store = house.studio.store
    shot, orphan = store.put_bytes(b"what a browser saw"), store.put_bytes(b"the audio of before")
    seen = TraceStep(at=datetime.now(UTC), tool="screenshot", screenshot=shot)
    store.attach("audio_file", ready, TRACE_SUFFIX, written_trace([seen]))
    before = {one.digest for one in store.blobs()}
    assert [one.digest for one in tidied(house.studio).orphans] == [orphan]
    assert {one.digest for one in store.blobs()} == before - {orphan}
    assert not tidied(house.studio)


def test_a_torn_artifact_keeps_the_blob_that_it_names(house: House, ready: str) -> None:
    path = house.studio.settings.root / "store" / "artifacts" / "audio_file" / f"{ready}.json"
    path.write_text(path.read_text()[:-1])
    assert not tidied(house.studio)


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(), timedelta(hours=1)], ids=str)
def test_a_file_whose_artifact_may_still_be_saved_stays_though_the_clock_is_stepped(
    step: timedelta, house: House
) -> None:
    house.studio.store.put_bytes(b"just written")
    assert not tidied(house.studio, datetime.now(UTC) + step)


def test_a_file_that_was_written_again_since_it_was_found_stays(house: House) -> None:
    store = house.studio.store
    digest = store.put_bytes(b"an orphan, and then not")
    found = look(house.studio, LATER)
    path = house.studio.settings.root / "store" / "blobs" / digest
    os.utime(path, (LATER.timestamp(), LATER.timestamp()))
    assert tidy(house.studio, found, LATER).orphans == ()
    assert store.blob(digest) is not None


def test_audio_goes_after_its_days_and_the_texts_stay(house: House, ready: str) -> None:
    digest = audio_of(house, ready)
    assert not tidied(keeping_audio(house, 3))
    gone = tidied(keeping_audio(house, 1))
    assert [(one.key, one.blob.digest) for one in gone.audio] == [(ready, digest)]
    assert house.studio.store.blob(digest) is None
    assert house.status(ready).state == "ready"
    assert house.studio.index.search.look("Django Reinhardt").passages
    assert not tidied(keeping_audio(house, 1))


def test_what_needs_the_audio_later_says_how_to_fetch_it_again(house: House, ready: str) -> None:
    tidied(keeping_audio(house, 0))
    assert not house.run(ready, "transcript").success
    error = house.status(ready).error
    assert error is not None
    assert (
        error.remedy == f"ragtime redo {ready} --from audio_file fetches it again; RAGTIME_KEEP_AUDIO_DAYS drops audio."
    )
    assert house.run(ready, "audio_file", "transcript").success


def test_audio_that_is_about_to_be_heard_again_stays(house: House, ready: str) -> None:
    house.studio.submissions.request([ready], by="test", assets=["transcript"])
    assert not tidied(keeping_audio(house, 0))


def test_audio_of_an_episode_that_is_worked_on_stays(house: House, ready: str) -> None:
    with house.studio.locks.hold(f"episode-{ready}", "a run"):
        assert not tidied(keeping_audio(house, 0))
    assert tidied(keeping_audio(house, 0)).audio


def test_the_nightly_run_tells_what_went(house: House, ready: str) -> None:
    orphan = house.studio.store.put_bytes(b"the audio of before")
    os.utime(house.studio.settings.root / "store" / "blobs" / orphan, (0, 1))
    ended = house.definitions.resolve_job_def("tidy_up").execute_in_process(instance=house.instance)
    assert ended.success
    (told,) = house.events(ended, "STEP_OUTPUT")
    metadata = told.step_output_data.metadata
    assert metadata["orphans"] == dg.MetadataValue.int(1)
    assert house.studio.store.blob(orphan) is None
