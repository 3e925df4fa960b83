"""What a look at a corpus costs that has 1,000, 10,000 or 100,000 episodes, on SQLite or on Postgres.

    python -m benchmarks.scaling 1000 10000 100000
    python -m benchmarks.scaling --postgres 1000 10000

Prints a table for docs/scaling.md. Each corpus is that of `benchmarks.recorded`; the pages of the UI are asked for
over GraphQL, of the real web server with daemon and code location beside it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dagster as dg
import httpx
import sqlalchemy as sa

from benchmarks.recorded import FIRST_NAMES, LAST_NAMES, Recorded, recorded
from benchmarks.storage import on_postgres
from ragtime_assets.adapters.storage.bucket import Bucket
from ragtime_assets.cli.status import ON_A_PAGE
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.states import EVIDENT
from ragtime_assets.orchestration.care.pruning import prune
from ragtime_assets.orchestration.looking import look, status_document
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets_tests.bucket_server import bucket_server
from ragtime_assets_tests.end_to_end.conftest import free_port

NEW = 50
TIMES = 3
LONG = 5.0
PATIENCE = 1_200
ACCOUNT = "123456789012"
"""Whose buckets moto's are."""
SENSORS = ("submission_sensor", "liveness_sensor", "report_sensor", "feed_sensor", "notification_sensor")
_COUNTS = "partitionStats { numPartitions numMaterialized numFailed numMaterializing }"
GRAPH = "{ assetNodes { assetKey { path } COUNTS } }".replace("COUNTS", _COUNTS)
ASSET = """query ($asset: [String!]!) { assetNodeOrError(assetKey: {path: $asset}) { ... on AssetNode { COUNTS
  partitionKeysByDimension { name partitionKeys }
  assetPartitionStatuses { ... on DefaultPartitionStatuses {
    materializedPartitions failedPartitions materializingPartitions } } } } }""".replace("COUNTS", _COUNTS)
PARTITION = """query ($asset: [String!]!, $key: String!) { assetNodeOrError(assetKey: {path: $asset}) {
  ... on AssetNode { latestRunForPartition(partition: $key) { id status }
    assetMaterializations(partitions: [$key], limit: 50) { runId timestamp metadataEntries { label } }
    assetObservations(partitions: [$key], limit: 50) { runId timestamp } } } }"""
RUNS = "{ runsOrError(limit: 25) { ... on Runs { results { id status startTime endTime tags { key value } } } } }"


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    told: str


