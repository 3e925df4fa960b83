"""What the sensors decide, against a real instance and a real corpus."""

from __future__ import annotations

import dagster as dg
import pytest

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.identity import page_submission
from ragtime_assets.orchestration.history import RANGE_END_TAG, RANGE_START_TAG
from ragtime_assets.orchestration.materialise import DEFER_TAG
from ragtime_assets.orchestration.resources import run_lock
from ragtime_assets.orchestration.sensors import ALL, fail_dead_runs, report_sensor, submission_sensor
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def submit(house: House, count: int, offset: int = 0) -> list[str]:
    wanted = [page_submission(f"https://example.com/episodes/{number}") for number in range(offset, offset + count)]
    return [receipt.key for receipt in house.studio.submissions.submit(wanted, by="test")]


def evaluate(house: House, cursor: str | None = None) -> object:
    resources = {"studio": house.resource}
    with dg.build_sensor_context(instance=house.instance, cursor=cursor, resources=resources) as context:
        return submission_sensor(context)


def tick(house: House, cursor: str | None = None) -> dg.SensorResult:
    result = evaluate(house, cursor)
    assert isinstance(result, dg.SensorResult)
    for request in result.dynamic_partitions_requests or []:
        house.instance.add_dynamic_partitions("episodes", list(request.partition_keys))
    return result


def test_every_sensor_runs_by_default() -> None:
    assert all(sensor.default_status == dg.DefaultSensorStatus.RUNNING for sensor in ALL)


def test_a_submission_becomes_a_partition_and_one_run_of_everything(house: House) -> None:
    keys = submit(house, 2)
    result = tick(house)
    assert [request.partition_key for request in result.run_requests or []] == keys
    assert [request.run_key for request in result.run_requests or []] == ["request-1", "request-2"]
    assert result.cursor == "2"
    assert house.instance.get_dynamic_partitions("episodes") == keys
    for request in result.run_requests or []:
        assert {key.to_user_string() for key in request.asset_selection or []} == set(PHASES)


def test_nothing_waiting_is_a_skip(house: House) -> None:
    assert isinstance(evaluate(house), dg.SkipReason)


def test_many_submissions_become_batches_over_contiguous_partitions(house: House) -> None:
    keys = submit(house, 60)
    result = tick(house)
    runs = list(result.run_requests or [])
    assert [run.run_key for run in runs] == ["requests-1-25", "requests-26-50", "requests-51-60"]
    assert all(run.tags[DEFER_TAG] == "true" for run in runs)
    assert [(run.tags[RANGE_START_TAG], run.tags[RANGE_END_TAG]) for run in runs] == [
        (keys[0], keys[24]),
        (keys[25], keys[49]),
        (keys[50], keys[59]),
    ]
    assert house.instance.get_dynamic_partitions("episodes") == keys
    assert house.studio.submissions.keys_of_runs(["requests-26-50"]) == {"requests-26-50": tuple(keys[25:50])}


def test_a_tick_asks_for_at_most_fifty_runs_and_the_next_goes_on_where_it_ended(house: House) -> None:
    submit(house, 3_000)
    seen: list[str] = []
    cursor = None
    for _ in range(5):
        result = tick(house, cursor)
        assert len(result.run_requests or []) <= 50
        seen += [key for request in result.dynamic_partitions_requests or [] for key in request.partition_keys]
        cursor = result.cursor
        if cursor == "3000":
            break
    assert cursor == "3000"
    assert len(seen) == len(set(seen)) == 3_000


@pytest.mark.parametrize("count", [3, 60])
def test_a_reset_cursor_asks_again_under_the_same_run_keys(house: House, count: int) -> None:
    """Dagster drops a run request whose run key it has seen, so nothing is launched twice."""
    submit(house, count)
    first = tick(house)
    submit(house, 2, offset=count)
    again = tick(house)
    before = [request.run_key for request in first.run_requests or []]
    after = [request.run_key for request in again.run_requests or []]
    assert after[: len(before)] == before
    assert len(after) == len(before) + 2


def test_retry_asks_for_what_is_missing_only(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    house.run(key, "episode_details", "audio_file")
    house.studio.submissions.request([key], by="test")
    result = tick(house, cursor="1")
    (request,) = result.run_requests or []
    asked = {asset.to_user_string() for asset in request.asset_selection or []}
    assert asked == set(PHASES) - {"episode_details", "audio_file"}


def test_retry_of_a_finished_episode_asks_for_nothing(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    assert house.run(key).success
    house.studio.submissions.request([key], by="test")
    result = tick(house, cursor="1")
    assert not result.run_requests
    assert result.cursor == "2"


def test_a_run_whose_process_is_gone_is_failed_and_one_that_lives_is_not(house: House) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    (key,) = house.submit(CAPTIONED.page)
    dead, alive = (
        house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags={"dagster/partition": key})
        for _ in range(2)
    )
    with house.studio.locks.hold(run_lock(alive.run_id), alive.run_id):
        assert fail_dead_runs(house.instance, house.studio, grace=3_600) == []
        assert fail_dead_runs(house.instance, house.studio, grace=0) == [dead.run_id]
    states = {run.run_id: run.status for run in house.instance.get_runs()}
    assert states == {dead.run_id: dg.DagsterRunStatus.FAILURE, alive.run_id: dg.DagsterRunStatus.STARTED}


def test_a_failed_run_gets_its_report_once(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    result = house.run(key)
    assert not result.success
    context = dg.build_run_status_sensor_context(
        sensor_name="report_sensor",
        dagster_instance=house.instance,
        dagster_run=result.dagster_run,
        dagster_event=house.events(result, "PIPELINE_FAILURE")[0],
    )
    (request,) = report_sensor(context)
    assert request.run_key == f"report-{result.run_id}"
    assert request.partition_key == key
    assert house.run(key, "episode_report").success
    assert "404" in house.studio.store.envelope("episode_report", key).payload["markdown"]  # type: ignore[union-attr]
