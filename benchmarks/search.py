"""How fast a warm process searches an embedded corpus of 5,000 chunks, the vector of the query included.

    python -m benchmarks search

The chunks are made up: random vectors, words of a small vocabulary. What is timed is real: embedding the query,
the vector index, the search tables, the ranking.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measurement import Measurement
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import Points
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

CHUNKS = 5_000
CHUNKS_PER_EPISODE = 50
WORDS_PER_CHUNK = 150
TIMES = 40
MOST = 0.1
QUERIES = (
    "John Coltrane",
    "Where did Django Reinhardt and Stéphane Grappelli play together?",
    "how modal jazz began",
    "the saxophone in Harlem",
)
_TEXT = """jazz swing bebop saxophone trumpet piano bass drums quartet quintet record session Harlem Paris Chicago club
band solo melody chord scale modal blue note rhythm Coltrane Davis Evans Reinhardt Grappelli Ellington the and of in
with when where a to played heard wrote born early later years night morning train tour"""
_VOCABULARY = _TEXT.split()
_random = random.Random(1)
_vectors = np.random.default_rng(1)


def measure() -> Iterator[Measurement]:
    """Median and 95 % of searches, beside embedding the same queries."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings(home=Path(folder)))
        for number in range(CHUNKS // CHUNKS_PER_EPISODE):
            _publish(studio, f"episode-{number}")
        queries = [QUERIES[number % len(QUERIES)] for number in range(TIMES)]
        for query in QUERIES:
            studio.index.search.look(query)
        searches = [_seconds(partial(studio.index.search.look, query)) for query in queries]
        embeddings = statistics.median(_seconds(partial(studio.index.embedder.query, query)) for query in queries)
        studio.database.close()
    median, slow = statistics.median(searches), statistics.quantiles(searches, n=20)[18]
    yield Measurement(
        f"search in {CHUNKS:,} chunks, median",
        1000 * median,
        1000 * MOST,
        unit="ms",
        ratio=median / embeddings,
        beside=f"embedding the query, {1000 * embeddings:.0f} ms",
        note=f"95 %: {1000 * slow:.0f} ms",
    )


def _publish(studio: Studio, key: str) -> None:
    passages = [_passage(key, index) for index in range(CHUNKS_PER_EPISODE)]
    vectors = _vectors.normal(size=(CHUNKS_PER_EPISODE, studio.index.embedder.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    digests = tuple(passage.chunk_digest for passage in passages)
    payload = {"show": "A show", "language": "en", "published": "2024-01-01"}
    studio.passages.add(key, passages)
    studio.index.vectors.publish({key: Points(digests, vectors, (payload,) * CHUNKS_PER_EPISODE)})


def _passage(key: str, index: int) -> Passage:
    return Passage(
        chunk_digest=hashlib.sha256(f"{key} {index}".encode()).hexdigest(),
        episode_key=key,
        index=index,
        text=" ".join(_random.choices(_VOCABULARY, k=WORDS_PER_CHUNK)),
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
