"""Much at the same time, on the embedded default: nobody meets a locked database, and no submission is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.identity import page_submission
from ragtime_assets.orchestration.history import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG, RUN_KEY_TAG
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.status import statuses
from ragtime_assets_tests.end_to_end.conftest import Corpus, environment_of, free_port
from ragtime_assets_tests.house import House, house, samples
from ragtime_assets_tests.shows import guid, serve_show

__all__ = ["house", "samples"]

EPISODES = 8
AT_ONCE = 4
MANY = 10_000
QUICK = 1.0
RUNS = "{ runsOrError { ... on Runs { results { jobName status startTime endTime } } } }"


@pytest.fixture
def busy_corpus(tmp_path: Path) -> Iterator[Corpus]:
    with serve_show(EPISODES) as base:
        corpus = Corpus(tmp_path, environment_of(tmp_path, base), free_port(), base)
        yield corpus
        corpus.stop()


def test_four_runs_at_once_and_readers_beside_them_never_meet_a_locked_database(busy_corpus: Corpus) -> None:
    words = [word for number in range(EPISODES) for word in ("--guid", guid(number))]
    submitted = busy_corpus.json("submit", "--feed", f"{busy_corpus.base}/feed.xml", *words)["submitted"]
    busy_corpus.start()
    with calling(busy_corpus, "status", "--json") as looks, calling(busy_corpus, "search", "trumpeter") as searches:
        runs = busy_corpus.wait_until(lambda: _runs(busy_corpus), lambda found: _over(found) == EPISODES, 300)
    assert len(looks) > 2
    assert len(searches) > 2
    assert [one for one in looks + searches if one.returncode or "locked" in one.stderr] == []
    assert _most_at_once(runs) == AT_ONCE
    found = {one["key"]: one["state"] for one in busy_corpus.json("status")["episodes"]}
    assert found == {one["key"]: "ready" for one in submitted}, busy_corpus.logs()
    files = [path for path in busy_corpus.folder.rglob("*") if path.is_file()]
    assert [path for path in files if b"database is locked" in path.read_bytes()] == []


def test_ten_thousand_submissions_wait_and_each_is_planned_exactly_once(house: House) -> None:
    wanted = [page_submission(f"https://example.com/episodes/{number}") for number in range(MANY)]
    keys = [receipt.key for receipt in house.studio.submissions.submit(wanted, by="test")]
    assert _states(house) == {"waiting": MANY}
    runs = list(_all_ticks(house))
    order = house.instance.get_dynamic_partitions("episodes")
    assert list(order) == keys
    planned = [key for run in runs for key in _keys(run, keys)]
    assert sorted(planned) == sorted(keys)
    assert len({run.run_key for run in runs}) == len(runs) == MANY // 25
    assert _states(house) == {"waiting": MANY}, "planned is not yet launched"


def test_status_of_ten_thousand_tells_them_apart_in_less_than_a_second(house: House) -> None:
    """Seconds of this process, so that whatever else the machine does is not counted."""
    wanted = [page_submission(f"https://example.com/episodes/{number}") for number in range(MANY)]
    house.studio.submissions.submit(wanted, by="test")
    queued, started, failed, *_ = _all_ticks(house)
    for run, state in ((queued, "QUEUED"), (started, "STARTED"), (failed, "FAILURE")):
        house.instance.create_run_for_job(
            house.definitions.resolve_job_def("ingest_episode"),
            status=dg.DagsterRunStatus(state),
            tags={**run.tags, RUN_KEY_TAG: str(run.run_key)},
        )
    assert _states(house) == {"waiting": MANY - 75, "queued": 25, "running": 25, "failed": 25}
    assert min(_seconds(lambda: _states(house)) for _ in range(3)) < QUICK


@contextmanager
def calling(corpus: Corpus, *words: str) -> Iterator[list[subprocess.CompletedProcess[str]]]:
    """What a command ended with each time that it was called while the context was open."""
    ended: list[subprocess.CompletedProcess[str]] = []
    enough = threading.Event()

    def call() -> None:
        while not enough.is_set():
            command = [sys.executable, "-m", "ragtime_assets", *words]
            ended.append(
                subprocess.run(
                    command, cwd=corpus.folder, env=corpus.environment, capture_output=True, text=True, check=False
                )
            )

    thread = threading.Thread(target=call)
    thread.start()
    try:
        yield ended
    finally:
        enough.set()
        thread.join()


def _runs(corpus: Corpus) -> list[dict[str, float]]:
    return [one for one in corpus.graphql(RUNS)["runsOrError"]["results"] if one["jobName"] == "ingest_episode"]


def _over(runs: list[dict[str, float]]) -> int:
    return sum(one["status"] in ("SUCCESS", "FAILURE", "CANCELED") for one in runs)


def _most_at_once(runs: list[dict[str, float]]) -> int:
    return max(sum(one["startTime"] <= run["startTime"] < one["endTime"] for one in runs) for run in runs)


def _all_ticks(house: House) -> Iterator[dg.RunRequest]:
    """What the sensor asks for, tick after tick, until nothing is waiting."""
    cursor: str | None = None
    while True:
        resources = {"studio": house.resource}
        with dg.build_sensor_context(instance=house.instance, cursor=cursor, resources=resources) as context:
            result = submission_sensor(context)
        if isinstance(result, dg.SkipReason):
            return
        assert isinstance(result, dg.SensorResult)
        for request in result.dynamic_partitions_requests or []:
            house.instance.add_dynamic_partitions("episodes", list(request.partition_keys))
        cursor = result.cursor
        yield from result.run_requests or []


def _keys(run: dg.RunRequest, order: list[str]) -> list[str]:
    assert {key.to_user_string() for key in run.asset_selection or []} == set(PHASES)
    first, last = (run.tags.get(tag) or run.tags[PARTITION_TAG] for tag in (RANGE_START_TAG, RANGE_END_TAG))
    return order[order.index(first) : order.index(last) + 1]


def _states(house: House) -> Counter[str]:
    return Counter(one.state for one in statuses(house.studio, house.instance))


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
