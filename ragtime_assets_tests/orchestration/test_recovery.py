"""Episodes whose run died for good: asked for again, or named and left."""

from __future__ import annotations

import dagster as dg
import pytest

from ragtime_assets.orchestration.care.recovery import MOST_UNBEGUN, go_on_after_deaths
from ragtime_assets.orchestration.forgetting import forget
from ragtime_assets.orchestration.planning import AFTER_A_DEATH
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import GONE_ON_TAG
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def died(house: House, first: str, last: str | None = None, *, began: bool = True) -> str:
    """A run of these episodes whose process was killed, and that Dagster does not resume any more; its id."""
    tags = {"dagster/max_retries": "0"}
    if last is None:
        tags["dagster/partition"] = first
    else:
        tags |= {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    job = house.definitions.resolve_job_def("ingest_episode")
    run = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTING, tags=tags)
    if began:
        started = dg.DagsterEvent(event_type_value=dg.DagsterEventType.RUN_START.value, job_name=job.name)
        house.instance.report_dagster_event(started, run.run_id)
    house.instance.report_run_failed(run, "The process of this run is gone.")
    return run.run_id


def asked_by(house: House) -> list[tuple[str, str]]:
    """Episodes and who asked for them, of the requests that wait."""
    return [(one.key, one.by) for one in house.studio.submissions.after(0, 100) if one.run_key is None]


def test_what_is_left_of_a_batch_is_asked_for_again_each_episode_alone(house: House) -> None:
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    run_id = died(house, *keys)
    assert {one.state for one in statuses(house.studio, house.instance)} == {"queued"}
    assert go_on_after_deaths(house.instance, house.studio) == keys
    assert asked_by(house) == [(key, AFTER_A_DEATH) for key in keys]
    assert {one.state for one in statuses(house.studio, house.instance)} == {"waiting"}
    assert go_on_after_deaths(house.instance, house.studio) == [], "a run is looked at once"
    run = house.instance.get_run_by_id(run_id)
    assert run is not None
    assert run.tags[GONE_ON_TAG] == run_id


def test_an_episode_that_kills_the_process_of_its_own_run_is_named_and_left(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    died(house, key)
    assert go_on_after_deaths(house.instance, house.studio) == []
    assert asked_by(house) == []
    status = house.status(key)
    assert (status.state, status.phase) == ("failed", "episode_details")
    assert status.error is not None
    assert (status.error.error_class, "died each time; runs in a row: 1" in status.error.message) == (
        "WorkerDied",
        True,
    )
    assert status.error.cause == "The process of this run is gone."
    assert f"ragtime retry {key}" in status.error.remedy


def test_an_episode_that_got_further_before_its_process_died_is_gone_on_with(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    assert house.run(key, "episode_details").success
    envelope = house.studio.store.envelope("episode_details", key)
    assert envelope is not None
    run_id = died(house, key)
    house.studio.artifact_index.record([envelope.model_copy(update={"run_id": run_id})])
    assert go_on_after_deaths(house.instance, house.studio) == [key]


def test_runs_that_die_before_they_begin_are_asked_for_again_but_not_for_ever(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    for _ in range(MOST_UNBEGUN):
        died(house, key, began=False)
        assert go_on_after_deaths(house.instance, house.studio) == [key]
        waiting = [one.id for one in house.studio.submissions.after(0, 100) if one.run_key is None]
        house.studio.submissions.assign({request: f"by-hand-{request}" for request in waiting})
    died(house, key, began=False)
    assert go_on_after_deaths(house.instance, house.studio) == []
    assert house.status(key).state == "failed"


def test_a_run_of_an_episode_that_was_forgotten_or_never_submitted_keeps_nobody_from_being_gone_on_with(
    house: House,
) -> None:
    forgotten, kept = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    forget(house.studio, house.instance, forgotten)
    died(house, forgotten)
    died(house, "never-submitted")
    died(house, kept, began=False)
    assert go_on_after_deaths(house.instance, house.studio) == [kept]


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_a_run_that_was_cancelled_or_in_which_a_phase_failed_is_left_alone(house: House, state: str) -> None:
    (key,) = house.submit("/nowhere") if state == "failed" else house.submit(CAPTIONED.page)
    if state == "failed":
        assert not house.run(key).success
    else:
        job = house.definitions.resolve_job_def("ingest_episode")
        run = house.instance.create_run_for_job(job, tags={"dagster/partition": key})
        house.instance.report_run_canceled(run)
    assert go_on_after_deaths(house.instance, house.studio) == []
    assert house.status(key).state == state
