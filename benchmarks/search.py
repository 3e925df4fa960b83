"""How fast a warm process searches an embedded corpus of 50,000 chunks, alone and as one of eight beside a publish.

Also a cold command, and how much memory a search takes.

    python -m benchmarks search        makes the corpus first, which takes a few minutes

The chunks are made up: random vectors, and words of which a few are in most chunks and most in a few, as in speech.
What is asked for is in every eighth chunk or so, as it would be in a corpus about little else.
What is timed is real: embedding the query, the vector index, the search tables, the ranking, in a process that has done
with garbage as `ragtime serve` has once it is warm.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measurement import Measurement, python
from ragtime_assets.corpus.baselines import Baselines
from ragtime_assets.corpus.search import Search
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import Points
from ragtime_assets.serve.serving import settle
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

CHUNKS = 50_000
CHUNKS_PER_EPISODE = 50
EPISODES_TOGETHER = 40
WORDS_PER_CHUNK = 150
WORDS = 30_000
FILLERS = 150
"""Words that are nearly everywhere, before those that are asked for."""
TIMES = 200
MOST = 0.06
MOST_EMBEDDED = 0.015
MOST_COLD = 1.5
MOST_BESIDE = 0.5
SEARCHERS = 8
"""Processes that search at once while episodes are published; two cores have room for two of them."""
PUBLISHES = 10
MOST_MEGABYTES = 700
QUERIES = (
    "John Coltrane",
    "Where did Django Reinhardt and Stéphane Grappelli play together?",
    "how modal jazz began",
    "the saxophone in Harlem",
)
_NAMES = (
    "jazz", "modal", "saxophone", "Harlem", "Coltrane", "Django", "Reinhardt", "Grappelli", "began", "played", "John",
    "Stéphane",
)  # fmt: skip
VOCABULARY = [
    *(f"filler{number}" for number in range(FILLERS)),
    *_NAMES,
    *(f"word{number}" for number in range(WORDS)),
]
_WEIGHTS = list(itertools.accumulate(1 / (place + 20) for place in range(len(VOCABULARY))))
_random = random.Random(1)
_vectors = np.random.default_rng(1)
_SEARCH = """
import sys
from pathlib import Path
from benchmarks.measurement import most_megabytes
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
studio = Studio(Settings(home=Path(sys.argv[1])))
for query in sys.argv[2:]:
    studio.index.search.look(query)
print(most_megabytes())
"""
_KEEP_SEARCHING = """
import sys, time
from pathlib import Path
from benchmarks.measurement import most_megabytes
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
home, over, *queries = sys.argv[1:]
studio = Studio(Settings(home=Path(home)))
for query in queries:
    studio.index.search.look(query)
while not Path(over).exists():
    for query in queries:
        started = time.perf_counter()
        studio.index.search.look(query)
        print(time.perf_counter() - started)
print(most_megabytes())
"""


def measure() -> Iterator[Measurement]:
    """What 95 % of searches stay under, with and without embedding the query, and at once; a cold command; memory."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings(home=Path(folder)))
        for first in range(0, CHUNKS // CHUNKS_PER_EPISODE, EPISODES_TOGETHER):
            publish(studio, [f"episode-{number}" for number in range(first, first + EPISODES_TOGETHER)])
        embedder, vectors = studio.index.embedder, studio.index.vectors
        baselines = Baselines(studio.database, embedder)
        for what, look, most in (
            (
                "",
                lambda query: Search(studio.passages, embedder, vectors, baselines, studio.reading.languages).look(
                    query
                ),
                MOST,
            ),
            (", the query embedded before", studio.index.search.look, MOST_EMBEDDED),
        ):
            median, slow = _timed(look)
            yield Measurement(
                f"search in {CHUNKS:,} chunks{what}, 95 %",
                1000 * slow,
                1000 * most,
                unit="ms",
                note=f"median {1000 * median:.0f} ms",
            )
        yield from _beside_a_publish(studio, Path(folder))
        studio.database.close()
        environment = {"RAGTIME_HOME": folder}
        cold = [python("-m", "ragtime_assets", "search", query, environment=environment)[0] for query in QUERIES]
        yield Measurement("cold `ragtime search`", statistics.median(cold), MOST_COLD)
        _, told = python("-c", _SEARCH, folder, *QUERIES)
        yield Measurement("memory of a process that searches", float(told), MOST_MEGABYTES, unit="MB")


def _timed(look: Callable[[str], object]) -> tuple[float, float]:
    """The median, and what 95 % of searches stay under."""
    for query in QUERIES:
        look(query)
    settle()
    seconds = [_seconds(partial(look, QUERIES[number % len(QUERIES)])) for number in range(TIMES)]
    return statistics.median(seconds), statistics.quantiles(seconds, n=20)[18]


def _beside_a_publish(studio: Studio, folder: Path) -> Iterator[Measurement]:
    """What 95 % of the searches of several processes stay under while episodes are published, and their memory.

    No search may fail.
    """
    over = folder / "over"
    words = (sys.executable, "-c", _KEEP_SEARCHING, str(folder), str(over), *QUERIES)
    searching = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(SEARCHERS)]
    for process in searching:
        assert process.stdout is not None
        process.stdout.readline()  # it is warm
    publishes = [_seconds(partial(publish, studio, [f"late-{number}"])) for number in range(PUBLISHES)]
    over.touch()
    told = [[float(line) for line in process.communicate()[0].split()] for process in searching]
    if any(process.returncode for process in searching):
        raise SystemExit("a search failed beside a publish")
    slow = statistics.quantiles([seconds for *searches, _ in told for seconds in searches], n=20)[18]
    yield Measurement(
        f"search by {SEARCHERS} processes at once while {PUBLISHES} episodes are published, 95 %",
        1000 * slow,
        1000 * MOST_BESIDE,
        unit="ms",
        note=f"a publish {statistics.median(publishes):.2f} s",
    )
    most = max(megabytes for *_, megabytes in told)
    yield Measurement("memory of a process that searched meanwhile", most, MOST_MEGABYTES, unit="MB")


def publish(studio: Studio, keys: list[str]) -> None:
    """Made-up episodes, published together."""
    points: dict[str, Points] = {}
    for key in keys:
        passages = [_passage(key, index) for index in range(CHUNKS_PER_EPISODE)]
        vectors = _vectors.normal(size=(CHUNKS_PER_EPISODE, studio.index.embedder.dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        payloads = tuple(
            {"show": "A show", "language": "en", "published": "2024-01-01", "start": one.start, "end": one.end}
            for one in passages
        )
        studio.passages.add(key, passages)
        points[key] = Points(tuple(passage.chunk_digest for passage in passages), vectors, payloads)
    studio.index.vectors.publish(points)


def _passage(key: str, index: int) -> Passage:
    return Passage(
        chunk_digest=hashlib.sha256(f"{key} {index}".encode()).hexdigest(),
        episode_key=key,
        index=index,
        text=" ".join(_random.choices(VOCABULARY, cum_weights=_WEIGHTS, k=WORDS_PER_CHUNK)),
        start=60.0 * index,
        end=60.0 * index + 60,
        language="en",
        episode_title=f"Title of {key}",
        show="A show",
        published="2024-01-01",
        url=f"https://podcast.example/{key}",
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
