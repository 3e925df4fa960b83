"""The jobs that people start from the UI."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._cli.utils import get_temporary_instance_for_cli
from dagster._core.definitions.run_status_sensor_definition import RunStatusSensorDefinition

from ragtime_assets.orchestration import assets, sensors
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.resources import KeptResource, of_process
from ragtime_assets.studio import Reading
from ragtime_assets_tests.house import CAPTIONED, House

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


def test_every_job_has_the_one_executor_that_the_settings_choose_from() -> None:
    jobs = build_definitions().get_repository_def().get_all_jobs()
    assert len(jobs) > 1
    assert {job.name for job in jobs if job.executor_def is not run_executor} == set()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "nothing to submit is named"),
        ({"feed": "https://example.com/f"}, "a feed and guids of its items go together"),
        ({"urls": URLS, "guids": ["1"]}, "a feed and guids of its items go together"),
    ],
)
def test_submitting_nothing_or_half_of_it_fails_and_says_what_to_name(
    house: House, config: dict[str, Any], message: str
) -> None:
    job = house.definitions.resolve_job_def("submit_episodes")
    run_config = {"ops": {"record_submissions": {"config": config}}}
    result = job.execute_in_process(instance=house.instance, run_config=run_config, raise_on_error=False)
    (failed,) = house.events(result, "STEP_FAILURE")
    data = failed.step_failure_data.user_failure_data
    assert data is not None
    assert message in (data.description or "")
    assert house.studio.submissions.episodes() == []


def test_the_launchpad_of_submit_episodes_opens_with_every_field(house: House) -> None:
    job = house.definitions.resolve_job_def("submit_episodes")
    opens_with = {"record_submissions": {"config": {"urls": [], "feed": "", "guids": []}}}
    assert job.run_config is not None
    assert job.run_config["ops"] == opens_with


def told(refused: BaseException) -> str:
    """All that an error says, and its causes."""
    return f"{refused} {told(refused.__cause__)}" if refused.__cause__ else str(refused)


@pytest.fixture
def bare(house: House, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """The instance that `dagster dev` and `dagster asset materialize` make where DAGSTER_HOME is not set."""
    with get_temporary_instance_for_cli() as instance:
        assert Path(instance.root_directory) != house.studio.settings.instance_folder
        yield instance


def test_nothing_is_done_on_an_instance_in_memory(house: House) -> None:
    job = house.definitions.resolve_job_def("submit_episodes")
    with dg.DagsterInstance.ephemeral() as throwaway, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(dg.DagsterError) as refused:
            job.execute_in_process(instance=throwaway)
    assert "DAGSTER_HOME is not set" in told(refused.value)


def test_a_run_without_our_environment_makes_nothing_and_says_what_to_do(
    house: House, bare: dg.DagsterInstance
) -> None:
    (key,) = house.submit(CAPTIONED.page)
    bare.add_dynamic_partitions("episodes", [key])
    job = house.definitions.resolve_job_def("ingest_episode")
    with pytest.raises(dg.DagsterError) as refused:
        job.execute_in_process(instance=bare, partition_key=key)
    assert 'eval "$(ragtime env)"' in told(refused.value)
    assert house.studio.artifact_index.of([key]) == {}


@pytest.mark.parametrize("sensor", sensors.ALL, ids=lambda sensor: str(sensor.name))
def test_every_sensor_skips_without_our_environment_and_says_what_to_do(
    house: House, bare: dg.DagsterInstance, sensor: dg.SensorDefinition
) -> None:
    """Every failed episode was made again, against the real corpus, by a history that knew of nothing."""
    (key,) = house.submit(CAPTIONED.page)
    house.studio.submissions.request([key], by="test")
    resources = {"kept": house.resources["kept"]}
    if isinstance(sensor, RunStatusSensorDefinition):
        result = house.run(key, "episode_details")
        (ended,) = house.events(result, "PIPELINE_SUCCESS")
        with dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_event=ended,
            dagster_instance=bare,
            dagster_run=result.dagster_run,
            resources=resources,
        ) as context:
            answer = sensor(context)
    else:
        with dg.build_sensor_context(instance=bare, resources=resources) as context:
            answer = sensor(context)
    assert isinstance(answer, dg.SkipReason)
    assert 'eval "$(ragtime env)"' in (answer.skip_message or "")


def test_each_asset_declares_what_it_uses() -> None:
    used = {asset.key.to_user_string(): asset.required_resource_keys - {"io_manager"} for asset in assets.ALL}
    assert used == {
        "episode_details": {"kept", "web", "models"},
        "audio_file": {"kept", "web", "models"},
        "transcript": {"kept", "speech", "reading"},
        "summary": {"kept", "models", "reading", "index"},
        "chunks": {"kept"},
        "entities": {"kept", "models", "reading"},
        "entity_links": {"kept", "models", "reading", "knowledge"},
        "embeddings": {"kept", "index"},
        "search_index": {"kept", "index"},
        "episode_report": {"kept"},
    }


def test_one_resource_is_replaced_and_the_others_stay(house: House) -> None:
    house.definitions = build_definitions(house.resources | {"reading": Reading(house.studio.settings)})
    (key,) = house.submit(CAPTIONED.page)
    assert house.run(key).success


def test_a_process_opens_the_corpus_once_however_often_a_sensor_looks(own_settings: Path) -> None:
    of_process.cache_clear()
    opened = [KeptResource().kept.database for _ in range(2)]
    of_process.cache_clear()
    assert opened[0] is opened[1]
