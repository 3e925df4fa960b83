"""Runs whose process is gone, and runs that Dagster lost sight of, against a real instance."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import sqlalchemy as sa
from dagster._core.events import DagsterEvent
from dagster._core.execution.stats import StepEventStatus

from ragtime_assets.orchestration import jobs
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG, remind_of_retries
from ragtime_assets.orchestration.care.liveness import OUR_JOBS, fail_dead_runs
from ragtime_assets.orchestration.resources import run_lock, worker_lock
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def test_every_job_of_ours_is_looked_after() -> None:
    assert {job.name for job in jobs.ALL} == OUR_JOBS


def test_runs_of_other_peoples_jobs_and_assets_are_left_alone(house: House) -> None:
    """They hold no lock of ours, so each would be taken for dead."""

    @dg.asset
    def theirs() -> None: ...

    @dg.op
    def nothing() -> None: ...

    @dg.job
    def nightly() -> None:
        nothing()

    others = dg.Definitions(assets=[theirs], jobs=[nightly])
    started = {"status": dg.DagsterRunStatus.STARTED}
    house.instance.create_run_for_job(others.resolve_job_def("nightly"), **started)
    theirs_alone = others.resolve_implicit_global_asset_job_def()
    house.instance.create_run_for_job(theirs_alone, asset_selection=frozenset({dg.AssetKey("theirs")}), **started)
    ours = house.definitions.resolve_implicit_global_asset_job_def()
    backfill = house.instance.create_run_for_job(ours, asset_selection=frozenset({dg.AssetKey("chunks")}), **started)
    assert fail_dead_runs(house.instance, house.studio, grace=0, pause=lambda _: None) == [backfill.run_id]


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


def test_a_run_shows_that_it_is_alive_for_as_long_as_it_works(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    dead: list[list[str]] = []
    house.speech.meanwhile = lambda: dead.append(fail_dead_runs(house.instance, house.studio, 0, pause=lambda _: None))
    run = house.run(key)
    assert run.success
    assert dead == [[]]
    assert not house.studio.locks.is_held(run_lock(run.run_id))


def test_a_run_that_just_ended_is_not_taken_for_dead(house: House) -> None:
    """Its lock is free already, and how it ended is written a moment later."""
    job = house.definitions.resolve_job_def("ingest_episode")
    ending = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)

    def meanwhile(_seconds: float) -> None:
        house.instance.report_run_canceled(ending)

    assert fail_dead_runs(house.instance, house.studio, grace=0, pause=meanwhile) == []
    assert [run.status for run in house.instance.get_runs()] == [dg.DagsterRunStatus.CANCELED]


def test_a_run_that_ends_while_it_is_looked_at_has_the_end_that_it_wrote_itself(house: House) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    ending = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    looked: list[str] = []

    class EndsAtTheLastLook:
        """Its lock is free each time it is asked for, at last because the run is over."""

        def is_held(self, name: str) -> bool:
            looked.append(name)
            if len(looked) == 4:  # the run's and the worker's, twice
                house.instance.report_run_canceled(ending)
            return False

    kept: Any = SimpleNamespace(locks=EndsAtTheLastLook())
    assert fail_dead_runs(house.instance, kept, grace=0, pause=lambda _: None) == []
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


def test_the_step_of_a_pod_that_was_preempted_stays_in_progress_and_its_episode_does_not(house: House) -> None:
    """Nobody wrote down how the step ended, and nobody ever will."""
    (key,) = house.submit(CAPTIONED.page)
    job = house.definitions.resolve_job_def("ingest_episode")
    run = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags={"dagster/partition": key})
    begun = DagsterEvent(dg.DagsterEventType.STEP_START.value, job.name, step_key="episode_details")
    house.instance.report_dagster_event(begun, run.run_id)
    with house.studio.locks.hold(worker_lock(run.run_id), run.run_id):
        assert fail_dead_runs(house.instance, house.studio, grace=0, pause=lambda _: None) == []
        assert house.status(key).state == "running"
    assert fail_dead_runs(house.instance, house.studio, grace=0, pause=lambda _: None) == [run.run_id]
    (step,) = house.instance.get_run_step_stats(run.run_id)
    assert step.status is StepEventStatus.IN_PROGRESS
    assert house.status(key).state == "queued", "until a run of it has a worker again"


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


def test_a_retry_of_a_retry_that_dagster_missed_is_asked_for_again_too(house: House) -> None:
    """A retry has the tags of its parent, of which Dagster was told again."""
    job, tags = house.definitions.resolve_job_def("ingest_episode"), {WILL_RETRY_TAG: "true"}
    failed = dg.DagsterRunStatus.FAILURE
    parent = house.instance.create_run_for_job(job, tags=tags, status=failed)
    assert remind_of_retries(house.instance, after=0) == [parent.run_id]
    house.instance.add_run_tags(parent.run_id, {"dagster/auto_retry_run_id": "the-retry"})
    reminded = house.instance.get_run_by_id(parent.run_id)
    assert reminded is not None
    copied = {tag: value for tag, value in reminded.tags.items() if tag != "dagster/auto_retry_run_id"}
    retry = house.instance.create_run_for_job(job, tags=copied, status=failed)
    assert remind_of_retries(house.instance, after=0) == [retry.run_id]


def test_dagster_is_told_to_wait_for_a_code_location_that_was_killed(house: House) -> None:
    """One kill of it would fail every run that is only queued, and the retry after that."""
    config = house.instance.get_concurrency_config().run_queue_config
    assert config is not None
    assert config.max_user_code_failure_retries * config.user_code_failure_retry_delay >= 60
