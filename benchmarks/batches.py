"""What an episode takes in a batch run and in a run of its own, of which 25 a minute are promised.

    python -m benchmarks batches

The same show each time, of short episodes with captions, so that what Dagster costs is not hidden behind listening,
through the real daemon. Counted is from the start of the first run to the end of the last.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from benchmarks.measurement import Measurement
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.history import INGEST_JOB
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.planning import LIVE_UP_TO
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.studio import Studio
from ragtime_assets_tests.shows import guid, serve_show, settings_for

MOST = 2_000.0
MOST_LIVE = 60_000 / 25
PATIENCE = 600.0


def measure() -> Iterator[Measurement]:
    """Milliseconds per episode in runs of their own, and in a batch beside these."""
    with serve_show(LIVE_UP_TO + 1) as base:
        each, live_runs = _milliseconds(base, LIVE_UP_TO)
        together, batch_runs = _milliseconds(base, LIVE_UP_TO + 1)
    assert (live_runs, batch_runs) == (LIVE_UP_TO, 1)
    a_minute = f"{60_000 / each:.0f} a minute"
    yield Measurement(f"an episode of {LIVE_UP_TO} at once, a run each", each, MOST_LIVE, unit="ms", note=a_minute)
    yield Measurement(
        f"an episode in a batch of {LIVE_UP_TO + 1}",
        together,
        MOST,
        unit="ms",
        ratio=together / each,
        beside=f"a run of its own, {each:.0f} ms",
    )


def _milliseconds(base: str, count: int) -> tuple[float, int]:
    """Milliseconds per episode when so many are submitted together, and how many runs that took."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(settings_for(base, Path(folder) / "home"))
        wanted = [item_submission(f"{base}/feed.xml", guid(number)) for number in range(count)]
        studio.submissions.submit(wanted, by="benchmark")
        with Supervisor(studio, web_port=None, tell=print).running(), open_instance(studio.settings) as instance:
            _wait(studio, instance)
            runs = instance.get_run_records(dg.RunsFilter(job_name=INGEST_JOB))
        studio.database.close()
    taken = max(run.end_time or 0 for run in runs) - min(run.start_time or 0 for run in runs)
    return taken / count * 1_000, len(runs)


def _wait(studio: Studio, instance: dg.DagsterInstance) -> None:
    until = time.monotonic() + PATIENCE
    while any(one.state != "ready" for one in statuses(studio, instance)):
        if time.monotonic() > until:
            raise SystemExit(f"not all episodes are ready after {PATIENCE:.0f} s")
        time.sleep(1)
