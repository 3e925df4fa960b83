"""`ragtime worker`: keeps the process that takes runs, and starts it again when it dies or the code is another."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from ragtime_assets.errors import ConfigurationError
from ragtime_assets.orchestration.instance import open_instance, refuse_other_launcher
from ragtime_assets.orchestration.launching.broker import check_broker
from ragtime_assets.orchestration.launching.code import code_on_disk
from ragtime_assets.orchestration.supervisor import LOCATION, Child, Tell, stop_signals
from ragtime_assets.settings import child_environment
from ragtime_assets.studio import Studio
from ragtime_assets.studio.checkup import refuse_to_start

LOOK_SECONDS = 2
SERVING = "ragtime_assets.orchestration.launching"


class Worker:
    """One worker of this machine."""

    def __init__(
        self, studio: Studio, queues: Sequence[str], at_once: int, *, tell: Tell, module: str = LOCATION
    ) -> None:
        """Take runs of these queues, so many at once; `module` holds the definitions."""
        self._studio = studio
        self.settings = studio.settings
        self._tell = tell
        command = [sys.executable, "-m", SERVING, ",".join(queues), str(at_once), module]
        self._child = Child("worker", command, self.settings.root / "logs" / "worker.log")
        self._code = ""

    def check(self) -> str:
        """The broker that answers; raises what keeps this machine from being a worker."""
        place = check_broker(self.settings)
        if place is None:
            raise ConfigurationError(
                "there is no broker to take runs from: RAGTIME_LAUNCHER is default",
                remedy="Set RAGTIME_LAUNCHER=celery and RAGTIME_BROKER_URL here and where `ragtime up` runs.",
            )
        refuse_other_launcher(self.settings)
        refuse_to_start(self._studio)
        with open_instance(self.settings):  # Dagster's storage answers
            pass
        self._studio.database.close()  # each run opens its own
        return place

    def work_until_stopped(self) -> None:
        """Look after the process until SIGINT or SIGTERM; runs in flight are ended first, unless told once more."""
        with stop_signals():
            try:
                while True:
                    self._look()
                    time.sleep(LOOK_SECONDS)
            except KeyboardInterrupt:
                self._tell(
                    "stopping once its runs are over; once more Ctrl-C ends them, and they are resumed elsewhere"
                )
            self._end()

    def _look(self) -> None:
        if self._child.is_running and self._code != code_on_disk():
            self._tell("the code is another: the worker starts again once its runs are over")
            self._child.stop(patience=None)
        if not self._child.is_running:
            if self._code == code_on_disk():
                self._tell(f"the worker ended unexpectedly and is started again; its log: {self._child.log}")
            self._code = code_on_disk()
            self._child.start(child_environment(self.settings))

    def _end(self) -> None:
        try:
            self._child.stop(patience=None)
        except KeyboardInterrupt:
            self._child.stop(patience=0)
