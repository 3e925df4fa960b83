"""The jobs that people start from the UI."""

from __future__ import annotations

import warnings

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqlEventLogStorage

from ragtime_assets.orchestration import assets
from ragtime_assets.orchestration.instance import LISTEN, POOLS, make_pools, wake_pools
from ragtime_assets_tests.house import House

URLS = ["https://example.com/a", "https://www.example.com/a/", "https://example.com/b"]


def test_submitting_from_the_ui_records_each_episode_once(house: House) -> None:
    config = {
        "ops": {"record_submissions": {"config": {"urls": URLS, "feed": "https://example.com/f", "guids": ["1"]}}}
    }
    job = house.definitions.resolve_job_def("submit_episodes")
    assert job.execute_in_process(instance=house.instance, run_config=config).success
    assert [episode.url for episode in house.studio.submissions.episodes()] == [
        URLS[0],
        URLS[2],
        "https://example.com/f",
    ]


def test_a_url_that_is_none_fails_the_job_and_records_nothing(house: House) -> None:
    config = {"ops": {"record_submissions": {"config": {"urls": [URLS[0], "not a url"]}}}}
    job = house.definitions.resolve_job_def("submit_episodes")
    result = job.execute_in_process(instance=house.instance, run_config=config, raise_on_error=False)
    (failed,) = house.events(result, "STEP_FAILURE")
    told = failed.step_failure_data.user_failure_data
    assert told is not None
    assert "'not a url' is not a URL" in (told.description or "")
    assert "What to do:" in (told.description or "")
    assert house.studio.submissions.episodes() == []


def test_nothing_is_done_on_an_instance_that_is_thrown_away(house: House) -> None:
    job = house.definitions.resolve_job_def("submit_episodes")
    with dg.DagsterInstance.ephemeral() as throwaway, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(dg.DagsterError) as refused:
            job.execute_in_process(instance=throwaway)
    assert "DAGSTER_HOME is not set" in str(refused.value.__cause__)


def test_every_pool_is_there_before_a_run_needs_it(house: House) -> None:
    used = {asset.op.pool for asset in assets.ALL if asset.op.pool}
    assert used == POOLS
    make_pools(house.instance)
    make_pools(house.instance)
    assert house.instance.event_log_storage.get_concurrency_keys() == POOLS


def test_a_step_that_its_pool_passed_over_gets_the_place_that_is_free(house: House) -> None:
    """The one that works gives its place back after the other saw that it is taken, and before it is in the queue."""
    make_pools(house.instance)
    pool = house.instance.event_log_storage
    assert isinstance(pool, SqlEventLogStorage)

    def claimed(run_id: str) -> bool:
        return pool.claim_concurrency_slot(LISTEN, run_id, "transcript").is_claimed

    assert claimed("works")
    pool.free_concurrency_slot_for_step("works", "transcript")
    pool.add_pending_step(LISTEN, "waits", "transcript", should_assign=False)
    assert not claimed("waits")
    assert wake_pools(house.instance) == 1
    assert claimed("waits")
    assert not claimed("another")
    assert wake_pools(house.instance) == 0, "the place is taken"
    pool.free_concurrency_slot_for_step("waits", "transcript")
    assert claimed("another")
