"""`python -m ragtime_assets.orchestration.daemon WORKSPACE`: Dagster's daemon, until SIGTERM.

It is `dagster-daemon run`, but for the connections: those to Postgres it keeps, where Dagster's opens one for whatever
it reads or writes, and of a SQLite file it makes one engine.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import dagster as dg
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._daemon.controller import daemon_controller_from_instance
from dagster._utils.interrupts import capture_interrupts, setup_interrupt_handlers

from ragtime_assets.orchestration.care.kept_connections import connections_to_a_server_kept, make_engines_once


def run(workspace: str) -> None:
    """Run the daemons of DAGSTER_HOME for this workspace file."""
    setup_interrupt_handlers()
    make_engines_once()
    with (
        suppress(KeyboardInterrupt),
        capture_interrupts(),
        dg.DagsterInstance.get() as instance,
        connections_to_a_server_kept(instance),
        daemon_controller_from_instance(
            instance, WorkspaceFileTarget([workspace]), code_server_log_level="warning"
        ) as controller,
    ):
        controller.check_daemon_loop()


if __name__ == "__main__":
    run(sys.argv[1])
