"""What importing the definitions costs beside importing dagster: every run process pays it.

    python -m benchmarks imports

Fresh processes, in turn, the start of the interpreter not counted. An engine is what `pyproject.toml` bans at module
level; what dagster imports itself does not count.
"""

from __future__ import annotations

import json
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measurement import Measurement, python

TIMES = 5
MOST = 1.8
_TIMED = """
import json, sys, time
started = time.perf_counter()
import {module}
print(json.dumps([time.perf_counter() - started, sorted(sys.modules)]))
"""


def measure() -> Iterator[Measurement]:
    """The ratio of the two imports, and how many engines come with ours."""
    alone: list[float] = []
    ours: list[float] = []
    imported: dict[str, set[str]] = {}
    for module in ("dagster", "ragtime_assets.definitions"):
        _import(module)
    for _ in range(TIMES):
        for module, seconds in (("dagster", alone), ("ragtime_assets.definitions", ours)):
            taken, names = _import(module)
            seconds.append(taken)
            imported[module] = names
    dagster, definitions = statistics.median(alone), statistics.median(ours)
    yield Measurement(
        "import ragtime_assets.definitions",
        definitions,
        MOST * dagster,
        ratio=definitions / dagster,
        beside=f"import dagster, {dagster:.2f} s",
    )
    engines = sorted(_engines() & (imported["ragtime_assets.definitions"] - imported["dagster"]))
    yield Measurement("engines imported with it", len(engines), 0, unit="", note=", ".join(engines))


def _import(module: str) -> tuple[float, set[str]]:
    _, printed = python("-c", _TIMED.format(module=module))
    seconds, names = json.loads(printed)
    return float(seconds), set(names)


def _engines() -> set[str]:
    configuration = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
    return set(configuration["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"])
