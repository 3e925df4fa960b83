"""The asset graph, run for real in this process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.corpus.artifact_index import ArtifactIndex
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import PHASES, upstream
from ragtime_assets.domain.links import artifact_url, report_url
from ragtime_assets.domain.money.spending import Cost, Payer, PlannedCall, SettledCall, Tokens
from ragtime_assets.errors import SourceUnavailable, StorageFull, StoreUnavailable
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.metadata import KEPT_FROM
from ragtime_assets.orchestration.steps import step
from ragtime_assets.orchestration.watching import Watcher
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House

GROUPS = {
    "fetch": {"episode_details", "audio_file"},
    "listen": {"transcript"},
    "read": {"summary", "chunks", "entities"},
    "link": {"entity_links"},
    "publish": {"embeddings", "search_index", "episode_report"},
}


def test_every_asset_says_what_it_is() -> None:
    graph = build_definitions().resolve_asset_graph()
    for asset in PHASES:
        node = graph.get(dg.AssetKey(asset))
        assert node.description, asset
        assert node.kinds, asset
        assert node.owners == ["team:corpus"]
        assert node.code_version, asset
        assert node.partitions_def is not None
        assert {key.to_user_string() for key in node.parent_keys} == set(upstream(asset))
        assert asset in GROUPS[node.group_name]


@pytest.mark.parametrize(
    ("asset", "group"), [("wikidata_links", "link"), ("corpus_export", "publish"), ("corpus_health", "care")]
)
def test_the_assets_without_partitions_stand_beside_the_ten(asset: str, group: str) -> None:
    graph = build_definitions().resolve_asset_graph()
    beside = {"approval", "wikidata_links", "corpus_export", "corpus_health"}
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == {*PHASES, *beside}
    node = graph.get(dg.AssetKey(asset))
    assert node.description
    assert (node.partitions_def, node.group_name, node.owners) == (None, group, ["team:corpus"])


def test_a_live_run_makes_an_episode_searchable_and_tells_what_it_made(house: House, ready: str) -> None:
    (run,) = house.instance.get_runs()
    assert run.is_success
    assert sorted(house.made(run)) == sorted((asset, ready) for asset in PHASES)
    assert house.status(ready).state == "ready"
    hits = house.studio.index.search.look("Django Reinhardt", limit=3).passages
    assert hits
    assert hits[0].passage.episode_key == ready
    assert "#t=" in hits[0].passage.url


def test_metadata_holds_facts_and_links_and_no_whole_text(house: House, ready: str) -> None:
    (run,) = house.instance.get_runs()
    metadata = {
        event.asset_key.to_user_string(): event.step_materialization_data.materialization.metadata
        for event in house.events(run, "ASSET_MATERIALIZATION")
    }
    assert metadata["episode_details"]["title"].value == CAPTIONED.title
    assert metadata["audio_file"]["duration_seconds"].value == pytest.approx(159, abs=2)
    assert metadata["transcript"]["language"].value == "en"
    assert metadata["transcript"]["words"].value > 200
    assert metadata["chunks"]["chunks"].value >= 2
    assert metadata["episode_report"]["report"].value == report_url(house.studio.settings.serve_url, ready)
    assert str(metadata["episode_report"]["path"].value).endswith(f"/artifacts/episode_report/{ready}.json")
    assert all("file://" not in str(entry.value) for entries in metadata.values() for entry in entries.values())
    transcript, _ = house.studio.store.load(Transcript, ready)
    for asset, entries in metadata.items():
        assert entries["engine"].value, asset
        assert all(transcript.text not in str(entry.value) for entry in entries.values()), asset


def test_files_for_players_lie_beside_the_transcript_and_are_linked(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    result = house.run(key, "episode_details", "audio_file", "transcript")
    (metadata,) = (
        event.step_materialization_data.materialization.metadata
        for event in house.events(result, "ASSET_MATERIALIZATION")
        if event.asset_key.to_user_string() == "transcript"
    )
    store = house.studio.store
    for suffix in ("vtt", "srt", "podcast.json", "txt"):
        assert metadata[suffix].value == artifact_url(house.studio.settings.serve_url, "transcript", key, suffix)
    assert (store.attachment("transcript", key, "vtt") or "").startswith("WEBVTT")
    assert "Django" in (store.attachment("transcript", key, "txt") or "")


def test_the_data_version_is_the_artifact_digest(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    result = house.run(key, "episode_details")
    (event,) = house.events(result, "ASSET_MATERIALIZATION")
    envelope = house.studio.store.envelope("episode_details", key)
    assert envelope is not None
    assert event.step_materialization_data.materialization.tags["dagster/data_version"] == envelope.digest


def test_a_failing_phase_fails_its_step_and_says_what_to_do(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    result = house.run(key)
    assert not result.success
    (failed,) = house.events(result, "STEP_FAILURE")
    assert failed.step_key == "episode_details"
    told = failed.step_failure_data.user_failure_data
    assert told is not None
    assert "404" in (told.description or "")
    assert "What to do:" in (told.description or "")
    assert told.metadata["error"].value == "SourceGone"
    assert house.made(result) == []
    status = house.status(key)
    assert (status.state, status.phase) == ("failed", "episode_details")
    assert status.error is not None
    assert "404" in status.error.message
    assert status.error.permanent


def test_no_failure_is_ever_retried_by_dagster(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    house.speech.raises = SourceUnavailable("the speech server is away")
    result = house.run(key)
    (failed,) = house.events(result, "STEP_FAILURE")
    assert failed.step_failure_data.user_failure_data is not None
    assert not house.events(result, "STEP_UP_FOR_RETRY")
    assert house.speech.heard == 1


def test_a_defect_of_ours_is_a_failure_with_a_traceback_and_strands_nobody(house: House) -> None:
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    house.speech.raises = ZeroDivisionError("a bug")
    result = house.batch(*keys)
    assert not result.success
    assert house.status(keys[0]).state == "ready"
    broken = house.status(keys[1])
    assert broken.error is not None
    assert broken.error.error_class == "ZeroDivisionError"
    (observed,) = [e for e in house.events(result, "ASSET_OBSERVATION") if e.partition == keys[1]]
    assert "Traceback" in str(observed.asset_observation_data.asset_observation.metadata["tried_traceback"].value)


def test_one_episode_that_cannot_be_published_keeps_none_of_its_batch_from_it(
    tmp_path: Path, samples: str, empty_postgres_url: str
) -> None:
    with House.open(tmp_path, samples, database_url=empty_postgres_url) as house:
        good, bad = house.submit(CAPTIONED.page, UNCAPTIONED.page)
        assert house.batch(good, bad, *PHASES[:-2]).success
        details, _ = house.studio.store.load(EpisodeDetails, bad)
        broken = details.model_copy(update={"title": "What no text in Postgres may hold: \0"})
        house.studio.store.save(bad, broken, inputs={}, code_version="1", run_id="by hand", seconds=0)
        assert not house.batch(good, bad, *PHASES[-2:]).success
        assert [house.status(key).state for key in (good, bad)] == ["ready", "failed"]
        error = house.status(bad).error
        assert error is not None
        assert "NUL" in error.message


def test_a_duplicate_ends_green_with_nothing_paid(house: House, ready: str) -> None:
    (key,) = house.submit(f"{CAPTIONED.page}?from=elsewhere")
    result = house.run(key)
    assert result.success
    assert {asset for asset, _ in house.made(result)} == {"episode_details"}
    assert "transcript" in {event.step_key for event in house.events(result, "STEP_SKIPPED")}
    status = house.status(key)
    assert status.state == "duplicate"
    assert status.error is not None
    assert status.error.message == f"duplicate of {ready}"


@pytest.mark.parametrize("asset", ["chunks", "search_index"])
def test_a_busy_episode_fails_at_once_and_names_the_run(house: House, ready: str, asset: str) -> None:
    with house.studio.locks.hold(f"episode-{ready}", "the-other-run"):
        result = house.run(ready, asset)
    assert not result.success
    status = house.status(ready)
    assert status.error is not None
    assert status.error.error_class == "EpisodeBusy"
    assert "the-other-run" in status.error.message


def test_a_resumed_run_does_not_do_again_what_the_dead_one_saved(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    first = house.run(key, "episode_details", "audio_file", "transcript")
    assert first.success
    resumed = house.run(
        key, "transcript", tags={"dagster/is_resume_retry": "true", "dagster/root_run_id": first.run_id}
    )
    assert resumed.success
    assert house.speech.heard == 1


def test_an_artifact_that_only_the_index_forgot_is_adopted_not_made_again(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    assert house.run(key, "episode_details", "audio_file", "transcript").success
    house.studio.artifact_index.forget(key)
    result = house.run(key, "transcript")
    assert result.success
    assert house.made(result) == [("transcript", key)]
    assert house.speech.heard == 1


def test_asking_for_a_fresh_materialisation_makes_it_again(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    assert house.run(key, "episode_details", "audio_file", "transcript").success
    assert house.run(key, "transcript").success
    assert house.speech.heard == 2


def test_a_batch_finishes_the_good_and_names_the_bad(house: House) -> None:
    keys = house.submit(CAPTIONED.page, "/no-such-page", UNCAPTIONED.page)
    result = house.batch(keys[0], keys[-1])
    assert not result.success
    (failed,) = house.events(result, "STEP_FAILURE")
    assert failed.step_key == "episode_report"
    told = failed.step_failure_data.user_failure_data
    assert told is not None
    assert keys[1] in (told.description or "")
    assert keys[0] not in (told.description or "")
    assert [house.status(key).state for key in keys] == ["ready", "failed", "ready"]
    assert {asset for asset, key in house.made(result) if key == keys[1]} == {"episode_report"}
    report, _ = house.studio.store.load(EpisodeReport, keys[1])
    assert [line.asset for line in report.phases if line.state == "failed"] == ["episode_details"]
    assert "404" in report.markdown


class ForgetfulIndex(ArtifactIndex):
    """Cannot note chunks."""

    def record(self, envelopes: Iterable[Envelope]) -> None:
        noted = list(envelopes)
        if any(one.asset == "chunks" for one in noted):
            raise StoreUnavailable("the corpus database does not answer")
        super().record(noted)


def test_what_a_batch_cannot_note_failed_for_each_episode_and_is_kept_by_the_next(house: House) -> None:
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    index = house.studio.artifact_index
    house.studio.artifact_index = ForgetfulIndex(house.studio.database)
    result = house.batch(keys[0], keys[-1])
    assert {asset for asset, _ in house.made(result)}.isdisjoint({"chunks", "embeddings", "search_index"})
    errors = [one.error for key in keys if (one := house.status(key)).phase == "chunks"]
    assert [error.error_class for error in errors if error] == ["StoreUnavailable"] * 2
    house.studio.artifact_index = index
    again = house.batch(keys[0], keys[-1])
    assert again.success
    assert [house.status(key).state for key in keys] == ["ready", "ready"]
    chunks = [
        one.step_materialization_data.materialization
        for one in house.events(again, "ASSET_MATERIALIZATION")
        if one.asset_key == dg.AssetKey("chunks")
    ]
    assert [one.metadata[KEPT_FROM].value for one in chunks] == [result.run_id] * 2


def test_what_a_long_batch_has_made_is_told_while_it_works_on_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "NOTED_EVERY_SECONDS", -1.0)
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    told = list[tuple[str, str]]()
    house.speech.meanwhile = lambda: told.extend(house.made(house.instance.get_runs(limit=1)[0]))
    assert house.batch(*keys, "episode_details", "audio_file", "transcript").success
    assert ("transcript", keys[0]) in told
    assert ("transcript", keys[1]) not in told


@pytest.mark.parametrize("together", [False, True])
def test_a_materialization_tells_what_its_run_paid_for_that_episode(house: House, together: bool) -> None:
    free, paid = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    ledger = house.studio.ledger

    def pay() -> None:
        payer = Payer(paid, "transcript", house.instance.get_runs(limit=1)[0].run_id)
        call = ledger.open(PlannedCall(payer, "ears", "all", "openai", "ears-1", charge=Decimal(1)))
        ledger.settle(call, SettledCall("ok", Decimal(1), 900, Tokens(0, 0, 0), Cost(Decimal("0.25"), "prices file")))

    house.speech.meanwhile = pay
    assets = ("episode_details", "audio_file", "transcript")
    results = [house.batch(free, paid, *assets)] if together else [house.run(free, *assets), house.run(paid, *assets)]
    told = {
        (event.asset_key.to_user_string(), event.partition): event.step_materialization_data.materialization.metadata
        for result in results
        for event in house.events(result, "ASSET_MATERIALIZATION")
        if event.asset_key
    }
    assert told["transcript", paid]["model_calls"].value == 1
    assert told["transcript", paid]["cost_usd"].value == 0.25
    assert [one for one, metadata in told.items() if "model_calls" in metadata] == [("transcript", paid)]


def test_a_deferred_run_has_no_planned_and_no_automatic_asset_events(house: House) -> None:
    """What we rely on in an internal tag of Dagster's: exactly our own events, with metadata, one per episode."""
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    result = house.batch(*keys, "episode_details")
    assert result.success
    records = house.instance.get_records_for_run(result.run_id).records
    kinds = [record.event_log_entry.dagster_event_type for record in records if record.event_log_entry.dagster_event]
    assert dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED not in kinds
    assert kinds.count(dg.DagsterEventType.ASSET_MATERIALIZATION) == len(keys)
    for key in keys:
        event = house.instance.get_latest_data_version_record(dg.AssetKey("episode_details"), partition_key=key)
        assert event is not None
        materialization = event.asset_materialization
        assert materialization is not None
        assert materialization.partition == key
        assert "title" in materialization.metadata


