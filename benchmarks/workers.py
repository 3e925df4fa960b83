"""Episodes a minute with celery workers, whose providers take 300 ms for an answer, beside one process.

    python -m benchmarks.workers               16 episodes by one process, and by 1, 2 and 4 workers
    python -m benchmarks.workers 8 1 2         8 episodes, by 1 and 2 workers
    python -m benchmarks.workers --takes 3     providers that take 3 s: what workers do where processors are no wall

Each worker does two runs at a time, each episode is a run. All of it shares this machine, so the share of its
processors that was busy says what there was to gain.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.storage import on_postgres
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.figures import plural
from ragtime_assets.orchestration.planning import LIVE_UP_TO
from ragtime_assets_tests.bucket_server import bucket_server
from ragtime_assets_tests.end_to_end.machines import Cluster, cluster_in
from ragtime_assets_tests.house import House
from ragtime_assets_tests.openai_server import openai_server, reader
from ragtime_assets_tests.shows import guid, no_ears, serve_show

PATIENCE = 600


@dataclass
class Busy:
    """How busy the processors were."""

    seconds: float = 0.0
    share: float = 0.0


def main() -> None:
    """One process, then so many workers."""
    parser = argparse.ArgumentParser("python -m benchmarks.workers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("episodes", nargs="?", type=int, default=16)
    parser.add_argument("workers", nargs="*", type=int, default=[1, 2, 4])
    parser.add_argument("--takes", type=float, default=0.3, metavar="SECONDS", help="of a provider, for each answer")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with openai_server() as provider:
        provider.otherwise = lambda asked: reader(asked).after(chosen.takes)
        settings = {"model": "openai-chat:parrot", "openai_base_url": provider.url}
        _tell("one process, one episode after the other", chosen.episodes, _alone(chosen.episodes, settings))
        for count in chosen.workers:
            _tell(plural(count, "worker"), chosen.episodes, _together(chosen.episodes, count, settings))


def _alone(episodes: int, settings: dict[str, Any]) -> Busy:
    with tempfile.TemporaryDirectory() as name, serve_show(episodes + 1) as base, on_postgres(Path(name)) as url:
        folder = Path(name)
        with House.open(folder, base, database_url=url, whisper_model=no_ears(folder), **settings) as house:
            first, *keys = house.take(item_submission(f"{base}/feed.xml", guid(n)) for n in range(episodes + 1))
            assert house.run(first).success, "what is imported and opened once is not counted"
            with _busy() as found:
                for key in keys:
                    assert house.run(key).success
            return found


def _together(episodes: int, workers: int, settings: dict[str, Any]) -> Busy:
    with tempfile.TemporaryDirectory() as name, bucket_server() as server, on_postgres(Path(name)) as url:
        folder = Path(name) / "cluster"
        with cluster_in(folder, url, server, episodes=episodes + 1, workers=workers, **settings) as cluster:
            cluster.corpus.submit(episodes)
            cluster.corpus.wait(cluster.corpus.key(episodes), seconds=PATIENCE)
            with _busy() as found:
                keys = [cluster.corpus.key(number) for number in range(episodes)]
                for first in range(0, episodes, LIVE_UP_TO):
                    _submit(cluster, range(first, min(first + LIVE_UP_TO, episodes)))
                states = {one.state for one in cluster.corpus.wait(*keys, seconds=PATIENCE).values()}
            assert states == {"ready"}, cluster.told()
            return found


def _submit(cluster: Cluster, numbers: Sequence[int]) -> None:
    """As many as get a run each, and no more before the sensor has taken them."""
    cluster.corpus.submit(*numbers)
    submissions = cluster.corpus.studio.submissions
    cluster.corpus.until(lambda: all(one.run_key for one in submissions.after(0, 10_000)), PATIENCE)


@contextmanager
def _busy() -> Iterator[Busy]:
    found, started, before = Busy(), time.perf_counter(), _ticks()
    yield found
    busy, every = (after - then for after, then in zip(_ticks(), before, strict=True))
    found.seconds, found.share = time.perf_counter() - started, busy / every


def _ticks() -> tuple[int, int]:
    """Of all processors, how long they were busy, and how long there was."""
    ticks = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def _tell(what: str, episodes: int, found: Busy) -> None:
    each = episodes / found.seconds * 60
    print(f"{what}: {each:.0f} episodes a minute, processors {found.share:.0%} busy", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