def main() -> None:
    """Make each corpus, look at it, print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.scaling", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("episodes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--postgres", action="store_true", help="keep everything on a Postgres of its own")
    chosen = parser.parse_args()
    columns: list[list[Line]] = []
    for count in chosen.episodes:
        columns.append([])
        for line in _looked_at(count, on_a_server=chosen.postgres):
            columns[-1].append(line)
            print(f"{count:,}: {line.what}: {line.told}", flush=True)  # noqa: T201 - its answer
    print("", f"| episodes | {' | '.join(f'{count:,}' for count in chosen.episodes)} |", sep="\n")  # noqa: T201
    print(f"|---|{'---|' * len(columns)}")  # noqa: T201
    for lines in zip(*columns, strict=True):
        print(f"| {lines[0].what} | {' | '.join(one.told for one in lines)} |")  # noqa: T201


def _looked_at(count: int, *, on_a_server: bool) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="ragtime-scaling-") as name, ExitStack() as opened:
        folder = Path(name)
        url = opened.enter_context(on_postgres(folder)) if on_a_server else None
        started = time.perf_counter()
        corpus = opened.enter_context(recorded(folder, count, url))
        print(f"{count:,}: rows written in {time.perf_counter() - started:.0f} s", flush=True)  # noqa: T201
        yield _listing(count)
        yield from _sizes(corpus, folder, url)
        yield from _commands(corpus)
        yield from _idle_ticks(corpus)
        yield from _pages(corpus)
        yield _busy_tick(corpus)


def _listing(count: int) -> Line:
    """What `ragtime reindex` asks a bucket first."""
    from moto.s3.models import s3_backends

    with bucket_server() as server:
        url = server.new_bucket()
        backend, name = s3_backends[ACCOUNT]["aws"], urlsplit(url).netloc
        for number in range(count):
            backend.put_object(name, f"all/artifacts/{PHASES[0]}/episode-{number:07}.json", b"{}")
        bucket = Bucket(url, server.access())
        listed = _timed(lambda: deque(bucket.names(f"artifacts/{PHASES[0]}/"), maxlen=0), 1)
    return Line("the names of all artifacts of a phase, from a bucket", listed)


def _sizes(corpus: Recorded, folder: Path, url: str | None) -> Iterator[Line]:
    yield Line("rows of Dagster's event log, an episode", str(corpus.events_an_episode))
    if url is None:
        dagster = Path(corpus.house.instance.root_directory)
        of_runs = [file.stat().st_size for file in (dagster / "history" / "runs").glob("*.db") if file.stem != "index"]
        history = sum(file.stat().st_size for file in dagster.rglob("*") if file.is_file()) - sum(of_runs)
        yield Line("Dagster's tables", _megabytes(history))
        yield Line("and a file of events for each run, together", _megabytes(max(of_runs) * corpus.count))
        tables = sum(file.stat().st_size for file in corpus.house.studio.settings.root.glob("*.sqlite*"))
        yield Line("the corpus tables", _megabytes(tables))
    else:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            size = connection.execute(sa.text("select pg_database_size(current_database())")).scalar_one()
        yield Line("the database", _megabytes(size))


def _commands(corpus: Recorded) -> Iterator[Line]:
    studio, middle = corpus.house.studio, corpus.count // 2
    query = f"clifford{middle % FIRST_NAMES} brown{middle % LAST_NAMES}"
    assert studio.index.search.look(query).passages
    yield Line("`ragtime status`, a page", _timed(lambda: look(studio, None, newest=ON_A_PAGE, counted=EVIDENT)))
    yield Line("`ragtime status --failed`, where nothing failed", _timed(lambda: look(studio, None, counted=EVIDENT)))
    yield Line("`ragtime status --json`, all episodes", _timed(lambda: _documents(corpus)))
    yield Line("`ragtime status KEY`", _timed(lambda: look(studio, corpus.key(middle))))
    yield Line("a search by words, one episode in a thousand has them", _timed(lambda: studio.index.search.look(query)))
    now = datetime.now(UTC)
    pruning = _timed(lambda: prune(corpus.house.instance, studio, 1, now), 1)
    yield Line("pruning, where every run has to stay", pruning)


def _documents(corpus: Recorded) -> list[dict[str, Any]]:
    studio = corpus.house.studio
    return [status_document(one, studio.settings) for one in look(studio, None).episodes]


def _idle_ticks(corpus: Recorded) -> Iterator[Line]:
    cursors = {SENSORS[0]: str(corpus.last_request)}
    for name in SENSORS:
        yield Line(f"idle tick of `{name}`", _timed(partial(_tick, corpus, name, cursors.get(name))))


def _busy_tick(corpus: Recorded) -> Line:
    cursor = str(corpus.last_request)
    pages = [page_submission(f"https://podcast.example/new/{number}") for number in range(NEW)]
    corpus.house.studio.submissions.submit(pages, by="benchmark")
    return Line(f"tick of `{SENSORS[0]}` with {NEW} new", _timed(partial(_tick, corpus, SENSORS[0], cursor), 1))


def _tick(corpus: Recorded, name: str, cursor: str | None) -> None:
    house = corpus.house
    sensor: Any = house.definitions.get_repository_def().get_sensor_def(name)
    with dg.build_sensor_context(instance=house.instance, resources=house.resources, cursor=cursor) as context:
        sensor(context)


def _pages(corpus: Recorded) -> Iterator[Line]:
    port, asset, key = free_port(), [PHASES[0]], corpus.key(corpus.count // 2)
    supervisor = Supervisor(corpus.house.studio, web_port=port, tell=lambda _: None)
    with supervisor.running():
        until = time.monotonic() + PATIENCE
        while not _answers(port):
            assert time.monotonic() < until, "the web server does not answer"
            supervisor.watch(1)
        for what, query, variables in (
            ("UI: the graph with its counts", GRAPH, {}),
            ("UI: the partitions of an asset", ASSET, {"asset": asset}),
            ("UI: one partition of an asset", PARTITION, {"asset": asset, "key": key}),
            ("UI: the newest runs", RUNS, {}),
        ):
            ask = partial(_ask, port, query, variables)
            yield Line(f"{what}, the first time", _timed(ask, 1))
            yield Line(f"{what}, again", _timed(ask))


def _ask(port: int, query: str, variables: dict[str, Any]) -> None:
    asked = {"query": query, "variables": variables}
    answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json=asked, timeout=PATIENCE, trust_env=False)
    document = answer.json()
    assert "errors" not in document, document["errors"]


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/server_info", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _timed(work: Callable[[], object], times: int = TIMES) -> str:
    """The median, as people read it; what takes long is done once."""
    seconds: list[float] = []
    while len(seconds) < times and sum(seconds) < LONG:
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    median = statistics.median(seconds)
    return f"{median * 1_000:.0f} ms" if median < 1 else f"{median:.1f} s"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


if __name__ == "__main__":
    main()
