"""`ragtime serve` in a process of its own, for benchmarks that ask it for pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measurement import plain_environment


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of the pages over the corpus in this HOME."""
    command = [sys.executable, "-m", "ragtime_assets", "serve", "--port", "0"]
    environment = {**plain_environment(), "RAGTIME_HOME": str(home)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=60)
