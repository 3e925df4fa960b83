"""What runs print, in files alone: the `stdout` and `stderr` of a run's page.

Dagster's own manager also repeats it in the log of the process that started the run, and starts four processes for that
with each run: two `tail`, and two Python that look after them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.execution.compute_logs import redirect_to_file
from dagster._core.storage.compute_log_manager import CapturedLogContext, ComputeIOType
from dagster._core.storage.local_compute_log_manager import IO_TYPE_EXTENSION, LocalComputeLogManager
from dagster._utils import ensure_file, touch_file

if TYPE_CHECKING:
    from dagster._config import UserConfigSchema
    from dagster._serdes import ConfigurableClassData


class OutputInFiles(LocalComputeLogManager):
    """Keeps it where Dagster's own manager does, under `storage` in the folder of the instance."""

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Nothing: the instance says where."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> LocalComputeLogManager:
        """As dagster.yaml names it."""
        return cls(base_dir="", inst_data=inst_data)

    def register_instance(self, instance: dg.DagsterInstance) -> None:
        """Belong to this instance."""
        super().register_instance(instance)
        self._base_dir = instance.storage_directory()

    @contextmanager
    def capture_logs(self, log_key: Sequence[str]) -> Iterator[CapturedLogContext]:
        """While this lasts, what is printed goes into the files of this key."""
        files = [
            self.get_captured_local_path(log_key, IO_TYPE_EXTENSION[kind])
            for kind in (ComputeIOType.STDOUT, ComputeIOType.STDERR)
        ]
        for file in files:
            ensure_file(file)
        with redirect_to_file(sys.stdout, files[0]), redirect_to_file(sys.stderr, files[1]):
            yield CapturedLogContext(log_key)
        touch_file(self.complete_artifact_path(log_key))
