"""Dagster's run launcher that hands runs to celery, and what its own leaves open.

A run that waits in the broker is STARTING. Who is at work on one is told by a lock that dies with the worker:
neither celery's results nor its heartbeats are asked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_celery.launcher import CeleryRunLauncher
from kombu.exceptions import OperationalError

from ragtime_assets.orchestration.care.liveness import SETTLE_SECONDS, is_ours
from ragtime_assets.orchestration.launching.broker import CONNECT_SECONDS
from ragtime_assets.orchestration.launching.code import code_of_process
from ragtime_assets.orchestration.launching.queues import DEFAULT_QUEUE
from ragtime_assets.orchestration.launching.work import WORK, task_of
from ragtime_assets.orchestration.resources import of_process, run_lock, worker_lock
from ragtime_assets.orchestration.tags import CODE_TAG, PLACE_TAG, QUEUE_TAG, TASK_TAG
from ragtime_assets.settings import revealed
from ragtime_assets.studio import Kept

if TYPE_CHECKING:
    from dagster._config import UserConfigSchema

TAKEN_AGAIN_SECONDS = 120
"""A message that a worker took and never finished goes to another: one that was sent twice is worked on once."""
SENT_AGAIN_SECONDS = 300.0
UNSENT_SECONDS = 5.0
_CELERY = {
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": CONNECT_SECONDS,
    "task_acks_late": True,  # else a busy worker takes runs that an idle one could begin
    "task_ignore_result": True,
    "worker_max_tasks_per_child": 1,  # each run in a fork of its own, of a process that has run nothing
    "worker_redirect_stdouts": False,
}
_REDIS = {"visibility_timeout": TAKEN_AGAIN_SECONDS, "socket_connect_timeout": CONNECT_SECONDS}


class CeleryLauncher(CeleryRunLauncher):
    """Each run is a task, in the queue `ragtime/default` or in that of the place which it needs."""

    def __init__(self, kept: Kept, broker: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Launch by this broker."""
        options = {"broker_transport_options": _REDIS} if broker.startswith("redis") else {}
        super().__init__(DEFAULT_QUEUE, broker, None, config_source=_CELERY | options, inst_data=inst_data)
        self._kept = kept
        self._code = code_of_process()
        self._work = task_of(self.celery)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Nothing: the broker is a setting, and its password stays out of dagster.yaml."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> CeleryLauncher:
        """As dagster.yaml names it."""
        return cls.of(of_process(), inst_data)

    @classmethod
    def of(cls, kept: Kept, inst_data: ConfigurableClassData | None = None) -> CeleryLauncher:
        """By the broker of the settings."""
        return cls(kept, revealed(kept.settings.broker_url) or "", inst_data)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Send the run; one that cannot be sent now waits, and is sent by the next look of `liveness_sensor`."""
        self._send(context.dagster_run)

    def send_what_waits(self, patience: float = SENT_AGAIN_SECONDS) -> list[str]:
        """Send again the runs that no worker has begun and that the broker may not have; their ids.

        One that was sent may be lost with the broker after so many seconds of `patience`.
        """
        waiting = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING])
        sent: list[str] = []
        for record in self._instance.get_run_records(waiting):
            run = record.dagster_run
            waited = (datetime.now(UTC) - record.update_timestamp.replace(tzinfo=UTC)).total_seconds()
            limit = patience if run.tags.get(TASK_TAG) else min(UNSENT_SECONDS, patience)
            if is_ours(run) and waited >= limit and not self._is_at_work(run.run_id):
                if not self._send(run):
                    break
                sent.append(run.run_id)
        return sent

    def terminate(self, run_id: str) -> bool:
        """Cancel a run: its worker looks for that; one that no worker has begun is over at once."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if run.status != dg.DagsterRunStatus.CANCELING:
            self._instance.report_run_canceling(run)
        if run.tags.get(TASK_TAG):
            with suppress(OperationalError):  # a worker that takes it all the same finds that it is cancelled
                self._take_back(run.tags[TASK_TAG])
        if not self._is_at_work(run_id):
            self._instance.report_run_canceled(run, "No worker was at work on this run.")
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the worker is there; of a run that was not sent, `liveness_sensor` judges."""
        if not run.tags.get(TASK_TAG) or not is_ours(run) or self._is_at_work(run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        time.sleep(SETTLE_SECONDS)
        if self._is_at_work(run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "The worker of this run is gone. Finished phases are kept.")

    def get_run_worker_debug_info(self, run: dg.DagsterRun, include_container_logs: bool | None = True) -> str | None:
        """Nothing: celery keeps no results here."""
        return None

    @property
    def supports_resume_run(self) -> bool:
        """A run whose worker is gone is failed, and retried as a new run."""
        return False

    def _send(self, run: dg.DagsterRun) -> bool:
        queue = queue_of(run.tags)
        self._instance.add_run_tags(
            run.run_id, {QUEUE_TAG: queue, CODE_TAG: self._code, TASK_TAG: ""}
        )  # a retry has its parent's
        try:
            self._launch_celery_task_run(
                run=run.with_tags({**run.tags, QUEUE_TAG: queue}),
                task_signature=self._work.si(run.run_id, self._code, queue),
                routing_key=WORK,
            )
        except OperationalError as error:
            self._instance.report_engine_event(f"The broker does not answer; the run waits for it: {error}", run)
            return False
        return True

    def _take_back(self, task: str) -> None:
        """Let no worker have this task; raises OperationalError when the broker does not answer.

        Over a connection that it had before, celery would wait for the broker for ever.
        """
        with self.celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=CONNECT_SECONDS)
        self.celery.control.revoke(task)

    def _is_at_work(self, run_id: str) -> bool:
        locks = self._kept.locks
        return locks.is_held(worker_lock(run_id)) or locks.is_held(run_lock(run_id))


def queue_of(tags: Mapping[str, str]) -> str:
    """The queue that a run goes to: the one that somebody chose, that of its place, or the default."""
    if QUEUE_TAG in tags:
        return tags[QUEUE_TAG]
    return f"ragtime/{tags[PLACE_TAG]}" if PLACE_TAG in tags else DEFAULT_QUEUE
