"""What a benchmark hands back, and how fresh processes and medians are timed.

What belongs here: things that two benchmarks need. What does not: what is measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """One number, what it may be at most, and how it compares to something measured in the same run."""

    what: str
    measured: float
    promised: float
    unit: str = "s"
    ratio: float | None = None
    beside: str = ""
    note: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds."""
        return self.measured <= self.promised


def python(*words: str, environment: dict[str, str] | None = None) -> tuple[float, str]:
    """Seconds that a fresh Python took with these arguments, start included, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words], env=plain_environment() | (environment or {}), capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"python {' '.join(words)[:200]} ended with {done.returncode}:\n{done.stderr}")
    return seconds, done.stdout


def plain_environment() -> dict[str, str]:
    """The environment without anybody's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("RAGTIME_", "DAGSTER_"))}


def most_megabytes() -> float:
    """The most memory that this process has had.

    Linux counts that of the process that started it into `ru_maxrss` of a program, so what it says of this one is read
    instead.
    """
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024
