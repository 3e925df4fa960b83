"""The tags by which people find a run in the web UI: title, show, and the class of an error."""

from __future__ import annotations

import dagster as dg

from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.tags import ERROR_TAG, SHOW_TAG, TITLE_TAG
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def found_by(house: House, tag: str, value: str) -> list[str]:
    """The runs that have this tag."""
    return [run.run_id for run in house.instance.get_runs(dg.RunsFilter(tags={tag: value}))]


def test_a_run_is_found_by_title_and_show_once_the_details_are_read(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    run = house.run(key, "episode_details")
    assert found_by(house, TITLE_TAG, CAPTIONED.title) == [run.run_id]
    assert found_by(house, SHOW_TAG, house.status(key).show or "") == [run.run_id]


def test_a_run_that_failed_is_found_by_the_class_of_the_error(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    run = house.run(key)
    assert found_by(house, ERROR_TAG, "SourceGone") == [run.run_id]


def test_a_batch_is_found_by_the_errors_of_its_episodes(house: House) -> None:
    first, last = house.submit("/no-such-page", UNCAPTIONED.page)
    run = house.batch(first, last, "episode_details")
    assert found_by(house, ERROR_TAG, "SourceGone") == [run.run_id]


def test_a_run_that_copied_the_error_of_another_and_went_well_does_not_keep_it(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    run = house.run(key, "episode_details", tags={ERROR_TAG: "SourceGone"})
    assert run.success
    assert found_by(house, ERROR_TAG, "SourceGone") == []


def looked(house: House) -> dg.SensorResult | dg.SkipReason:
    """What the sensor says when it has read the request that made the episode ready."""
    with dg.build_sensor_context(
        instance=house.instance,
        resources={"kept": house.resources["kept"]},
        definitions=house.definitions,
        cursor="1",
    ) as context:
        answer = submission_sensor(context)
    assert isinstance(answer, dg.SensorResult | dg.SkipReason)
    return answer


def test_a_redo_has_title_and_show_from_the_start(house: House, ready: str) -> None:
    house.studio.submissions.request([ready], by="test", assets=["chunks"])
    answer = looked(house)
    assert isinstance(answer, dg.SensorResult)
    assert answer.run_requests
    assert answer.run_requests[0].tags[TITLE_TAG] == CAPTIONED.title


def test_a_request_that_was_withdrawn_starts_no_run(house: House, ready: str) -> None:
    house.studio.submissions.request([ready], by="test", assets=["chunks"])
    house.studio.submissions.withdraw(ready)
    assert isinstance(looked(house), dg.SkipReason)
