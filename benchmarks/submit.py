"""What `ragtime submit` costs above the libraries it stands on, and how long ten thousand URLs take.

    python -m benchmarks submit

Fresh processes, in turn, on a database that is already there; every submission is of a new URL.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measurement import Measurement, python

TIMES = 7
MOST_ABOVE = 0.25
MANY = 10_000
MOST_FOR_MANY = 5.0
LIBRARIES = "import typer, sqlalchemy, pydantic_settings"


def measure() -> Iterator[Measurement]:
    """One URL, then many."""
    with tempfile.TemporaryDirectory() as folder:
        home = {"RAGTIME_HOME": folder}
        python("-m", "ragtime_assets", "submit", _url("first"), environment=home)
        libraries: list[float] = []
        commands: list[float] = []
        for number in range(TIMES):
            libraries.append(python("-c", LIBRARIES)[0])
            commands.append(python("-m", "ragtime_assets", "submit", _url(f"one-{number}"), environment=home)[0])
        base, command = statistics.median(libraries), statistics.median(commands)
        yield Measurement(
            "ragtime submit URL, above its libraries",
            command - base,
            MOST_ABOVE,
            ratio=command / base,
            beside=f"{LIBRARIES}, {base:.2f} s",
            note=f"{command:.2f} s in all",
        )
        urls = Path(folder) / "urls.txt"
        urls.write_text("\n".join(_url(f"many-{number}") for number in range(MANY)))
        many, _ = python("-m", "ragtime_assets", "submit", "--file", str(urls), environment=home)
        yield Measurement(
            f"ragtime submit --file of {MANY:,} URLs",
            many,
            MOST_FOR_MANY,
            ratio=many / command,
            beside="ragtime submit URL",
        )


def _url(name: str) -> str:
    return f"https://podcast.example/episodes/{name}"
