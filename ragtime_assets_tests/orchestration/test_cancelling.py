"""Cancelling an episode: what stops with it, and a run that cannot be told is not said to stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress

import dagster as dg
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._utils.interrupts import capture_interrupts

from ragtime_assets.orchestration.cancelling import Cancelled, cancel_runs
from ragtime_assets.orchestration.care import dagster_gaps
from ragtime_assets.orchestration.care.dagster_gaps import stopping_when_told
from ragtime_assets.orchestration.resources import run_lock
from ragtime_assets.orchestration.tags import PARTITION_TAG, RUN_KEY_TAG
from ragtime_assets_tests.house import UNCAPTIONED, House

HEARD = ("episode_details", "audio_file", "transcript")


def started(house: House, **tags: str) -> dg.DagsterRun:
    """A run at work whose code server is gone, as after a restart of `ragtime up`."""
    gone = '{"host": "localhost", "socket": "/nowhere/code"}'
    job = house.definitions.resolve_job_def("ingest_episode")
    all_tags = {**tags, ".dagster/grpc_info": gone}
    return house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=all_tags)


def test_a_run_that_cannot_be_told_and_works_on_is_not_said_to_stop(house: House) -> None:
    (key,) = house.submit("/nothing")
    run = started(house, **{PARTITION_TAG: key})
    with house.studio.locks.hold(run_lock(run.run_id), run.run_id):
        assert cancel_runs(house.studio, house.instance, key, seconds=0) == [Cancelled(run.run_id, [], stops=False)]


def test_a_run_without_a_process_is_cancelled_at_once(house: House) -> None:
    (key,) = house.submit("/nothing")
    run = started(house, **{PARTITION_TAG: key})
    assert cancel_runs(house.studio, house.instance, key) == [Cancelled(run.run_id, [], stops=True)]
    assert [one.status for one in house.instance.get_runs()] == [dg.DagsterRunStatus.CANCELED]


def test_cancelling_one_episode_of_a_batch_tells_what_else_stops(house: House) -> None:
    keys = house.submit("/nothing/1", "/nothing/2", "/nothing/3")
    house.studio.submissions.request(keys, by="test")
    house.studio.submissions.assign({one.id: "requests-4-6" for one in house.studio.submissions.after(3, 10)})
    started(house, **{RUN_KEY_TAG: "requests-4-6"})
    (cancelled,) = cancel_runs(house.studio, house.instance, keys[1])
    assert cancelled.others == [keys[0], keys[2]]


def test_an_episode_whose_run_was_stopped_with_the_machine_is_queued_and_goes_on_from_there(house: House) -> None:
    """SIGTERM reached its process, and nobody cancelled it: the pause of a container that is stopped."""
    (key,) = house.submit(UNCAPTIONED.page)
    house.speech.meanwhile = lambda: os.kill(os.getpid(), signal.SIGTERM)
    with capture_interrupts(), suppress(DagsterExecutionInterruptedError):
        house.run(key, *HEARD)
    (run,) = house.instance.get_runs()
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert house.status(key).state == "queued", "for Dagster's retry, which needs no person"
    house.speech.meanwhile = lambda: None
    kept = house.studio.artifact_index.of([key])[key]
    assert set(kept) == {"episode_details", "audio_file"}
    assert house.run(key, "transcript").success


@pytest.mark.usefixtures("interruptible")
def test_a_run_that_is_to_be_cancelled_and_hears_nothing_interrupts_itself(house: House) -> None:
    """Its code server was to tell it, and is gone."""
    run = started(house)
    house.instance.report_run_canceling(run)
    with stopping_when_told(house.instance, run.run_id, patience=0), pytest.raises(KeyboardInterrupt):
        time.sleep(10 * dagster_gaps.LOOK_SECONDS)


@pytest.mark.usefixtures("interruptible")
def test_a_run_that_somebody_else_ended_interrupts_itself(house: House) -> None:
    run = started(house)
    house.instance.report_run_canceled(run)
    with stopping_when_told(house.instance, run.run_id, patience=600), pytest.raises(KeyboardInterrupt):
        time.sleep(10 * dagster_gaps.LOOK_SECONDS)


def test_a_run_that_others_took_for_dead_leaves_its_episode_to_them(house: House) -> None:
    """Its machine was cut off from the database; once it is back, another run may be at work already."""
    (key,) = house.submit(UNCAPTIONED.page)

    def taken_for_dead() -> None:
        (run,) = house.instance.get_runs()
        house.instance.report_run_failed(run)
        time.sleep(10 * dagster_gaps.LOOK_SECONDS)

    house.speech.meanwhile = taken_for_dead
    with capture_interrupts(), suppress(DagsterExecutionInterruptedError):
        house.run(key, *HEARD)
    assert set(house.studio.artifact_index.of([key])[key]) == {"episode_details", "audio_file"}
    assert [run.status for run in house.instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


@pytest.mark.usefixtures("interruptible")
def test_a_run_that_is_told_to_stop_before_it_notes_its_start_is_still_to_be_cancelled(house: House) -> None:
    """Its start makes Dagster forget that; the interrupt would count as a crash, and it comes from the run itself."""
    run = started(house)
    house.instance.report_run_canceling(run)
    start = dg.DagsterEvent("PIPELINE_START", run.job_name)
    house.instance.report_dagster_event(start, run.run_id)
    with stopping_when_told(house.instance, run.run_id, patience=600), pytest.raises(KeyboardInterrupt):
        time.sleep(10 * dagster_gaps.LOOK_SECONDS)
    assert [one.status for one in house.instance.get_runs()] == [dg.DagsterRunStatus.CANCELING]


def test_a_run_that_nobody_cancels_is_left_alone(house: House) -> None:
    run = started(house)
    with stopping_when_told(house.instance, run.run_id, patience=0):
        time.sleep(dagster_gaps.LOOK_SECONDS + 1)
    assert not [one for one in threading.enumerate() if run.run_id in one.name and not one.daemon]
