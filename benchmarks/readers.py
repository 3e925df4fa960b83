"""Fifty readers of `ragtime serve`, a page each every five seconds, while another process publishes episodes.

    python -m benchmarks readers

The corpus is that of the benchmark of search, an eighth as large. Each reader asks for pages as people do: mostly
searches, half of them for what nobody asked before, now and then the first page, the names, or a narrowed search.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

from benchmarks.measurement import Measurement, plain_environment
from benchmarks.search import EPISODES_TOGETHER, FILLERS, QUERIES, VOCABULARY, publish
from benchmarks.serving import serving
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio

READERS = 50
EVERY = 5.0
SECONDS = 60.0
EPISODES = 120
MOST_SEARCH = 0.25
PAUSE = 2.0
"""Seconds between two batches that are published meanwhile."""
_KEEP_PUBLISHING = """
import itertools, sys, time
from benchmarks.readers import EPISODES, PAUSE, studio_in
from benchmarks.search import publish
studio = studio_in(sys.argv[1])
for number in itertools.count(EPISODES):
    time.sleep(PAUSE)
    publish(studio, [f"episode-{number}"])
"""
_PAGES = (
    *(("search", f"/search?q={quote(query)}") for query in QUERIES),
    *(("search", None) for _ in QUERIES),
    ("search, narrowed", f"/search?q={quote(QUERIES[0])}&language=en&since=2023"),
    ("first page", "/"),
    ("names", "/entities"),
)


def studio_in(folder: str) -> Studio:
    """The corpus that is read and published to."""
    return Studio(OwnSettings(home=Path(folder), podcast_indexes=(), browser="off"))


def measure() -> Iterator[Measurement]:
    """What 95 % of each kind of page stay under, and how many could not be had."""
    with tempfile.TemporaryDirectory() as folder:
        studio = studio_in(folder)
        for first in range(0, EPISODES, EPISODES_TOGETHER):
            publish(studio, [f"episode-{number}" for number in range(first, first + EPISODES_TOGETHER)])
        studio.database.close()
        with serving(Path(folder)) as base, _publishing(folder):
            taken, failed = _read(base)
    for kind, seconds in taken.items():
        yield Measurement(
            f"{READERS} readers, {kind}, 95 %",
            1000 * statistics.quantiles(seconds, n=20)[18],
            1000 * MOST_SEARCH,
            unit="ms",
            note=f"median {1000 * statistics.median(seconds):.0f} ms of {len(seconds)}",
        )
    told = ", ".join(f"{count} {why}" for why, count in failed.items())
    yield Measurement("pages that could not be had", failed.total(), 0, unit="", note=told)


def _read(base: str) -> tuple[dict[str, list[float]], Counter[str]]:
    taken: defaultdict[str, list[float]] = defaultdict(list)
    failures: Counter[str] = Counter()
    with httpx.Client(base_url=base, timeout=30, limits=httpx.Limits(max_connections=READERS)) as client:
        for _, page in _PAGES:
            client.get(page or _new(random.Random(READERS)))
        until = time.monotonic() + SECONDS

        def reader(number: int) -> None:
            chance = random.Random(number)
            time.sleep(chance.uniform(0, EVERY))
            while time.monotonic() < until:
                kind, page = chance.choice(_PAGES)
                started = time.perf_counter()
                why = _failure(client, page or _new(chance))
                taken[kind].append(time.perf_counter() - started)
                if why is not None:
                    failures[why] += 1
                time.sleep(max(0.0, EVERY - (time.perf_counter() - started)))

        readers = [threading.Thread(target=reader, args=(number,)) for number in range(READERS)]
        for one in readers:
            one.start()
        for one in readers:
            one.join()
    return dict(taken), failures


def _new(chance: random.Random) -> str:
    """A search for three words that nobody is likely to have asked for together."""
    return f"/search?q={quote(' '.join(chance.sample(VOCABULARY[FILLERS:], 3)))}"


def _failure(client: httpx.Client, page: str) -> str | None:
    """Why the page could not be had, if it could not."""
    try:
        status = client.get(page).status_code
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if status == 200 else str(status)


@contextmanager
def _publishing(home: str) -> Iterator[None]:
    """Another process publishes one episode after the other, as runs do."""
    process = subprocess.Popen([sys.executable, "-c", _KEEP_PUBLISHING, home], env=plain_environment())
    try:
        yield
        if process.poll() is not None:
            raise SystemExit("publishing ended before the readers did")
    finally:
        process.terminate()
        process.wait()
