"""Runs as tasks of celery's, over a real broker: launched, lost, cancelled, refused, and judged by locks alone."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from celery import Celery, _state
from celery.contrib.testing.worker import start_worker
from celery.worker.state import revoked
from dagster._core.launcher import LaunchRunContext, WorkerStatus

from ragtime_assets.domain.history import INGEST_JOB
from ragtime_assets.errors import BrokerUnavailable, ConfigurationError, EngineUnavailable, EpisodeBusy
from ragtime_assets.orchestration.launching import keeping
from ragtime_assets.orchestration.launching.broker import check_broker
from ragtime_assets.orchestration.launching.code import code_of_process, code_on_disk
from ragtime_assets.orchestration.launching.launcher import CeleryLauncher, queue_of
from ragtime_assets.orchestration.launching.work import MOST_REFUSALS, WORK, begin, refuse
from ragtime_assets.orchestration.resources import worker_lock
from ragtime_assets.orchestration.steps.episode import guard, guarded
from ragtime_assets.orchestration.supervisor import Child, stop_signals
from ragtime_assets.orchestration.tags import CODE_TAG, PLACE_TAG, QUEUE_TAG, TASK_TAG
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.house import House
from ragtime_assets_tests.redis_server import Redis, redis_server

NOBODY = "redis://keeper:hunter2@127.0.0.1:1/0"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def launcher(house: House, redis: Redis) -> CeleryLauncher:
    """The launcher of a corpus whose runs nobody takes."""
    return _launcher(house, redis.url)


def test_a_run_goes_to_the_queue_of_its_place_or_to_the_one_that_somebody_chose() -> None:
    assert queue_of({}) == "ragtime/default"
    assert queue_of({PLACE_TAG: "speech"}) == "ragtime/speech"
    assert queue_of({PLACE_TAG: "speech", QUEUE_TAG: "gpu"}) == "gpu"


def test_a_launched_run_is_in_the_broker_and_tells_its_queue_its_task_and_its_code(
    house: House, launcher: CeleryLauncher
) -> None:
    run = _run(house)
    launcher.launch_run(LaunchRunContext(run, None))
    tags = _again(house, run).tags
    assert (tags[QUEUE_TAG], tags[CODE_TAG]) == ("ragtime/default", code_of_process())
    assert tags[TASK_TAG]
    with launcher.celery.connection() as connection:
        message = connection.SimpleQueue("ragtime/default").get(timeout=10)
        message.ack()
    assert message.headers["argsrepr"].startswith(f"('{run.run_id}'")


def test_a_run_that_finds_no_broker_waits_and_is_sent_when_there_is_one(house: House, redis: Redis) -> None:
    run = _run(house)
    house.instance.add_run_tags(run.run_id, {TASK_TAG: "of the run that this one retries"})
    _launcher(house, NOBODY).launch_run(LaunchRunContext(run, None))
    assert _again(house, run).status == dg.DagsterRunStatus.STARTING
    assert not _again(house, run).tags[TASK_TAG]
    launcher = _launcher(house, redis.url)
    assert launcher.send_what_waits(patience=0) == [run.run_id]
    assert _again(house, run).tags[TASK_TAG]
    with house.studio.locks.hold(worker_lock(run.run_id), run.run_id):
        assert launcher.send_what_waits(patience=0) == [], "a run that a worker has waits for nobody"


def test_a_run_that_waits_in_the_broker_is_over_at_once_when_it_is_cancelled(
    house: House, launcher: CeleryLauncher
) -> None:
    run = _run(house)
    launcher.launch_run(LaunchRunContext(run, None))
    assert launcher.terminate(run.run_id)
    assert _again(house, run).status == dg.DagsterRunStatus.CANCELED
    assert not launcher.terminate(run.run_id), "it is over"


def test_a_run_that_is_cancelled_while_the_broker_holds_it_is_handed_to_nobody(
    house: House, launcher: CeleryLauncher
) -> None:
    at_work, cancelled, later = runs = [_run(house, queue="of-one-worker") for _ in range(3)]
    with _worker(launcher, "of-one-worker") as (taken, free):
        for run in runs:
            launcher.launch_run(LaunchRunContext(run, None))
        _until(lambda: taken == [at_work.run_id])
        launcher.terminate(cancelled.run_id)
        _until(lambda: _again(house, cancelled).tags[TASK_TAG] in revoked)
        free.set()
        _until(lambda: later.run_id in taken)
    assert taken == [at_work.run_id, later.run_id]


def test_a_run_that_was_sent_is_cancelled_though_the_broker_is_gone_or_was_restarted_since(
    house: House, redis: Redis, launcher: CeleryLauncher
) -> None:
    """Who cancelled before has a connection to it, which that broker does not know any more."""
    first, second, third = runs = [_run(house) for _ in range(3)]
    for run in runs:
        launcher.launch_run(LaunchRunContext(run, None))
    assert launcher.terminate(first.run_id)
    redis.stop()
    assert launcher.terminate(second.run_id)
    redis.start()
    assert launcher.terminate(third.run_id)
    assert {_again(house, run).status for run in runs} == {dg.DagsterRunStatus.CANCELED}


def test_a_launcher_leaves_nothing_behind_in_its_process(house: House, redis: Redis) -> None:
    """A code location makes one with each tick, and every new one would have to be told of all before it."""
    before = len(_state._on_app_finalizers)
    for _ in range(3):
        _launcher(house, redis.url).celery.finalize()
    assert len(_state._on_app_finalizers) == before


def test_a_run_without_a_task_is_cancelled_as_any_other(house: House, launcher: CeleryLauncher) -> None:
    run = _run(house, dg.DagsterRunStatus.STARTED)
    assert launcher.terminate(run.run_id)
    assert _again(house, run).status == dg.DagsterRunStatus.CANCELED
    assert not launcher.terminate("no-such-run")


def test_a_run_that_is_worked_on_is_left_to_its_worker_to_end(house: House) -> None:
    """The broker need not be there: the worker looks at the run."""
    run, launcher = _run(house, dg.DagsterRunStatus.STARTED), _launcher(house, NOBODY)
    house.instance.add_run_tags(run.run_id, {TASK_TAG: "1"})
    with house.studio.locks.hold(worker_lock(run.run_id), run.run_id):
        assert launcher.terminate(run.run_id)
    assert _again(house, run).status == dg.DagsterRunStatus.CANCELING


def test_a_worker_is_there_while_its_lock_is_held_and_gone_with_it(house: House, launcher: CeleryLauncher) -> None:
    run = _run(house, dg.DagsterRunStatus.STARTED)
    assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING, "it was not sent: others judge"
    house.instance.add_run_tags(run.run_id, {TASK_TAG: "1"})
    sent = _again(house, run)
    with house.studio.locks.hold(worker_lock(run.run_id), run.run_id):
        assert launcher.check_run_worker_health(sent).status == WorkerStatus.RUNNING
    assert launcher.check_run_worker_health(sent).status == WorkerStatus.FAILED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED),
        (dg.DagsterRunStatus.CANCELED, dg.DagsterRunStatus.CANCELED),
        (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.FAILURE),
        (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTED),
    ],
    ids=lambda status: status.value,
)
def test_a_worker_begins_no_run_that_does_not_wait(
    house: House, before: dg.DagsterRunStatus, after: dg.DagsterRunStatus
) -> None:
    run = _run(house, before)
    begin(house.studio, house.instance, run.run_id)
    assert _again(house, run).status == after


def test_a_run_that_the_broker_delivers_twice_is_worked_on_once(house: House) -> None:
    run = _run(house)
    with house.studio.locks.hold(worker_lock(run.run_id), run.run_id):
        begin(house.studio, house.instance, run.run_id)
    assert _again(house, run).status == dg.DagsterRunStatus.STARTING


def test_a_worker_with_other_code_says_so_leaves_the_run_to_others_and_at_last_fails_it(house: House) -> None:
    run = _run(house)
    assert refuse(house.instance, run.run_id, "newer", refused=0)
    assert refuse(house.instance, run.run_id, "newer", refused=1)
    said = f"This worker has the code {code_of_process()}, and the run asks for newer"
    events = house.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    assert [said in (event.get_dagster_event().message or "") for event in events] == [True], "it is said once"
    assert _again(house, run).status == dg.DagsterRunStatus.STARTING
    assert not refuse(house.instance, run.run_id, "newer", refused=MOST_REFUSALS)
    assert _again(house, run).status == dg.DagsterRunStatus.FAILURE
    assert not refuse(house.instance, run.run_id, "newer", refused=0), "nobody waits for it any more"


def test_a_run_whose_code_others_are_busy_with_waits_for_them_however_long(house: House) -> None:
    busy = _run(house, dg.DagsterRunStatus.STARTED)
    house.instance.add_run_tags(busy.run_id, {CODE_TAG: "newer"})
    run = _run(house)
    assert refuse(house.instance, run.run_id, "newer", refused=2 * MOST_REFUSALS)
    assert _again(house, run).status == dg.DagsterRunStatus.STARTING
    house.instance.report_run_failed(busy)
    assert not refuse(house.instance, run.run_id, "newer", refused=2 * MOST_REFUSALS + 1)
    assert _again(house, run).status == dg.DagsterRunStatus.FAILURE


def test_the_code_is_another_when_a_file_of_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one")
    first = code_on_disk(tmp_path)
    (tmp_path / "a.pyc").write_text("compiled")
    assert code_on_disk(tmp_path) == first
    (tmp_path / "a.py").write_text("two")
    assert code_on_disk(tmp_path) != first


def test_a_worker_is_started_again_when_its_code_is_another_and_when_it_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told = ["one"], list[str]()
    monkeypatch.setattr(keeping, "code_on_disk", lambda: code[-1])
    worker = keeping.Worker(Studio(Settings(home=tmp_path)), [], 1, tell=told.append)
    process = worker._child = Child("worker", ["sleep", "600"], tmp_path / "log")

    def looked() -> int:
        worker._look()
        assert process.process is not None
        return process.process.pid

    with stop_signals():
        try:
            first = looked()
            assert looked() == first, "nothing is another"
            code.append("two")
            second = looked()
            assert (second != first, len(told)) == (True, 1)
            process.stop()
            third = looked()
            assert (third != second, process.is_running, len(told)) == (True, True, 2)
        finally:
            process.stop()
    assert "the code is another" in told[0]
    assert "ended unexpectedly" in told[1]


def test_a_broker_that_answers_is_named_without_its_password(redis: Redis) -> None:
    assert check_broker(_settings(redis.url)) == redis.url
    assert check_broker(Settings()) is None


def test_a_broker_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(BrokerUnavailable, match="does not let us in") as caught:
        check_broker(_settings(NOBODY))
    assert "hunter2" not in caught.value.message


def test_an_address_whose_database_is_no_number_is_a_wrong_setting(redis: Redis) -> None:
    with pytest.raises(ConfigurationError, match="no address of a broker"):
        check_broker(_settings(redis.url.replace("/0", "/jazz")))


def test_a_broker_without_its_driver_tells_what_to_install(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dagster_celery", None)
    with pytest.raises(EngineUnavailable) as caught:
        check_broker(_settings(redis.url))
    assert "ragtime-assets[celery]" in caught.value.remedy


def test_a_step_is_let_in_by_its_own_run_and_by_no_other(house: House) -> None:
    with house.studio.locks.hold(guard("a"), "this-run"):
        with guarded(house.studio.locks, "a", "this-run", held_by_run=True):
            pass
        assert house.studio.locks.is_held(guard("a")), "the run holds it still"
        for run_id, held_by_run in (("other-run", True), ("this-run", False)):
            with (
                pytest.raises(EpisodeBusy, match="this-run"),
                guarded(house.studio.locks, "a", run_id, held_by_run=held_by_run),
            ):
                pass


def _settings(url: str) -> Settings:
    return Settings.model_validate({"launcher": "celery", "broker_url": url})


def _launcher(house: House, url: str) -> CeleryLauncher:
    launcher = CeleryLauncher(house.studio, url)
    launcher.register_instance(house.instance)
    return launcher


@contextmanager
def _worker(launcher: CeleryLauncher, queue: str) -> Iterator[tuple[list[str], threading.Event]]:
    """A worker of celery's that does nothing with the runs of a queue but note each, and waits until it is free."""
    app, taken, free = Celery(**launcher.app_args()), list[str](), threading.Event()
    app.conf.worker_hijack_root_logger = False

    @app.task(name=WORK, shared=False)
    def note(run_id: str, code: str, queue: str) -> None:
        taken.append(run_id)
        assert free.wait(60)

    with start_worker(app, pool="threads", queues=[queue], perform_ping_check=False):
        yield taken, free


def _until(good: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not good():
        assert time.monotonic() < end
        time.sleep(0.05)


def _run(
    house: House, status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTING, queue: str | None = None
) -> dg.DagsterRun:
    job = house.definitions.resolve_job_def(INGEST_JOB)
    return house.instance.create_run_for_job(job, status=status, tags={QUEUE_TAG: queue} if queue else {})


def _again(house: House, run: dg.DagsterRun) -> dg.DagsterRun:
    found = house.instance.get_run_by_id(run.run_id)
    assert found is not None
    return found
