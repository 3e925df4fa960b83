"""The process that takes runs from the broker: everything is imported, and each run is forked from it."""

from __future__ import annotations

import importlib
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from ragtime_assets.orchestration.code_server.forking import SETTLED
from ragtime_assets.orchestration.code_server.imports import imported_for_runs
from ragtime_assets.orchestration.launching.code import code_of_process
from ragtime_assets.orchestration.launching.launcher import CeleryLauncher
from ragtime_assets.studio import Studio


def serve(queues: Sequence[str], at_once: int, module: str) -> None:
    """Take runs of these queues, so many at once, until SIGTERM, and then until the last of them is over."""
    code = code_of_process()
    studio = Studio()
    for name in imported_for_runs(studio.settings):
        with suppress(ImportError):  # a run that needs it says so
            importlib.import_module(name)
    importlib.import_module(module)
    app = CeleryLauncher.of(studio).celery
    importlib.import_module(SETTLED)
    worker = app.Worker(
        hostname=f"{code}-{'-'.join(queue.rpartition('/')[2] for queue in queues)}@{socket.gethostname()}",
        queues=list(queues),
        concurrency=at_once,
        pool="prefork",
        loglevel="INFO",
        without_gossip=True,
        without_mingle=True,
        optimization="fair",
    )
    worker.start()
    sys.exit(worker.exitcode)
