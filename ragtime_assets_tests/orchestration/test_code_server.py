"""The server of the definitions: how its runs begin, and what neither they nor it die of."""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.storage import sql
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.utils import FuturesAwareThreadPoolExecutor
from dagster._grpc.__generated__ import dagster_api_pb2
from dagster._grpc.types import CancelExecutionRequest, CancelExecutionResult, ExecuteExternalJobArgs, StartRunResult
from dagster._serdes import deserialize_value, serialize_value

from ragtime_assets.orchestration.care.kept_connections import read_migrations_once
from ragtime_assets.orchestration.code_server.forking import ForkedProcess, Forking
from ragtime_assets.orchestration.code_server.imports import imported_for_runs
from ragtime_assets.orchestration.code_server.server import CodeServer
from ragtime_assets.orchestration.supervisor import LOCATION
from ragtime_assets.settings import OwnSettings
from ragtime_assets_tests.house import House

FOR_EVER = 600


@pytest.fixture(scope="module")
def forking() -> Iterator[Forking]:
    yield Forking([])
    os.kill(_fork_server(), signal.SIGKILL)


@pytest.fixture
def working(forking: Forking) -> Iterator[ForkedProcess]:
    """A process that works until it is killed."""
    process = forking.Process(target=time.sleep, args=[FOR_EVER])
    process.start()
    yield process
    os.kill(process.pid or 0, signal.SIGKILL)


EVERYTHING: dict[str, Any] = {
    "artifacts_url": "s3://corpus/all",
    "qdrant_url": "http://index.example:6333",
    "summary_model": "anthropic:parrot",
    "entity_model": "google-gla:parrot",
    "model": "openai-chat:parrot",
}
COUNT_THREADS = (
    "import importlib, sys, threading; [*map(importlib.import_module, sys.argv[1:])]; print(threading.active_count())"
)


@pytest.mark.parametrize("module", imported_for_runs(OwnSettings(**EVERYTHING)))
def test_what_runs_are_forked_with_can_be_imported(module: str) -> None:
    """Python says nothing of what it cannot: every run would import it again, or miss it."""
    assert importlib.import_module(module)


def test_what_runs_are_forked_with_starts_no_thread() -> None:
    """A thread would be missing in each run, and what it held would be held for ever."""
    command = [sys.executable, "-c", COUNT_THREADS, *imported_for_runs(OwnSettings(**EVERYTHING))]
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.strip() == "1"


def test_runs_are_forked_with_what_the_settings_need() -> None:
    more = {
        name: set(imported_for_runs(OwnSettings(**{name: value}))) - set(imported_for_runs(OwnSettings()))
        for name, value in EVERYTHING.items()
    }
    assert all(more.values())
    assert "qdrant_client" in more["qdrant_url"]
    assert "boto3.session" in more["artifacts_url"]
    assert "pydantic_ai.models.anthropic" in more["summary_model"]
    assert not any(name.startswith("pydantic_ai") for name in imported_for_runs(OwnSettings()))


def test_a_process_is_not_over_when_what_it_was_forked_from_is(forking: Forking, working: ForkedProcess) -> None:
    os.kill(_fork_server(), signal.SIGKILL)
    time.sleep(0.2)
    assert working.is_alive()
    os.kill(working.pid or 0, signal.SIGKILL)
    _until(lambda: not working.is_alive())


def test_the_next_process_is_forked_from_another_when_that_was_killed(forking: Forking) -> None:
    os.kill(_fork_server(), signal.SIGKILL)
    time.sleep(0.2)
    process = forking.Process(target=sys.exit, args=[3])
    process.start()
    process.join()
    assert process.exitcode == 3


FROM_HERE = """
import json, os, signal, sys, time
from multiprocessing import forkserver
from pathlib import Path
from ragtime_assets.orchestration.code_server.forking import Forking

forking = Forking.from_here(["decimal"])
def ended(code):
    process = forking.Process(target=sys.exit, args=[code])
    process.start()
    process.join()
    return process.exitcode, forkserver._forkserver._forkserver_pid

def words(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()

codes = [ended(code) for code in (3, 4)]
is_forked = words(codes[0][1]) == words(os.getpid())
threads = len(os.listdir(f"/proc/{codes[0][1]}/task"))
os.kill(codes[0][1], signal.SIGKILL)
time.sleep(0.2)
codes.append(ended(5))
print(json.dumps([*codes, is_forked, threads]))
"""


def test_the_first_that_is_forked_from_is_no_python_of_its_own_and_one_takes_its_place() -> None:
    done = subprocess.run([sys.executable, "-c", FROM_HERE], capture_output=True, text=True, check=True, timeout=120)
    (three, first), (four, second), (five, third), is_forked, threads = json.loads(done.stdout)
    assert (three, four, five) == (3, 4, 5)
    assert first == second != third
    assert is_forked
    assert threads == 1


@pytest.fixture
def server(forking: Forking, house: House) -> Iterator[CodeServer]:
    """A server that started a run whose process is gone."""
    ended = threading.Event()
    server = _serving(forking, ended)
    yield server
    ended.set()


def begun(house: House) -> dg.DagsterRun:
    job = house.definitions.resolve_job_def("ingest_episode")
    return house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)


def leave(run: dg.DagsterRun, forking: Forking, server: CodeServer, house: House) -> None:
    """The server started this run; its process is gone, and has not said how it ended."""
    over = forking.Process(target=sys.exit, args=[1])
    over.start()
    over.join()
    with server._execution_lock:
        server._termination_events[run.run_id] = forking.Event()
        server._executions[run.run_id] = (over, house.instance.get_ref())


