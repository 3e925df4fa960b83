"""What the sensors decide, against a real instance and a real corpus."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from ragtime_assets.domain.episode.corrections import Corrections
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES, redone_for
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG
from ragtime_assets.orchestration.episode_history import RETRY_WITHIN
from ragtime_assets.orchestration.sensors import ALL, submission_sensor
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import AGAIN_TAG, DEFER_TAG, PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from ragtime_assets.settings import ROLES
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House

HEARD = PHASES[:3]


def submit(house: House, count: int, offset: int = 0) -> list[str]:
    wanted = [page_submission(f"https://example.com/episodes/{number}") for number in range(offset, offset + count)]
    return [receipt.key for receipt in house.studio.submissions.submit(wanted, by="test")]


def evaluate(house: House, cursor: str | None = None) -> object:
    resources = {"kept": house.resources["kept"]}
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


def test_a_reset_cursor_launches_nothing_that_was_launched(house: House) -> None:
    """Not even what failed, of which a batch may hold several: that is for `ragtime retry`."""
    keys = submit(house, 60)
    first = tick(house)
    job = house.definitions.resolve_job_def("ingest_episode")
    for request in (first.run_requests or [])[:2]:
        house.instance.create_run_for_job(job, tags={"dagster/run_key": str(request.run_key)})
    again = tick(house)
    assert [request.run_key for request in again.run_requests or []] == ["requests-51-60"]
    assert again.cursor == first.cursor
    assert house.studio.submissions.keys_of_runs(["requests-1-25"]) == {"requests-1-25": tuple(keys[:25])}


def test_retry_asks_for_what_is_missing_only(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    house.run(key, "episode_details", "audio_file")
    house.studio.submissions.request([key], by="test")
    result = tick(house, cursor="1")
    (request,) = result.run_requests or []
    asked = {asset.to_user_string() for asset in request.asset_selection or []}
    assert asked == set(PHASES) - {"episode_details", "audio_file"}


def test_a_retry_that_waited_for_a_run_repeats_nothing_that_it_made(house: House) -> None:
    (key,) = submitted(house, UNCAPTIONED.page)
    house.studio.submissions.request([key], by="test")
    first = tick(house)
    second = tick(house, first.cursor)
    results = [launch(house, request, HEARD) for result in (first, second) for request in result.run_requests or []]
    assert [result.success for result in results] == [True, True]
    assert house.made(results[1]) == [(asset, key) for asset in HEARD], "it adopts what the first made"
    assert house.speech.heard == 1


def test_a_correction_that_waited_for_a_run_makes_again_what_shows_it_and_nothing_else(house: House) -> None:
    (key,) = submitted(house, UNCAPTIONED.page)
    first = tick(house)
    house.studio.corrections.correct(key, Corrections(title="Another title"), "test")
    house.studio.submissions.request([key], by="test", assets=sorted(redone_for(["title"])))
    second = tick(house, first.cursor)
    for result in (first, second):
        for request in result.run_requests or []:
            assert launch(house, request, PHASES).success
    assert house.speech.heard == 1
    assert house.status(key).title == "Another title"
    assert house.status(key).state == "ready"


def test_a_run_for_requests_that_is_launched_again_by_hand_makes_everything_again(house: House) -> None:
    (key,) = submitted(house, UNCAPTIONED.page)
    (request,) = tick(house).run_requests or []
    first = launch(house, request, HEARD)
    launch(house, request, HEARD, {"dagster/parent_run_id": first.run_id, "dagster/root_run_id": first.run_id})
    assert house.speech.heard == 2


def test_a_request_is_bound_to_the_models_of_the_tick_that_takes_it_up_and_a_retry_keeps_them(
    tmp_path: Path, samples: str
) -> None:
    with House.open(tmp_path, samples) as house:
        (key,) = submit(house, 1)
        cursor = tick(house).cursor
        keyless = house.studio.submissions.bindings(key)
        assert keyless == {**dict.fromkeys(ROLES, ""), "transcript": "auto:bundled", "embeddings": "auto"}
    with House.open(tmp_path, samples, model="openai-chat:parrot", model_api_key="sk-hunter2") as house:
        requests = house.studio.submissions
        requests.request([key], by="test")
        requests.request([key], by="test", place="here")
        for _ in range(2):
            cursor = tick(house, cursor).cursor
            assert requests.bindings(key) == keyless
        requests.request([key], by="test", rebind=True)
        tick(house, cursor)
        assert requests.bindings(key) == keyless | dict.fromkeys(ROLES, "openai-chat:parrot")


def test_a_redo_shares_no_batch_with_the_plain_requests_beside_it(house: House, ready: str) -> None:
    """Both make everything, but what the one makes again the others must keep, and the other way round."""
    house.studio.submissions.request([ready], by="test", assets=PHASES)
    keys = submit(house, 30)
    redo, *plain = tick(house, "1").run_requests or []
    assert (redo.partition_key, redo.tags[AGAIN_TAG].split(",")) == (ready, list(PHASES))
    assert [(run.tags[RANGE_START_TAG], run.tags[AGAIN_TAG]) for run in plain] == [
        (keys[0], "episode_report"),
        (keys[25], "episode_report"),
    ]


def test_a_retry_does_not_do_what_was_asked_for_after_it(house: House, ready: str) -> None:
    house.studio.submissions.request([ready], by="test")
    house.studio.submissions.request([ready], by="test", assets=["summary"])
    retry = tick(house, "1")
    redo = tick(house, retry.cursor)
    assert (retry.run_requests, retry.cursor) == ([], "2")
    assert [run.tags[AGAIN_TAG] for run in redo.run_requests or []] == ["summary,episode_report"]


def test_retry_of_a_finished_episode_asks_for_nothing(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    assert house.run(key).success
    house.studio.submissions.request([key], by="test")
    result = tick(house, cursor="1")
    assert not result.run_requests
    assert result.cursor == "2"


def test_a_killed_run_whose_retry_never_comes_is_failed_after_a_while(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    house.instance.create_run_for_job(
        house.definitions.resolve_job_def("ingest_episode"),
        status=dg.DagsterRunStatus.FAILURE,
        tags={PARTITION_TAG: key, WILL_RETRY_TAG: "true"},
    )
    assert house.status(key).state == "queued"
    later = datetime.now(UTC) + RETRY_WITHIN + timedelta(seconds=1)
    (status,) = statuses(house.studio, house.instance, key, now=later)
    assert status.state == "failed"
    assert status.error is not None
    assert f"ragtime retry {key}" in status.error.remedy


def test_a_range_of_partitions_that_somebody_deleted_hides_no_episode(house: House) -> None:
    keys = house.submit("/nothing/1", "/nothing/2")
    assert not house.batch(*keys, "search_index", deferred=False).success
    house.instance.delete_dynamic_partition("episodes", keys[0])
    assert [one.key for one in statuses(house.studio, house.instance)] == keys


def test_the_run_that_is_shown_is_the_one_at_work_and_not_the_one_that_waits_for_it(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    job = house.definitions.resolve_job_def("ingest_episode")
    at_work, _waiting = (
        house.instance.create_run_for_job(job, status=status, tags={PARTITION_TAG: key})
        for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.NOT_STARTED)
    )
    assert house.status(key).state == "running"
    assert house.status(key).run_id == at_work.run_id


def submitted(house: House, path: str) -> list[str]:
    """Keys of a page of the sample show that the sensor has not seen."""
    receipts = house.studio.submissions.submit([page_submission(house.base + path)], by="test")
    return [receipt.key for receipt in receipts]


def launch(
    house: House, request: dg.RunRequest, among: Sequence[str], more: dict[str, str] | None = None
) -> dg.ExecuteInProcessResult:
    """The run that the sensor asks for, as far as it makes these assets."""
    asked = {key.to_user_string() for key in request.asset_selection or []}
    wanted = [asset for asset in among if asset in asked]
    return house.run(str(request.partition_key), *wanted, tags={**request.tags, **(more or {})})
