"""One corpus episode however it was submitted; and what is forgotten is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.schema import artifacts, entity_mentions, episode_identities, passages
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.episode.corrections import Corrections, checked_corrections
from ragtime_assets.domain.episode.identity import item_submission, page_submission
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX, TraceStep, written_trace
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.points import Filters
from ragtime_assets.errors import ArtifactCorrupt, BudgetSpent, EpisodeBusy, SourceUnavailable, WaitsForSpeech
from ragtime_assets.orchestration.forgetting import forget
from ragtime_assets.orchestration.tags import PARTITION_TAG
from ragtime_assets.samples.server import serve_samples
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def submit_item(house: House, base: str, guid: str) -> str:
    (key,) = house.take([item_submission(f"{base}/feed.xml", guid)])
    return key


def fetched_audio(house: House, key: str) -> bool:
    return house.studio.store.envelope("audio_file", key) is not None


def test_a_page_and_its_feed_item_are_one_episode(house: House) -> None:
    (page,) = house.submit(CAPTIONED.page)
    item = submit_item(house, house.base, CAPTIONED.guid)
    assert house.run(item).success
    assert house.run(page).success
    status = house.status(page)
    assert (status.state, status.error and status.error.message) == ("duplicate", f"duplicate of {item}")
    assert not fetched_audio(house, page)


def test_the_same_audio_under_two_feeds_is_one_episode_and_speech_is_paid_once(tmp_path: Path, samples: str) -> None:
    with serve_samples() as mirror:
        hosts = tuple(base.removeprefix("http://") for base in (samples, mirror))
        with House.open(tmp_path, samples, allow=hosts) as house:
            first = submit_item(house, samples, UNCAPTIONED.guid)
            second = submit_item(house, mirror, UNCAPTIONED.guid)
            assert house.run(first).success
            assert house.run(second).success
            assert house.status(second).state == "duplicate"
            assert house.speech.heard == 1


def taken_over(house: House) -> tuple[str, str]:
    """A page that failed for good after its audio was fetched, and the feed's item that took the episode over."""
    (page,) = house.submit(UNCAPTIONED.page)
    house.speech.raises = BudgetSpent("the day's budget is spent")
    assert not house.run(page).success
    house.speech.raises, house.speech.heard = None, 0
    item = submit_item(house, house.base, UNCAPTIONED.guid)
    assert house.run(item).success
    return page, item


def test_a_newcomer_takes_over_from_an_owner_that_failed_for_good(house: House) -> None:
    _, item = taken_over(house)
    assert house.status(item).state == "ready"


def test_an_owner_that_was_taken_over_ends_as_a_duplicate_when_it_is_retried(house: House) -> None:
    page, item = taken_over(house)
    todo = [asset for asset, phase in house.status(page).phases.items() if phase.state != "done"]
    assert house.run(page, *todo).success
    assert [house.status(key).state for key in (page, item)] == ["duplicate", "ready"]
    assert house.speech.heard == 1


def test_forgetting_an_owner_that_was_taken_over_keeps_the_audio_of_the_other(house: House) -> None:
    page, item = taken_over(house)
    forget(house.studio, house.instance, page)
    assert house.run(item, "transcript").success


@pytest.mark.parametrize(
    ("ends", "state"),
    [(SourceUnavailable("no answer today"), "failed"), (WaitsForSpeech("another listens"), WaitsForSpeech.state)],
    ids=["it failed for now", "it waits"],
)
def test_an_owner_that_may_still_succeed_is_taken_over_by_nobody(house: House, ends: Exception, state: str) -> None:
    (page,) = house.submit(UNCAPTIONED.page)
    house.speech.raises = ends
    house.run(page)
    assert house.status(page).state == state
    item = submit_item(house, house.base, UNCAPTIONED.guid)
    assert house.run(item).success
    assert house.status(item).state == "duplicate"
    assert fetched_audio(house, page)


def test_nobody_takes_over_an_episode_that_can_be_searched_though_its_redo_failed(house: House) -> None:
    (page,) = house.submit(UNCAPTIONED.page)
    assert house.run(page).success
    house.speech.raises = BudgetSpent("the day's budget is spent")
    assert not house.run(page, "transcript").success
    assert house.status(page).state == "failed"
    item = submit_item(house, house.base, UNCAPTIONED.guid)
    assert house.run(item).success
    assert house.status(item).state == "duplicate"


