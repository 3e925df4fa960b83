"""Whether anybody looks at what waits is told, with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from ragtime_assets.domain.history import SUBMISSION_SENSOR as SENSOR
from ragtime_assets.orchestration.care.lookout import who_looks
from ragtime_assets.orchestration.history import DagsterRecords
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings
from ragtime_assets_tests.house import sensor_state

NOW = 1_800_000_000.0


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(Settings(home=tmp_path / "home")) as instance:
        yield instance


def test_a_daemon_that_never_ran_or_is_silent_is_told(instance: dg.DagsterInstance) -> None:
    assert "never ran" in (who_looks(DagsterRecords(instance), NOW) or "")
    beat(instance, ago=600)
    told = who_looks(DagsterRecords(instance), NOW) or ""
    assert "was last seen 10 min ago" in told
    assert "ragtime up" in told


def test_a_sensor_that_never_looked_is_told(instance: dg.DagsterInstance) -> None:
    beat(instance)
    assert "has not looked yet" in (who_looks(DagsterRecords(instance), NOW) or "")


def test_a_sensor_that_somebody_turned_off_is_told(instance: dg.DagsterInstance) -> None:
    beat(instance)
    sensor(instance, status=InstigatorStatus.STOPPED)
    assert "is turned off" in (who_looks(DagsterRecords(instance), NOW) or "")


def test_a_sensor_that_stopped_looking_is_told(instance: dg.DagsterInstance) -> None:
    beat(instance)
    sensor(instance, looked_ago=300)
    assert "last looked 5 min ago" in (who_looks(DagsterRecords(instance), NOW) or "")


def test_a_sensor_whose_last_look_failed_is_told_with_the_cause(instance: dg.DagsterInstance) -> None:
    beat(instance)
    state = sensor(instance)
    instance.create_tick(
        TickData(
            state.instigator_origin_id,
            SENSOR,
            InstigatorType.SENSOR,
            TickStatus.FAILURE,
            timestamp=NOW,
            error=SerializableErrorInfo("the code location does not answer\nmore", [], None),
            selector_id=state.selector_id,
        )
    )
    assert "failed: the code location does not answer." in (who_looks(DagsterRecords(instance), NOW) or "")


def test_nothing_is_told_while_the_sensor_looks(instance: dg.DagsterInstance) -> None:
    beat(instance)
    sensor(instance)
    assert who_looks(DagsterRecords(instance), NOW) is None


def beat(instance: dg.DagsterInstance, ago: float = 10) -> None:
    instance.add_daemon_heartbeat(DaemonHeartbeat(NOW - ago, "SENSOR", "one"))


def sensor(
    instance: dg.DagsterInstance, status: InstigatorStatus = InstigatorStatus.DECLARED_IN_CODE, looked_ago: float = 5
) -> InstigatorState:
    return sensor_state(instance, status, SensorInstigatorData(last_tick_timestamp=NOW - looked_ago))
