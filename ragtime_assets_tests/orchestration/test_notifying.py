"""People are told of failures once per cause and hour, of batches too; a way that does not answer fails nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.execution.api import create_execution_plan
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from ragtime_assets.corpus.notices import EVERY
from ragtime_assets.errors import SourceUnavailable
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG
from ragtime_assets.orchestration.care.notifying import Look, note_failures, notification_sensor, tell
from ragtime_assets.orchestration.tags import PARENT_TAG, PARTITION_TAG, RESUME_TAG, ROOT_TAG
from ragtime_assets_tests.fakes import FakeNotifier
from ragtime_assets_tests.house import House

BEGIN = datetime.now(UTC) - timedelta(days=1)


def looked(house: House, told: FakeNotifier, look: Look, later: timedelta = timedelta()) -> Look:
    """A look of the sensor, that much later than now."""
    seen = note_failures(house.instance, house.studio, look)
    tell(house.studio, told, datetime.now(UTC) + later)
    return seen


def test_episodes_of_a_run_and_of_a_batch_are_told_together_and_once(house: House) -> None:
    alone, *many = house.submit("/nothing/1", "/nothing/2", "/nothing/3")
    house.run(alone)
    house.batch(*many, "episode_details", checks=False)
    told = FakeNotifier()
    look = looked(house, told, Look(BEGIN))
    (message,) = told.messages
    assert (message.notice.cause, message.notice.count) == ("SourceGone", 3)
    assert {line.partition(":")[0] for line in message.notice.sample} == {alone, *many}
    assert message.notice.remedy in message.text
    looked(house, told, Look.at(look.cursor, datetime.now(UTC)), later=EVERY)
    assert told.messages == [message], "what was told is not told again"


def test_what_failed_in_a_batch_is_told_by_name_though_the_batch_was_killed_behind_it_and_resumed(house: House) -> None:
    killed = house.batch(*house.submit("/nothing/1", "/nothing/2"), "episode_details", checks=False)
    house.instance.add_run_tags(killed.run_id, {WILL_RETRY_TAG: "true"})
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(
        job,
        execution_plan=create_execution_plan(job, step_keys_to_execute=["chunks"]),
        status=dg.DagsterRunStatus.FAILURE,
        tags={RESUME_TAG: "true", ROOT_TAG: killed.run_id, PARENT_TAG: killed.run_id},
    )
    told = FakeNotifier()
    looked(house, told, Look(BEGIN))
    (message,) = told.messages
    assert (message.notice.cause, message.notice.count) == ("SourceGone", 2)


def test_what_failed_before_the_first_look_is_no_news(house: House) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE, tags={PARTITION_TAG: "one"})
    told = FakeNotifier()
    looked(house, told, Look.at(None, datetime.now(UTC) + timedelta(hours=1)))
    assert told.messages == []


def test_a_run_that_could_not_say_why_is_told_and_one_that_dagster_retries_is_not(house: House) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    for key, more in {"one": {}, "two": {WILL_RETRY_TAG: "true"}}.items():
        tags = {PARTITION_TAG: key, **more}
        house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE, tags=tags)
    told = FakeNotifier()
    looked(house, told, Look(BEGIN))
    (message,) = told.messages
    assert (message.notice.cause, message.notice.count) == ("RunFailed", 1)
    assert message.notice.sample[0].startswith("one: ")
    assert "ragtime retry one" in message.text


def test_a_way_that_does_not_answer_fails_nothing_and_is_told_in_health(house: House) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE, tags={PARTITION_TAG: "one"})
    looked(house, FakeNotifier(raises=SourceUnavailable("the webhook answered 503")), Look(BEGIN))
    looked(house, FakeNotifier(raises=ZeroDivisionError("a defect")), Look(datetime.now(UTC)))
    (untold,) = house.studio.notices.untold()
    assert (untold.cause, untold.error) == ("RunFailed", "SourceUnavailable: the webhook answered 503")


def test_the_sensor_posts_to_the_address_of_the_setting_and_keeps_where_it_was(
    house: House, httpserver: HTTPServer
) -> None:
    httpserver.expect_oneshot_request("/hook").respond_with_data("ok")
    settings = house.studio.settings.model_copy(update={"notify": SecretStr(httpserver.url_for("/hook"))})
    house.studio.settings = settings
    first = evaluate(house, None)
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE, tags={PARTITION_TAG: "one"})
    second = evaluate(house, first.cursor)
    assert second.skip_message == "1 messages sent, 0 not taken"
    ((request, _),) = httpserver.log
    assert json.loads(request.data)["cause"] == "RunFailed"


def test_nobody_is_told_where_no_way_is_set(house: House) -> None:
    assert "RAGTIME_NOTIFY is not set" in str(evaluate(house, None).skip_message)


def evaluate(house: House, cursor: str | None) -> dg.SensorExecutionData:
    """A tick of the sensor."""
    context = dg.build_sensor_context(house.instance, cursor=cursor, resources={"kept": house.studio})
    return notification_sensor.evaluate_tick(context)
