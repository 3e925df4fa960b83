"""Where Dagster 1.13 leaves a gap that an episode could fall into, and what closes it. Each says what would make it go.

A gap without an upstream issue was found here: nobody has filed it as far as we know.
"""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from ragtime_assets.errors import HistoryUnreachable, StoreUnavailable
from ragtime_assets.orchestration.episode_history import RETRY_WITHIN
from ragtime_assets.orchestration.history import storage_errors_named
from ragtime_assets.orchestration.tags import WILL_RETRY_TAG

REMINDED_TAG = "ragtime/reminded_of_retry"
"""Dagster missed the retry of this run and was told again; holds its own id, for tags are copied."""
LOOK_SECONDS = 3
OBEY_SECONDS = 25
"""How long a run that is to be cancelled may wait for the word of its code server before it stops by itself."""
_ENDED_BY_OTHERS = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
"""A run that ends by itself closes its resources, this look among them, before it writes that down."""
_NOT_YIELDED = "did not yield or return expected outputs"
_STORAGES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def remind_of_retries(instance: dg.DagsterInstance, after: float) -> list[str]:
    """Report runs as failed once more that failed `after` seconds ago or more, and whose retry Dagster missed.

    Its daemon can hear of a failure before that is written into the run; it then takes the run for one that goes on.
    No upstream issue. It may go when the daemon reads the run's status after the event.
    """
    now = datetime.now(UTC)
    due = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.FAILURE],
        tags={WILL_RETRY_TAG: "true"},
        updated_after=now - RETRY_WITHIN,
        updated_before=now - timedelta(seconds=after),
    )
    missed = [
        run
        for run in instance.get_runs(due)
        if run.is_complete_and_waiting_to_retry and run.tags.get(REMINDED_TAG) != run.run_id
    ]
    for run in missed:
        instance.add_run_tags(run.run_id, {REMINDED_TAG: run.run_id})
        instance.report_run_failed(run, "Dagster's daemon did not start a retry of this run; it is told again.")
    return [run.run_id for run in missed]


def tell_to_stop(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Cancel a run; False when its process could not be told, although the run now counts as one that is cancelling.

    The word goes through the code server that started the run, at an address that ends with it. A run that is taken
    from the queue at the same moment may slip through: https://github.com/dagster-io/dagster/issues/3323.
    """
    try:
        return instance.run_coordinator.cancel_run(run_id)
    except dg.DagsterError:
        return False


@contextmanager
def stopping_when_told(instance: dg.DagsterInstance, run_id: str, patience: float = OBEY_SECONDS) -> Iterator[None]:
    """While the context is open, interrupt this process when its run is to be cancelled and nobody told it.

    It is what `tell_to_stop` needs of the other side: a code server that is gone tells nobody, and ours tells no run
    that has not begun. A run that others ended meanwhile, because this process was cut off and they took it for dead,
    is interrupted as well: another may be at work on its episode by now. No upstream issue. It may go when a run worker
    looks at its run's status itself.
    """
    over = threading.Event()

    def look(patience: float) -> None:
        waited = 0.0
        while not over.wait(LOOK_SECONDS):
            status = _status(instance, run_id)
            is_cancelling = status == dg.DagsterRunStatus.CANCELING
            waited = waited + LOOK_SECONDS if is_cancelling else 0.0
            if status in _ENDED_BY_OTHERS or (is_cancelling and waited >= patience):
                os.kill(os.getpid(), signal.SIGINT)
                return

    was_told_before = _remember_to_stop(instance, run_id)
    looker = threading.Thread(
        target=look,
        args=[0 if was_told_before else patience],
        daemon=True,
        name=f"looks whether {run_id} is cancelled",
    )
    looker.start()
    try:
        yield
    finally:
        over.set()


def has_begun(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether a run noted its start. An interrupt before that makes Dagster fail the run and retry it.

    No upstream issue. It may go when `core_execute_run` cancels a run that is interrupted while it is cancelling.
    """
    return bool(instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_START, limit=1).records)


def _remember_to_stop(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether this run was told to stop before it noted that it starts; that it is to be cancelled is then noted again.

    Dagster would take the interrupt for a crash, fail the run and retry it. No upstream issue. It may go when a start
    does not make a run that is to be cancelled one that works.
    """
    told = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_CANCELING, limit=1).records
    run = instance.get_run_by_id(run_id) if told else None
    if run is None or run.status != dg.DagsterRunStatus.STARTED:
        return False
    instance.report_run_canceling(run)
    return True


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus | None:
    """The status of a run; None where there is none, or its history does not answer now: it is asked again."""
    with suppress(HistoryUnreachable), storage_errors_named():
        run = instance.get_run_by_id(run_id)
        return run.status if run else None
    return None


def without_notes_of_logged_checks(log: logging.Logger) -> None:
    """Keep from a run's events that a step "did not yield or return" its checks: it logged them, which Dagster misses.

    The note costs as much as an event that is read. No upstream issue. It may go when a logged evaluation counts.
    """
    log.addFilter(lambda record: _NOT_YIELDED not in str(record.msg))


def mend_versions(home: Path) -> list[str]:
    """Mend the storages under `home` that two processes made at once; their names.

    One of the two took the tables of the other for those of an old Dagster, and noted a second version beside the
    newest ("more than one head"); no process can open them then. The tables are those of the newest. The guess at the
    version came with https://github.com/dagster-io/dagster/pull/25740; it may go when making a storage takes a lock.
    """
    mended = []
    for name in _STORAGES:
        if (home / name).exists():
            with closing(sqlite3.connect(home / name, timeout=30)) as connection, connection:
                if _keep_newest_version(connection, home / name):
                    mended.append(name)
    return mended


def _keep_newest_version(connection: sqlite3.Connection, file: Path) -> bool:
    from dagster._core.storage.sqlite import LAST_KNOWN_STAMPED_SQLITE_ALEMBIC_REVISION as GUESSED

    if not connection.execute("select 1 from sqlite_master where name = 'alembic_version'").fetchone():
        return False
    found = [str(row[0]) for row in connection.execute("select version_num from alembic_version")]
    if len(found) < 2:
        return False
    if len(found) > 2 or GUESSED not in found:
        raise StoreUnavailable(
            f"Dagster's storage {file} says that it has the versions {', '.join(found)} at once",
            remedy=f"Move {file} away; episodes and artifacts are kept, the history of their runs is lost.",
        )
    connection.execute("delete from alembic_version where version_num = ?", [GUESSED])
    return True
