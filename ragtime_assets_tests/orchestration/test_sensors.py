"""What the sensors decide, against a real instance and a real corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import dagster as dg
import pytest
import sqlalchemy as sa

from ragtime_assets.domain.episode.corrections import Corrections
from ragtime_assets.domain.episode.identity import item_submission, page_submission
from ragtime_assets.domain.graph import PHASES, REPORT, redone_for
from ragtime_assets.orchestration.history import RETRY_WITHIN
from ragtime_assets.orchestration.liveness import WILL_RETRY_TAG, fail_dead_runs, missed_reports, remind_of_retries
from ragtime_assets.orchestration.resources import run_lock
from ragtime_assets.orchestration.sensors import ALL, duplicate_report_sensor, report_sensor, submission_sensor
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import DEFER_TAG, PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
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


def test_a_run_that_just_ended_is_not_taken_for_dead(house: House) -> None:
    """Its lock is free already, and how it ended is written a moment later."""
    job = house.definitions.resolve_job_def("ingest_episode")
    ending = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)

    def meanwhile(_seconds: float) -> None:
        house.instance.report_run_canceled(ending)

    assert fail_dead_runs(house.instance, house.studio, grace=0, pause=meanwhile) == []
    assert [run.status for run in house.instance.get_runs()] == [dg.DagsterRunStatus.CANCELED]


def test_a_run_that_lost_its_connection_to_postgres_is_not_taken_for_dead(
    tmp_path: Path, samples: str, empty_postgres_url: str
) -> None:
    """What a restart of the server does, or a router that forgets a connection on which nothing was said for long."""
    with House.open(tmp_path, samples, database_url=empty_postgres_url) as house:
        job = house.definitions.resolve_job_def("ingest_episode")
        alive = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        broken = sa.text(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'ragtime %'"
        )
        with house.studio.locks.hold(run_lock(alive.run_id), alive.run_id):
            with house.studio.database.reading() as connection:
                assert connection.execute(broken).scalar()
            assert fail_dead_runs(house.instance, house.studio, grace=0) == []


def test_a_run_that_was_to_be_cancelled_is_cancelled_when_its_process_is_gone(house: House) -> None:
    """A failed run would be retried, against the will of whoever cancelled it."""
    job = house.definitions.resolve_job_def("ingest_episode")
    dead = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.CANCELING)
    assert fail_dead_runs(house.instance, house.studio, grace=0, pause=lambda _: None) == [dead.run_id]
    assert [run.status for run in house.instance.get_runs()] == [dg.DagsterRunStatus.CANCELED]


def test_a_run_that_only_starts_has_no_lock_yet_and_is_left_to_dagster(house: House) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTING)
    assert fail_dead_runs(house.instance, house.studio, grace=0) == []


def test_a_failed_run_gets_its_report_once(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    result = house.run(key)
    assert not result.success
    (request,) = asked_of(report_sensor, house, result)
    assert request.run_key == f"report-{result.run_id}"
    assert request.partition_key == key
    assert "404" in report(house, request)


def test_a_live_run_that_ended_as_a_duplicate_gets_its_report(house: House) -> None:
    (page,) = house.submit(CAPTIONED.page)
    (owner,) = house.take([item_submission(f"{house.base}/feed.xml", CAPTIONED.guid)])
    first, second = house.run(owner), house.run(page)
    assert first.success
    assert second.success
    assert house.studio.store.envelope(REPORT, page) is None, "the run stopped before it"
    assert asked_of(duplicate_report_sensor, house, first) == [], "it wrote its report itself"
    (request,) = asked_of(duplicate_report_sensor, house, second)
    assert (request.run_key, request.partition_key) == (f"report-{second.run_id}", page)
    assert f"duplicate of {owner}" in report(house, request)
    assert house.status(page).state == "duplicate"
    assert asked_of(duplicate_report_sensor, house, second) == [], "once is enough"


def test_a_run_that_is_about_to_be_retried_gets_no_report_yet(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    result = house.run(key)
    house.instance.add_run_tags(result.run_id, {WILL_RETRY_TAG: "true"})
    assert asked_of(report_sensor, house, result) == []


def test_a_retry_that_dagster_missed_is_asked_for_again_once(house: House) -> None:
    job, waiting = house.definitions.resolve_job_def("ingest_episode"), {WILL_RETRY_TAG: "true"}
    started = {**waiting, "dagster/auto_retry_run_id": "another"}
    missed, _retried, _final = (
        house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE, tags=tags)
        for tags in (waiting, started, {WILL_RETRY_TAG: "false"})
    )
    assert remind_of_retries(house.instance, after=60) == [], "Dagster may still be about to"
    assert remind_of_retries(house.instance, after=0) == [missed.run_id]
    (told,) = house.instance.get_records_for_run(missed.run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records
    assert "told again" in told.event_log_entry.message
    assert remind_of_retries(house.instance, after=0) == []


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


def test_a_report_that_no_sensor_asked_for_is_asked_for_once(house: House) -> None:
    gone, key = house.submit("/no-such-page", "/nor-this")
    for one in (gone, key):
        assert not house.run(one).success
    house.instance.delete_dynamic_partition("episodes", gone)
    assert missed_reports(house.instance, house.studio, after=60) == [], "its sensor may still be about to"
    (request,) = missed_reports(house.instance, house.studio, after=0)
    assert request.partition_key == key
    waiting = house.instance.create_run_for_job(
        house.definitions.resolve_job_def("report_episode"), tags={"dagster/run_key": str(request.run_key)}
    )
    assert missed_reports(house.instance, house.studio, after=0) == [], "it waits in the queue"
    house.instance.delete_run(waiting.run_id)
    assert "404" in report(house, request)
    assert missed_reports(house.instance, house.studio, after=0) == []


def test_a_partition_that_somebody_deleted_holds_up_no_report(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    result = house.run(key)
    house.instance.delete_dynamic_partition("episodes", key)
    assert asked_of(report_sensor, house, result) == []


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


def asked_of(sensor: dg.SensorDefinition, house: House, result: dg.ExecuteInProcessResult) -> list[dg.RunRequest]:
    """What a report sensor asks for when it hears of the end of this run."""
    ended = "PIPELINE_SUCCESS" if result.success else "PIPELINE_FAILURE"
    run = house.instance.get_run_by_id(result.run_id)
    assert run is not None
    with dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_instance=house.instance,
        dagster_run=run,
        dagster_event=house.events(result, ended)[0],
        resources={"kept": house.resources["kept"]},
    ) as context:
        return list(cast(Iterator[dg.RunRequest], sensor(context)))


def report(house: House, request: dg.RunRequest) -> str:
    """The page that the run which is asked for writes."""
    key = str(request.partition_key)
    assert house.run(key, *(asset.to_user_string() for asset in request.asset_selection or [])).success
    envelope = house.studio.store.envelope(REPORT, key)
    assert envelope is not None
    return str(envelope.payload["markdown"])
