"""Dagster's server of definitions, as `dagster api grpc` starts it, but for how its runs begin and are looked after."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import deque
from contextlib import suppress
from typing import Any

from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.origin import get_python_environment_entry_point
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.utils import FuturesAwareThreadPoolExecutor
from dagster._grpc.__generated__ import dagster_api_pb2
from dagster._grpc.server import DagsterApiServer, DagsterGrpcServer
from dagster._grpc.types import CancelExecutionRequest, CancelExecutionResult, ExecuteExternalJobArgs, StartRunResult
from dagster._serdes import deserialize_value, serialize_value
from dagster._utils.interrupts import setup_interrupt_handlers
from dagster._utils.log import configure_loggers

from ragtime_assets.errors import HistoryUnreachable
from ragtime_assets.orchestration.care.dagster_gaps import has_begun
from ragtime_assets.orchestration.care.kept_connections import (
    connections_to_a_server_shared,
    make_engines_once,
    read_migrations_once,
)
from ragtime_assets.orchestration.code_server.forking import Forking
from ragtime_assets.orchestration.code_server.imports import imported_for_runs
from ragtime_assets.orchestration.history import storage_errors_named
from ragtime_assets.orchestration.instance import is_on_a_server
from ragtime_assets.settings import Settings

_REMEMBERED = 10_000
"""Runs that were started; a second daemon asks within seconds."""


class CodeServer(DagsterApiServer):
    """Answers what the daemon and the web server ask of the definitions, and starts runs."""

    def __init__(self, runs: Forking, **more: Any) -> None:
        """Load the definitions; raises what is wrong with them."""
        super().__init__(**more)
        self._mp_ctx = runs  # Dagster spawns, and each run imports for two seconds what it needs
        self._begun: deque[str] = deque(maxlen=_REMEMBERED)
        self._beginning = threading.Lock()

    def StartRun(self, request: Any, _context: Any) -> Any:
        """Start a run, once: two daemons by mistake both take it out of the queue, and each would start a process."""
        run_id = deserialize_value(request.serialized_execute_run_args, ExecuteExternalJobArgs).run_id
        with self._beginning:
            if run_id in self._begun:
                self._logger.warning("run %s was started before: another daemon asks for it, too", run_id)
                return _started()
            self._begun.append(run_id)
        is_started = False
        try:
            answer = super().StartRun(request, _context)
            is_started = deserialize_value(answer.serialized_start_run_result, StartRunResult).success
        finally:
            if not is_started:
                self._begun.remove(run_id)  # whoever asked may ask again
        return answer

    def CancelExecution(self, request: Any, _context: Any) -> Any:
        """Interrupt a run, but not while it only begins, when that would fail it: it looks itself as soon as it works.

        Dagster writes down that the run is to be cancelled before it asks for this.
        """
        run_id = deserialize_value(request.serialized_cancel_execution_request, CancelExecutionRequest).run_id
        if not self._only_begins(run_id):
            return super().CancelExecution(request, _context)
        result = CancelExecutionResult(success=True, message=None, serializable_error_info=None)
        return dagster_api_pb2.CancelExecutionReply(serialized_cancel_execution_result=serialize_value(result))

    def _only_begins(self, run_id: str) -> bool:
        with self._execution_lock:
            _, ref = self._executions.get(run_id, (None, None))
        if ref is None:
            return False
        with suppress(HistoryUnreachable), storage_errors_named(), DagsterInstance.from_ref(ref) as instance:
            return not has_begun(instance, run_id)
        return False

    def _check_for_orphaned_runs(self) -> None:
        """End the runs whose process is gone. Dagster's thread for it would end with the first question unanswered."""
        try:
            with storage_errors_named():
                self._cancel_what_was_to_be()
                super()._check_for_orphaned_runs()
        except HistoryUnreachable:
            self._logger.warning("the storage does not answer; it is asked again", exc_info=True)

    def _cancel_what_was_to_be(self) -> None:
        """A run that was cancelled as it began does nothing, and says nothing; Dagster would fail it, and retry it."""
        with self._execution_lock:
            over = [(run_id, ref) for run_id, (process, ref) in self._executions.items() if not process.is_alive()]
        for run_id, ref in over:
            with DagsterInstance.from_ref(ref) as instance:
                run = instance.get_run_by_id(run_id)
                if run is not None and run.status == DagsterRunStatus.CANCELING:
                    instance.report_run_canceled(run, "The process of this run is gone; it was to be cancelled.")


def _started() -> dagster_api_pb2.StartRunReply:
    result = StartRunResult(success=True, message=None, serializable_error_info=None)
    return dagster_api_pb2.StartRunReply(serialized_start_run_result=serialize_value(result))


def _open_the_storage_once() -> None:
    """Read what is read as Dagster's storage is opened, for each run to have; nothing is kept open before the fork."""
    with suppress(HistoryUnreachable), storage_errors_named(), DagsterInstance.get():
        pass


def serve(socket: str, module: str, location: str) -> None:
    """Serve the definitions of a module on a socket until SIGTERM, and then until its runs are over."""
    read_migrations_once()
    make_engines_once()
    settings = Settings()
    _open_the_storage_once()
    runs = Forking.from_here([*imported_for_runs(settings), module])
    setup_interrupt_handlers()
    if is_on_a_server(settings.instance_folder):
        connections_to_a_server_shared()
    configure_loggers(formatter="colored", log_level="INFO")
    logger = logging.getLogger("dagster.code_server")
    ended, threads = threading.Event(), FuturesAwareThreadPoolExecutor()
    answering = CodeServer(
        runs,
        server_termination_event=ended,
        logger=logger,
        loadable_target_origin=LoadableTargetOrigin(
            executable_path=sys.executable, module_name=module, working_directory=os.getcwd()
        ),
        entry_point=get_python_environment_entry_point(sys.executable),
        location_name=location,
        server_threadpool_executor=threads,
    )
    server = DagsterGrpcServer(ended, answering, logger, threads, socket=socket)
    logger.info("serving %s", module)
    try:
        server.serve()
    except KeyboardInterrupt:
        logger.info("stopped")
