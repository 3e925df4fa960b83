"""How the embedded vector index behaves as it grows: what a publish costs, how fast it answers, how fast it opens.

    python benchmarks/vector_index.py 0 5000 20000

Publishing one episode and fifty is timed at each size, in points; the ratio is against the first size. Random
vectors of 384, 75 chunks an episode (an hour of speech). Publishing should cost about the same at any size: at
most one part of 20,000 points is copied.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path

import numpy as np

from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex
from ragtime_assets.domain.points import Filters, Points

DIMENSION = 384
CHUNKS = 75
BATCH = 50
ENGINE = "random 1"
_random = np.random.default_rng(0)


def episodes(numbers: Iterator[int], how_many: int) -> dict[str, Points]:
    """So many episodes that are not in the index yet."""
    made: dict[str, Points] = {}
    for _ in range(how_many):
        number = next(numbers)
        vectors = _random.normal(size=(CHUNKS, DIMENSION)).astype(np.float32)
        payload = {"show": f"show {number % 20}", "language": "en", "published": "2024-01-01"}
        digests = tuple(f"{number}-{chunk}" for chunk in range(CHUNKS))
        made[f"episode-{number}"] = Points(digests, vectors, (payload,) * CHUNKS)
    return made


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def queries(index: EmbeddedVectorIndex, filters: Filters, how_many: int = 200) -> str:
    """Median and 95th percentile of searches in milliseconds, warm."""
    vectors = _random.normal(size=(how_many + 5, DIMENSION)).astype(np.float32)
    times = [1000 * seconds(partial(index.nearest, vector, 20, filters)) for vector in vectors][5:]
    return f"{statistics.median(times):.1f} / {statistics.quantiles(times, n=20)[18]:.1f} ms"


def cold_open(folder: Path) -> float:
    """Seconds to the first hit in a new process, imports not counted."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_first_hit, folder).result()


def _first_hit(folder: Path) -> float:
    import_module("qdrant_edge")
    index = EmbeddedVectorIndex(folder, ENGINE, DIMENSION)
    return seconds(lambda: index.nearest(np.ones(DIMENSION, dtype=np.float32), 5, Filters()))


def main() -> None:
    """Measure each size and print one line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("points", nargs="*", type=int, default=[0, 5_000, 20_000])
    sizes = sorted(parser.parse_args().points)
    first: tuple[float, float] | None = None
    with tempfile.TemporaryDirectory() as folder:
        index, numbers, points = EmbeddedVectorIndex(Path(folder), ENGINE, DIMENSION), count(), 0
        for size in sizes:
            while points < size:
                more = min(BATCH, -(-(size - points) // CHUNKS))
                index.publish(episodes(numbers, more))
                points += more * CHUNKS
            answers = [queries(index, Filters()), queries(index, Filters(show="show 3"))] if points else ["-", "-"]
            opened = f"{cold_open(Path(folder)):.2f} s" if points else "-"
            # One at a time the last part is met at several fillings; fifty together meet it once.
            single = statistics.median(seconds(partial(index.publish, episodes(numbers, 1))) for _ in range(9))
            batch = seconds(partial(index.publish, episodes(numbers, BATCH)))
            first = first or (single, batch)
            print(
                f"{points:>7} points: publish 1 {single:.2f} s (x{single / first[0]:.1f}), "
                f"{BATCH} {batch:.2f} s (x{batch / first[1]:.1f}); query p50/p95 {answers[0]}, filtered {answers[1]}; "
                f"cold open {opened}",
                flush=True,
            )
            points += (9 + BATCH) * CHUNKS


if __name__ == "__main__":
    main()
