"""What is broken now: the asset and the command count the same, and read no more of history than what stands."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg

from ragtime_assets.domain.episode.corrections import Corrections
from ragtime_assets.domain.health import Health
from ragtime_assets.orchestration.health import health_of
from ragtime_assets.orchestration.looking import read_history
from ragtime_assets.orchestration.tags import PARTITION_TAG
from ragtime_assets.studio.staleness import counted_in, present_of, stale_in
from ragtime_assets_tests.house import House


def found(house: House) -> Health:
    present, now = present_of(house.studio), datetime.now(UTC)
    return read_history(
        house.studio.settings, lambda records: health_of(house.studio, house.studio.index, records, present, now)
    )


def test_a_finished_corpus_needs_nobody(house: House, ready: str) -> None:
    health = found(house)
    assert (health.episodes, health.searchable, health.failed, health.unfinished) == (1, 1, (), 0)
    assert (health.stale, health.unpublished, health.untold) == ((), 0, ())
    assert {(one.asset, one.tool) for one in health.tools} >= {
        ("episode_details", "fetch"),
        ("audio_file", "tier direct"),
    }
    assert not health.needs_somebody


def test_what_is_stale_is_what_ragtime_stale_finds_and_its_causes_are_counted(house: House, ready: str) -> None:
    embeddings = house.studio.store.envelope("embeddings", ready)
    assert embeddings is not None
    house.studio.artifact_index.record([embeddings.model_copy(update={"engine": "of before"})])
    house.studio.corrections.correct(ready, Corrections(title="Another"), "ann", again=())
    assert {one.asset: (one.episodes, one.causes) for one in found(house).stale} == {
        "episode_details": (1, {"correction": 1}),
        "embeddings": (1, {"model": 1}),
    }
    present = present_of(house.studio)
    for asked in ("embeddings", "episode_details"):
        phases = stale_in(house.studio, present).phases
        assert counted_in(house.studio, present) == {name: (one.episodes, one.causes) for name, one in phases.items()}
        assert asked in phases
        house.studio.submissions.request([ready], "ann", [asked])
    assert counted_in(house.studio, present) == {}, "all of it was asked for"


def test_failures_are_counted_by_cause_and_phase_with_the_remedy(house: House) -> None:
    keys = house.submit("/nothing/1", "/nothing/2", "/nothing/3")
    house.batch(keys[0], keys[1], "episode_details", checks=False)
    health = found(house)
    (cause,) = health.failed
    assert (cause.cause, cause.phase, cause.episodes, cause.sample) == (
        "SourceGone", "episode_details", 2, tuple(sorted(keys[:2])),
    )  # fmt: skip
    assert "404" in cause.said
    assert (health.unfinished, health.unfinished_sample) == (1, (keys[2],)), "its run is gone"
    assert health.needs_somebody


def test_who_is_in_flight_or_forgotten_did_not_fail(house: House) -> None:
    keys = house.submit("/nothing/1", "/nothing/2")
    house.batch(*keys, "episode_details", checks=False)
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags={PARTITION_TAG: keys[0]})
    house.studio.submissions.bury(keys[1])
    health = found(house)
    assert (health.episodes, health.in_flight, health.failed, health.unfinished) == (1, 1, (), 0)


def test_the_asset_tells_what_the_command_tells(house: House) -> None:
    keys = house.submit("/nothing/1", "/nothing/2")
    house.batch(*keys, "episode_details", checks=False)
    result = house.definitions.resolve_job_def("check_health").execute_in_process(instance=house.instance)
    (event,) = house.events(result, "ASSET_MATERIALIZATION")
    told = {name: one.value for name, one in event.step_materialization_data.materialization.metadata.items()}
    assert (told["episodes"], told["failed"]) == (2, 2)
    assert "| SourceGone | episode_details | 2 |" in str(told["what_is_wrong"])
    at = {"at", "in_flight"}
    assert Health.model_validate(told["health"]).model_dump(exclude=at) == found(house).model_dump(exclude=at)
