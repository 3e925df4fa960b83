"""Ten thousand episodes at once: none is lost, and each is told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorStatus, SensorInstigatorData

from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import GONE_ON_TAG, PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG, RUN_KEY_TAG
from ragtime_assets_tests.house import House, house, samples, sensor_state

__all__ = ["house", "samples"]

MANY = 10_000


def test_ten_thousand_submissions_wait_and_each_is_planned_exactly_once(house: House) -> None:
    wanted = [page_submission(f"https://example.com/episodes/{number}") for number in range(MANY)]
    keys = [receipt.key for receipt in house.studio.submissions.submit(wanted, by="test")]
    assert _states(house) == {"waiting": MANY}
    begin_to_look(house)
    runs = list(_all_ticks(house))
    order = house.instance.get_dynamic_partitions("episodes")
    assert list(order) == keys
    planned = [key for run in runs for key in _keys(run, keys)]
    assert sorted(planned) == sorted(keys)
    assert len({run.run_key for run in runs}) == len(runs) == MANY // 25
    assert _states(house) == {"waiting": MANY}, "planned is not yet launched"


def test_status_of_ten_thousand_tells_them_apart(house: House) -> None:
    wanted = [page_submission(f"https://example.com/episodes/{number}") for number in range(MANY)]
    house.studio.submissions.submit(wanted, by="test")
    begin_to_look(house, cursor=75)
    queued, started, failed, *_ = _all_ticks(house)
    for run, state in ((queued, "NOT_STARTED"), (started, "STARTED"), (failed, "FAILURE")):
        created = house.instance.create_run_for_job(
            house.definitions.resolve_job_def("ingest_episode"),
            status=dg.DagsterRunStatus(state),
            tags={**run.tags, RUN_KEY_TAG: str(run.run_key)},
        )
        house.instance.add_run_tags(created.run_id, {GONE_ON_TAG: created.run_id})
    assert _states(house) == {"waiting": MANY - 75, "queued": 25, "running": 25, "failed": 25}


def begin_to_look(house: House, cursor: int = 0) -> None:
    """As while a tick of the sensor is at work: Dagster writes its cursor down when it is over."""
    sensor_state(house.instance, InstigatorStatus.DECLARED_IN_CODE, SensorInstigatorData(cursor=str(cursor)))


def _all_ticks(house: House) -> Iterator[dg.RunRequest]:
    """What the sensor asks for, tick after tick, until nothing is waiting."""
    cursor: str | None = None
    while True:
        resources = {"kept": house.resources["kept"]}
        with dg.build_sensor_context(instance=house.instance, cursor=cursor, resources=resources) as context:
            result = submission_sensor(context)
        if isinstance(result, dg.SkipReason):
            return
        assert isinstance(result, dg.SensorResult)
        for request in result.dynamic_partitions_requests or []:
            house.instance.add_dynamic_partitions("episodes", list(request.partition_keys))
        cursor = result.cursor
        yield from result.run_requests or []


def _keys(run: dg.RunRequest, order: list[str]) -> list[str]:
    assert {key.to_user_string() for key in run.asset_selection or []} == set(PHASES)
    first, last = (run.tags.get(tag) or run.tags[PARTITION_TAG] for tag in (RANGE_START_TAG, RANGE_END_TAG))
    return order[order.index(first) : order.index(last) + 1]


def _states(house: House) -> Counter[str]:
    return Counter(one.state for one in statuses(house.studio, house.instance))
