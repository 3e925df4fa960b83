"""How long it takes from a submission to the start of its run, with everything up and nothing else to do.

    python -m benchmarks start_latency

Twelve pages of the sample show are submitted one by one at random moments; Dagster's event log says when each run
started. Only the first of each episode is a long run: the others are found to be duplicates.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from benchmarks.measurement import Measurement
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.orchestration.tags import PARTITION_TAG
from ragtime_assets.samples.server import EPISODES, serve_samples
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

SUBMISSIONS = 12
PAUSE = (2.0, 8.0)
MEDIAN = 6.0
MOST = 10.0
PATIENCE = 60.0
_random = random.Random(1)


def measure() -> Iterator[Measurement]:
    """The median and the 95th percentile."""
    with tempfile.TemporaryDirectory() as folder, serve_samples() as base:
        home = Path(folder)
        host = base.removeprefix("http://")
        studio = Studio(
            Settings(
                home=home, dagster_home=home / "dagster", allow_private_hosts=(host,), podcast_indexes=(), browser="off"
            )
        )
        supervisor = Supervisor(studio, web_port=None, tell=print)
        with supervisor.running(), open_instance(studio.settings) as instance:
            submitted = _submit(studio, base)
            started = _starts(instance, list(submitted))
        waits = sorted(started[key][0] - at for key, at in submitted.items())
        queued = statistics.median(run - created for run, created in started.values())
    told = "each: " + " ".join(f"{wait:.1f}" for wait in waits)
    median, slowest = statistics.median(waits), _percentile_95(waits)
    beside = f"Dagster's own queue and launch, {queued:.1f} s"
    yield Measurement("submit to run start, median", median, MEDIAN, ratio=median / queued, beside=beside, note=told)
    yield Measurement("submit to run start, 95 %", slowest, MOST, ratio=slowest / queued, beside=beside)


def _submit(studio: Studio, base: str) -> dict[str, float]:
    """When each key was submitted."""
    at: dict[str, float] = {}
    for number in range(SUBMISSIONS):
        time.sleep(_random.uniform(*PAUSE))
        page = f"{base}{EPISODES[number % len(EPISODES)].page}?visit={number}"
        (receipt,) = studio.submissions.submit([page_submission(page)], by="benchmark")
        at[receipt.key] = time.time()
    return at


def _starts(instance: dg.DagsterInstance, keys: list[str]) -> dict[str, tuple[float, float]]:
    """By key, when its first run started and when that run was created."""
    until = time.monotonic() + PATIENCE
    while True:
        found = {key: start for key in keys if (start := _start(instance, key))}
        if len(found) == len(keys):
            return found
        if time.monotonic() > until:
            raise SystemExit(f"{len(keys) - len(found)} of {len(keys)} runs did not start within {PATIENCE:.0f} s")
        time.sleep(0.5)


def _start(instance: dg.DagsterInstance, key: str) -> tuple[float, float] | None:
    for record in instance.get_run_records(dg.RunsFilter(tags={PARTITION_TAG: key}), ascending=True):
        events = instance.get_records_for_run(record.dagster_run.run_id, of_type=dg.DagsterEventType.RUN_START).records
        for event in events:
            return event.event_log_entry.timestamp, record.create_timestamp.timestamp()
    return None


def _percentile_95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[18]
