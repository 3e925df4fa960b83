"""The one task of a worker: a run, from its first step to its end, unless another has it or nobody waits for it."""

from __future__ import annotations

import logging
import signal
import time
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._cli.api import _execute_run_command_body
from dagster._utils.interrupts import setup_interrupt_handlers

from ragtime_assets.orchestration.care.clocks import note_clock
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.launching.code import code_of_process
from ragtime_assets.orchestration.resources import of_process, worker_lock
from ragtime_assets.orchestration.tags import CODE_TAG
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio.checkup import seconds_off

if TYPE_CHECKING:
    from celery import Celery, Task
    from dagster._core.events import DagsterEvent

    from ragtime_assets.studio import Kept

WORK = "ragtime.work"
OTHERS_FIRST_SECONDS = 2
MOST_REFUSALS = 30
_TO_BEGIN = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.NOT_STARTED)
_log = logging.getLogger(__name__)


def task_of(app: Celery) -> Any:
    """The task, as this app knows it: workers run it, launchers send it."""

    @app.task(bind=True, name=WORK, shared=False)
    def work(task: Task, run_id: str, code: str, queue: str, refused: int = 0) -> None:
        _heed_interrupts()
        kept = of_process()
        with open_instance(kept.settings) as instance:
            if code == code_of_process():
                begin(kept, instance, run_id)
            elif refuse(instance, run_id, code, refused):
                time.sleep(OTHERS_FIRST_SECONDS)
                task.apply_async((run_id, code, queue, refused + 1), queue=queue)

    return work


def begin(kept: Kept, instance: dg.DagsterInstance, run_id: str) -> None:
    """Work on the run; nothing is done when another worker has it, or when it does not wait any more."""
    try:
        with kept.locks.hold(worker_lock(run_id), run_id):
            run = instance.get_run_by_id(run_id)
            if run is not None and run.status == dg.DagsterRunStatus.CANCELING:
                instance.report_run_canceled(run, "This run was cancelled before it began.")
            elif run is not None and run.status in _TO_BEGIN:
                note_clock(instance, run, seconds_off(kept.database.clock()))
                _execute_run_command_body(run_id, instance, _nowhere, set_exit_code_on_failure=True)
            else:
                _log.info("run %s does not wait any more", run_id)
    except LockTaken:
        _log.info("run %s is worked on by another worker", run_id)


def refuse(instance: dg.DagsterInstance, run_id: str, code: str, refused: int) -> bool:
    """Say that this worker has other code; whether the run is left to another.

    After a minute it is failed, unless workers with its code are there, and all of them busy.
    """
    run = instance.get_run_by_id(run_id)
    if run is None or run.status not in _TO_BEGIN:
        return False
    told = f"This worker has the code {code_of_process()}, and the run asks for {code}"
    if refused >= MOST_REFUSALS and not _is_at_work(instance, code):
        remedy = "Bring workers and `ragtime up` to one version; they restart by themselves. Then `ragtime retry KEY`."
        instance.report_run_failed(run, f"{told}; no worker with that code took it. {remedy}")
        return False
    if refused == 0:
        instance.report_engine_event(f"{told}: it is left to another worker, for a minute.", run)
    return True


def _is_at_work(instance: dg.DagsterInstance, code: str) -> bool:
    """Whether a run is worked on with this code."""
    at_work = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], tags={CODE_TAG: code})
    return bool(instance.get_run_ids(at_work, limit=1))


def _heed_interrupts() -> None:
    """A run that is cancelled interrupts its own process, which celery's children are deaf to."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    setup_interrupt_handlers()


def _nowhere(_event: DagsterEvent) -> None:
    """Dagster's storage has the events already."""
