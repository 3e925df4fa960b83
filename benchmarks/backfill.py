"""What a backfill from the UI makes of many episodes at once: how many become searchable, and how long it takes.

    python -m benchmarks.backfill          200 episodes, which takes long: a run each up to entity_links
    python -m benchmarks.backfill 24       so many

The button in the UI sends one GraphQL mutation; so does this, to the real web server, for all ten assets of episodes
that nobody asked the sensor for.
"""

from __future__ import annotations

import argparse
import socket
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import dagster as dg
import httpx

from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.planning import NOTHING_MISSING
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.orchestration.tags import BACKFILL_TAG
from ragtime_assets.studio import Studio
from ragtime_assets_tests.shows import guid, serve_show, settings_for

PATIENCE_PER_EPISODE = 120.0
LAUNCH = """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
STATUS = "query($b: String!) { partitionBackfillOrError(backfillId: $b) { ... on PartitionBackfill { status } } }"
OVER = {"COMPLETED_SUCCESS", "COMPLETED_FAILED", "COMPLETED", "FAILED", "CANCELED"}


def main() -> None:
    """Backfill so many episodes, and tell what became of them."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.backfill", description="Backfill many episodes as the UI does."
    )
    parser.add_argument("episodes", nargs="?", type=int, default=200)
    count = parser.parse_args().episodes
    with serve_show(count) as base, tempfile.TemporaryDirectory() as folder:
        studio = Studio(settings_for(base, Path(folder) / "home"))
        with open_instance(studio.settings) as instance:
            keys = _partitions(studio, instance, base, count)
            seconds = _backfill(studio, keys)
            searchable = sum("search_index" in have for have in studio.artifact_index.of(keys).values())
            states = Counter(one.state for one in statuses(studio, instance))
            runs = instance.get_runs_count(dg.RunsFilter(tags={BACKFILL_TAG: instance.get_backfills()[0].backfill_id}))
        studio.database.close()
    print(
        f"{searchable} of {count} episodes searchable after {seconds:.0f} s, {seconds / count:.2f} s each, {runs} runs"
    )
    print("states:", ", ".join(f"{number} {state}" for state, number in states.most_common()))


def _partitions(studio: Studio, instance: dg.DagsterInstance, base: str, count: int) -> list[str]:
    """Episodes that are known and have partitions, and that the sensor leaves alone."""
    wanted = [item_submission(f"{base}/feed.xml", guid(number)) for number in range(count)]
    keys = [receipt.key for receipt in studio.submissions.submit(wanted, by="benchmark")]
    studio.submissions.assign({request.id: NOTHING_MISSING for request in studio.submissions.after(0, count)})
    instance.add_dynamic_partitions("episodes", keys)
    return keys


def _backfill(studio: Studio, keys: list[str]) -> float:
    """Seconds from the mutation to the end of the backfill."""
    port = _free_port()
    until = time.monotonic() + PATIENCE_PER_EPISODE * len(keys)
    supervisor = Supervisor(studio, web_port=port, tell=print)
    with supervisor.running():
        while not _answers(port):
            supervisor.watch(1)
        started = time.monotonic()
        wanted = {"partitionNames": keys, "assetSelection": [{"path": [asset]} for asset in PHASES]}
        launched = _ask(port, LAUNCH, p=wanted)["launchPartitionBackfill"]
        if launched["__typename"] != "LaunchBackfillSuccess":
            raise SystemExit(f"the backfill was not launched: {launched}")
        while _ask(port, STATUS, b=launched["backfillId"])["partitionBackfillOrError"]["status"] not in OVER:
            if time.monotonic() > until:
                raise SystemExit(f"the backfill is not over after {PATIENCE_PER_EPISODE * len(keys):.0f} s")
            supervisor.watch(1)
        return time.monotonic() - started


def _ask(port: int, query: str, **variables: Any) -> Any:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/graphql", json={"query": query, "variables": variables}, timeout=60, trust_env=False
    )
    return answer.raise_for_status().json()["data"]


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/server_info", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
