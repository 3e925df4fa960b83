"""What old runs take on the disk, and what is left of that when they go: `python -m benchmarks.pruning [10]`.

One episode of the sample show is made again so many times; then all runs but the last have nothing that stands on them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ragtime_assets.orchestration.care.pruning import prune
from ragtime_assets.orchestration.episode_runs import runs_of_episode
from ragtime_assets.samples.server import serve_samples
from ragtime_assets_tests.house import CAPTIONED, House


def main() -> None:
    """Run, prune, tell."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder, serve_samples() as base, House.open(Path(folder), base) as house:
        (key,) = house.submit(CAPTIONED.page)
        for _ in range(times):
            assert house.run(key).success
        _tell(house, key, f"after {times} runs")
        started = time.perf_counter()
        pruned = prune(house.instance, house.studio, 1, datetime.now(UTC) + timedelta(days=2))
        took = time.perf_counter() - started
        _tell(house, key, f"after {len(pruned.removed)} of them were removed in {took:.1f} s")


def _tell(house: House, key: str, when: str) -> None:
    history = Path(house.instance.root_directory)
    size = sum(file.stat().st_size for file in history.rglob("*") if file.is_file()) / 1_000_000
    listed = len(runs_of_episode(house.studio, house.instance, key))
    print(f"{when}: {size:.1f} MB of history; `status` says {house.status(key).state}, `history` lists {listed} runs")


if __name__ == "__main__":
    main()