def test_a_backfill_run_of_many_episodes_without_the_tag_materialises_each(house: House, ready: str) -> None:
    keys = [ready, *house.submit(UNCAPTIONED.page)]
    assert house.run(keys[1]).success
    result = house.batch(*keys, "embeddings", "search_index", "episode_report", deferred=False)
    assert result.success
    assert sorted(house.made(result)) == sorted((asset, k) for asset in PHASES[-3:] for k in keys)


def test_a_backfill_run_names_the_episode_that_had_nothing_to_work_on(house: House, ready: str) -> None:
    keys = [ready, *house.submit(UNCAPTIONED.page)]
    result = house.batch(*keys, "embeddings", deferred=False)
    assert not result.success
    assert house.made(result) == [("embeddings", keys[0])]
    (failed,) = house.events(result, "STEP_FAILURE")
    assert keys[1] in json.dumps(failed.step_failure_data.user_failure_data.description)  # type: ignore[union-attr]


@pytest.mark.parametrize("deferred", [False, True])
def test_a_bad_episode_strands_nobody_in_a_run_of_many_whoever_launched_it(
    house: House, ready: str, deferred: bool
) -> None:
    (bad,) = house.submit(UNCAPTIONED.page)
    result = house.batch(ready, bad, "embeddings", "search_index", "episode_report", deferred=deferred)
    assert house.made(result) == [
        ("embeddings", ready),
        ("search_index", ready),
        ("episode_report", ready),
        ("episode_report", bad),
    ]
    (failed,) = house.events(result, "STEP_FAILURE")
    assert failed.step_key == "episode_report"
    told = failed.step_failure_data.user_failure_data
    assert told is not None
    assert f"embeddings of {bad}: chunks of {bad} is not there" in (told.description or "")