def test_a_forgotten_episode_leaves_nothing_but_its_key(house: House, ready: str) -> None:
    key = ready
    house.studio.journals.of(key, "summary").keep("unit", "request", "an answer")
    house.studio.corrections.correct(key, checked_corrections({"title": "Other"}), by="test")
    shot = house.studio.store.put_bytes(b"what the browser saw")
    seen = TraceStep(at=datetime.now(UTC), tool="screenshot", screenshot=shot)
    house.studio.store.attach("audio_file", key, TRACE_SUFFIX, written_trace([seen]))
    gone = forget(house.studio, house.instance, key)
    assert gone.artifacts == len(PHASES)
    index = house.studio.index
    assert index.search.look("Django Reinhardt").passages == ()
    assert index.vectors.nearest(index.embedder.query("Django Reinhardt"), 10, Filters()) == []
    assert house.studio.submissions.episodes() == []
    left = [path for path in house.studio.settings.root.rglob("*") if key in path.name or path.parent.name == "blobs"]
    assert left == []
    assert house.studio.journals.forget(key) == 0
    assert house.studio.corrections.of(key) == Corrections()
    with house.studio.database.reading() as connection:
        for table in (entity_mentions, episode_identities, artifacts, passages):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0, table.name
    assert key in house.instance.get_dynamic_partitions("episodes"), "keys are never deleted and never reused"


def test_a_screenshot_that_another_episode_shows_too_stays(house: House, ready: str) -> None:
    store = house.studio.store
    both, own = store.put_bytes(b"a page that two looked at"), store.put_bytes(b"a page of its own")
    seen = [TraceStep(at=datetime.now(UTC), tool="screenshot", screenshot=shot) for shot in (both, own)]
    store.attach("audio_file", ready, TRACE_SUFFIX, written_trace(seen))
    store.attach("episode_details", "another-episode", TRACE_SUFFIX, written_trace(seen[:1]))
    forget(house.studio, house.instance, ready)
    with store.local_copy(both) as kept:
        assert kept.read_bytes() == b"a page that two looked at"
    with pytest.raises(ArtifactCorrupt), store.local_copy(own):
        pass


def test_an_episode_whose_artifacts_are_torn_is_forgotten_with_its_audio(house: House, ready: str) -> None:
    store = house.studio.settings.root / "store"
    for asset in ("audio_file", "embeddings"):
        (store / "artifacts" / asset / f"{ready}.json").write_text("{")
    forget(house.studio, house.instance, ready)
    assert [path for path in store.rglob("*") if ready in path.name] == []
    vectors = 1
    assert len(list((store / "blobs").iterdir())) <= vectors, (
        "the audio is gone; which vectors were its own is not known"
    )


def test_a_forgotten_episode_that_is_submitted_again_gets_a_new_key(house: House, ready: str) -> None:
    forget(house.studio, house.instance, ready)
    (again,) = house.submit(CAPTIONED.page)
    assert again == f"{ready}-r2"
    assert house.run(again).success
    assert house.status(again).state == "ready"


def test_a_newcomer_takes_over_from_a_forgotten_owner(house: House, ready: str) -> None:
    forget(house.studio, house.instance, ready)
    item = submit_item(house, house.base, CAPTIONED.guid)
    assert house.run(item, "episode_details", "audio_file").success
    assert house.status(item).phases["audio_file"].state == "done"


def test_what_another_episode_shares_is_kept(house: House, ready: str) -> None:
    (other,) = house.submit(UNCAPTIONED.page)
    assert house.run(other).success
    forget(house.studio, house.instance, ready)
    hits = house.studio.index.search.look("Miles Davis").passages
    assert {hit.passage.episode_key for hit in hits} == {other}


def test_vectors_that_another_episode_has_too_are_kept_until_it_is_forgotten(house: House, ready: str) -> None:
    """Two shows that read the same text aloud: one file of vectors, and each can be published again from it."""
    store = house.studio.store
    (other,) = house.submit(UNCAPTIONED.page)
    made, envelope = store.load(Embeddings, ready)
    shared = store.save(other, made, inputs=dict(envelope.inputs), code_version="1", run_id="by hand", seconds=0)
    house.studio.artifact_index.record([shared])
    forget(house.studio, house.instance, ready)
    with store.local_copy(made.vectors) as vectors:
        assert vectors.stat().st_size
    forget(house.studio, house.instance, other)
    with pytest.raises(ArtifactCorrupt), store.local_copy(made.vectors):
        pass


@pytest.mark.parametrize("state", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_an_episode_with_a_run_in_flight_cannot_be_forgotten(
    house: House, ready: str, state: dg.DagsterRunStatus
) -> None:
    """A run that only starts holds no lock yet, and would make anew what was just removed."""
    job = house.definitions.resolve_job_def("ingest_episode")
    run = house.instance.create_run_for_job(job, status=state, tags={PARTITION_TAG: ready})
    with pytest.raises(EpisodeBusy, match=run.run_id):
        forget(house.studio, house.instance, ready)
    assert house.studio.index.search.look("Django Reinhardt").passages


def test_an_episode_that_is_worked_on_cannot_be_forgotten(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    with house.studio.locks.hold(f"episode-{key}", "some-run"), pytest.raises(EpisodeBusy, match="some-run"):
        forget(house.studio, house.instance, key)


def test_two_submissions_of_a_page_make_one_episode(house: House) -> None:
    wanted = [page_submission(house.base + CAPTIONED.page), page_submission(house.base + CAPTIONED.page + "/#x")]
    first, second = house.studio.submissions.submit(wanted, by="test")
    assert (first.new, second.new) == (True, False)
    assert first.key == second.key