def state(house: House, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = house.instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def test_a_run_that_two_daemons_take_from_the_queue_is_started_once(
    forking: Forking, server: CodeServer, house: House
) -> None:
    run = begun(house)
    assert not start(server, house, run), "there is no such job, so nothing was started, and it may be asked for again"
    assert not start(server, house, run)
    server._begun.append(run.run_id)
    assert start(server, house, run), "the other daemon hears that it is under way"
    assert run.run_id not in server._executions


def test_a_run_whose_start_breaks_off_may_be_asked_for_again(
    forking: Forking, server: CodeServer, house: House
) -> None:
    run = begun(house)
    server._shutdown_once_executions_finish_event = None  # type: ignore[assignment]
    for _ in range(2):
        with pytest.raises(AttributeError):
            start(server, house, run)


def start(server: CodeServer, house: House, run: dg.DagsterRun) -> bool:
    """Whether the server says that it started a run, of a job that it does not have."""
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(LOCATION), "no_repository")
    origin = RemoteJobOrigin(repository, "no_job")
    args = ExecuteExternalJobArgs(job_origin=origin, run_id=run.run_id, instance_ref=house.instance.get_ref())
    request = dagster_api_pb2.StartRunRequest(serialized_execute_run_args=serialize_value(args))
    return deserialize_value(server.StartRun(request, None).serialized_start_run_result, StartRunResult).success


def test_a_storage_that_does_not_answer_ends_no_thread_and_dead_runs_are_failed_later(
    forking: Forking, server: CodeServer, house: House
) -> None:
    run = begun(house)
    with unanswered(house):
        leave(run, forking, server, house)
        server._check_for_orphaned_runs()
    _until(lambda: state(house, run) == dg.DagsterRunStatus.FAILURE)


@contextmanager
def unanswered(house: House) -> Iterator[None]:
    """Dagster's storage does not answer while the context is open."""
    url = os.environ.get("DAGSTER_POSTGRES_URL")
    if url is None:
        runs = house.studio.settings.instance_folder / "history" / "runs.db"
        kept = runs.read_bytes()
        runs.write_bytes(b"no database")
        yield
        runs.write_bytes(kept)
    else:
        name = sa.make_url(url).database
        server = sa.create_engine(sa.make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f"alter database {name} allow_connections false")
            connection.exec_driver_sql(
                f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
            )
            yield
            connection.exec_driver_sql(f"alter database {name} allow_connections true")
        server.dispose()


def test_a_run_that_was_cancelled_as_it_began_is_cancelled_and_not_failed(
    forking: Forking, server: CodeServer, house: House
) -> None:
    """Its process finds it cancelling, does nothing and says nothing."""
    run = begun(house)
    house.instance.report_run_canceling(run)
    leave(run, forking, server, house)
    _until(lambda: run.run_id not in server._executions)
    assert state(house, run) == dg.DagsterRunStatus.CANCELED


def test_a_run_that_only_begins_is_not_interrupted_and_looks_itself_once_it_works(
    forking: Forking, server: CodeServer, working: ForkedProcess, house: House
) -> None:
    """Dagster fails a run that is interrupted before its first step, and retries it, though it is to be cancelled."""
    run, told = begun(house), forking.Event()
    with server._execution_lock:
        server._termination_events[run.run_id] = told
        server._executions[run.run_id] = (working, house.instance.get_ref())
    assert cancel(server, run)
    assert not told.is_set()
    house.instance.report_dagster_event(dg.DagsterEvent("PIPELINE_START", run.job_name), run.run_id)
    assert cancel(server, run)
    assert told.is_set()


def test_no_run_looks_through_what_it_was_forked_with_for_what_may_go(forking: Forking) -> None:
    process = forking.Process(target=exec, args=["import gc, sys; sys.exit(gc.get_freeze_count() == 0)"])
    process.start()
    process.join()
    assert process.exitcode == 0


def test_the_migrations_of_dagsters_storage_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = dg.DagsterInstance.local_temp(str(tmp_path)).get_ref()
    read, places = sql.ScriptDirectory.from_config, list[str]()

    def noted(config: Config) -> ScriptDirectory:
        places.append(str(config.get_main_option("script_location")))
        return read(config)

    monkeypatch.setattr(sql.ScriptDirectory, "from_config", noted)
    monkeypatch.setattr(sql, "ScriptDirectory", sql.ScriptDirectory)
    read_migrations_once()
    for _ in range(3):
        dg.DagsterInstance.from_ref(ref)
    assert len(places) == len(set(places)) > 0


def test_a_run_that_this_server_did_not_start_cannot_be_told_to_stop(
    forking: Forking, server: CodeServer, house: House
) -> None:
    assert not cancel(server, begun(house))


def cancel(server: CodeServer, run: dg.DagsterRun) -> bool:
    """Whether the server says that the run will stop."""
    asked = serialize_value(CancelExecutionRequest(run_id=run.run_id))
    request = dagster_api_pb2.CancelExecutionRequest(serialized_cancel_execution_request=asked)
    answer = server.CancelExecution(request, None).serialized_cancel_execution_result
    return deserialize_value(answer, CancelExecutionResult).success


def _serving(forking: Forking, ended: threading.Event) -> CodeServer:
    return CodeServer(
        forking,
        server_termination_event=ended,
        logger=logging.getLogger("test"),
        loadable_target_origin=LoadableTargetOrigin(executable_path=sys.executable, module_name=LOCATION),
        server_threadpool_executor=FuturesAwareThreadPoolExecutor(),
    )


def _fork_server() -> int:
    return int(forkserver._forkserver._forkserver_pid)


def _until(good: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not good():
        assert time.monotonic() < until
        time.sleep(0.05)
