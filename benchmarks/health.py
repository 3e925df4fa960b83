"""What a look at the health of a large corpus costs: `python -m benchmarks.health [100000]`.

Rows are written into the tables as a corpus of so many episodes would have them: each phase made once, told of before
that, and one episode in a hundred failed at its last look.
"""

from __future__ import annotations

import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

from benchmarks.measurement import most_megabytes
from ragtime_assets.corpus.schema import artifacts
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.errors import SourceGone
from ragtime_assets.orchestration.failures import catching, observation
from ragtime_assets.orchestration.health import health_of
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.looking import read_history
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.staleness import present_of

FAILED = 100
"""One in so many."""
AT_ONCE = 2_000
MADE, OBSERVED = "ASSET_MATERIALIZATION", "ASSET_OBSERVATION"


def main() -> None:
    """Write the rows, look, tell."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings(home=Path(folder), dagster_home=Path(folder) / "dagster"))
        with open_instance(studio.settings) as instance:
            _write(studio, instance, count)
        present = present_of(studio)
        before = most_megabytes()
        started = time.perf_counter()
        health = read_history(studio.settings, lambda records: health_of(studio, records, present, datetime.now(UTC)))
        took = time.perf_counter() - started
        grown = most_megabytes() - before
        failed = sum(one.episodes for one in health.failed)
        print(f"{health.episodes:,} episodes, {failed:,} failed: {took:.1f} s, {grown:,.0f} MB more")
        studio.database.close()


def _write(studio: Studio, instance: dg.DagsterInstance, count: int) -> None:
    keys = [
        receipt.key
        for start in range(0, count, AT_ONCE)
        for receipt in studio.submissions.submit(
            [page_submission(f"https://show.example/{number}") for number in range(start, min(start + AT_ONCE, count))],
            by="benchmark",
        )
    ]
    last = 0
    while waiting := studio.submissions.after(last, AT_ONCE):
        studio.submissions.assign({one.id: f"request-{one.id}" for one in waiting})
        last = waiting[-1].id
    template = _failure(instance, keys[0])
    events: Any = instance.event_log_storage
    for start in range(0, count, AT_ONCE):
        some = keys[start : start + AT_ONCE]
        with studio.database.writing() as connection:
            connection.execute(sa.insert(artifacts), [row for key in some for row in _artifacts(key)])
        with events.index_connection() as connection:
            rows = [row for place, key in enumerate(some) for row in _events(key, template, fails=place % FAILED == 0)]
            connection.execute(sa.insert(SqlEventLogStorageTable), rows)


def _artifacts(key: str) -> Iterator[dict[str, Any]]:
    for asset in PHASES:
        yield {
            "key": key,
            "asset": asset,
            "digest": "d" * 64,
            "inputs": {},
            "code_version": "1",
            "engine": "e",
            "run_id": str(uuid.uuid4()),
            "created_at": datetime.now(UTC) - timedelta(days=1),
            "seconds": 1.0,
        }


def _events(key: str, failure: tuple[str, str], *, fails: bool) -> Iterator[dict[str, Any]]:
    """Each phase told of itself and was made; the last word of a failed episode is a failure."""
    model, body = failure
    for asset in PHASES:
        for kind in (OBSERVED, MADE):
            yield _event(key, asset, kind, "{}")
    if fails:
        yield _event(key, PHASES[0], OBSERVED, body.replace(model, key))


def _event(key: str, asset: str, kind: str, body: str) -> dict[str, Any]:
    return {
        "run_id": "",
        "event": body,
        "dagster_event_type": kind,
        "timestamp": datetime.now(UTC).replace(tzinfo=None),
        "asset_key": f'["{asset}"]',
        "partition": key,
    }


def _failure(instance: dg.DagsterInstance, key: str) -> tuple[str, str]:
    """An episode, and how Dagster writes down that it failed."""
    with catching() as caught:
        raise SourceGone("404 for the page")
    assert caught.failure is not None
    instance.report_runless_asset_event(observation(PHASES[0], key, caught.failure))
    events: Any = instance.event_log_storage
    with events.index_connection() as connection:
        table = SqlEventLogStorageTable
        return key, connection.execute(sa.select(table.c.event).where(table.c.partition == key)).scalar_one()


if __name__ == "__main__":
    main()