def test_a_run_of_many_raises_where_nothing_of_it_is_downstream(house: House, ready: str) -> None:
    (bad,) = house.submit(UNCAPTIONED.page)
    result = house.batch(ready, bad, "embeddings", "search_index", deferred=False)
    assert [event.step_key for event in house.events(result, "STEP_FAILURE")] == ["search_index"]
    assert house.made(result) == [("embeddings", ready), ("search_index", ready)]


def test_what_failed_in_a_run_of_many_is_not_gone_on_with_from_an_older_artifact(house: House, ready: str) -> None:
    keys = [ready, *house.submit(UNCAPTIONED.page)]
    assert house.run(keys[1]).success
    house.speech.raises = SourceUnavailable("the speech server is away")
    result = house.batch(*keys, "transcript", "chunks")
    assert not result.success
    assert house.made(result) == [("transcript", keys[0]), ("chunks", keys[0])]


def test_what_a_resumed_run_kept_names_the_run_that_made_it(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    first = house.run(key, "episode_details")
    resumed = house.run(
        key, "episode_details", tags={"dagster/is_resume_retry": "true", "dagster/root_run_id": first.run_id}
    )
    (event,) = house.events(resumed, "ASSET_MATERIALIZATION")
    assert event.step_materialization_data.materialization.metadata["kept_from_run"].value == first.run_id
    logs = [
        record.event_log_entry.user_message for record in house.instance.get_records_for_run(resumed.run_id).records
    ]
    assert f"episode_details of {key} is kept from run {first.run_id}" in logs
    watcher = Watcher(house.studio, house.instance, [key], _cursors={resumed.run_id: None})
    told = [
        (moment.kind, moment.text) for moment in watcher.moments(give_up_after=1) if moment.asset == "episode_details"
    ]
    assert told == [("kept", f"from run {first.run_id}")]
    (made,) = house.events(first, "ASSET_MATERIALIZATION")
    assert "kept_from_run" not in made.step_materialization_data.materialization.metadata


def test_a_passing_error_marks_only_the_episodes_that_were_not_published(house: House) -> None:
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    assert house.batch(*keys, *PHASES[:-2]).success
    store = house.studio.store

    class Full(ArtifactStore):
        def save(self, key: str, artifact: Artifact, **about: Any) -> Envelope:
            if key == keys[1]:
                raise StorageFull("no space left")
            return store.save(key, artifact, **about)

    house.studio.store = Full(house.studio.settings.root / "store", house.studio.settings.root / "store" / "scratch")
    result = house.batch(*keys, "search_index")
    assert house.made(result) == [("search_index", keys[0])]
    failed = [event.partition for event in house.events(result, "ASSET_OBSERVATION") if event.asset_key]
    assert failed == [keys[1]]


def test_a_phase_whose_time_is_over_ends_and_names_the_setting(tmp_path: Path, samples: str) -> None:
    with House.open(tmp_path, samples, phase_timeout="3600,transcript=1") as house:
        (key,) = house.submit(UNCAPTIONED.page)
        house.speech.takes = 1.1
        assert not house.run(key, *PHASES[:3]).success
        error = house.status(key).error
    assert error is not None
    assert (error.error_class, error.permanent) == ("TimedOut", False)
    assert "RAGTIME_PHASE_TIMEOUT" in error.remedy
