"""What benchmarks measure is of the process that is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
_MEASURED = "from benchmarks.measurement import most_megabytes; print(most_megabytes())"
_STARTS_IT = f"""
import subprocess, sys
large = bytearray(400_000_000)
large[::4096] = b"x" * len(large[::4096])
print(subprocess.run([sys.executable, "-c", {_MEASURED!r}], capture_output=True, text=True, check=True).stdout)
"""


def test_the_memory_of_a_process_is_its_own_and_not_that_of_who_started_it() -> None:
    command, project = [sys.executable, "-c", _STARTS_IT], BENCHMARKS.parent
    told = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout
    assert float(told) < 200


def test_no_benchmark_reads_a_maximum_that_linux_hands_on() -> None:
    asking = [one.name for one in BENCHMARKS.glob("*.py") if "RUSAGE_" in one.read_text(encoding="utf-8")]
    assert asking == []
