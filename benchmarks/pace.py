"""What the orchestration of an episode costs, beside a bare graph of ten assets: a run of one, and a batch of 25.

    python -m benchmarks pace

The bare graph writes one JSON file per asset and episode, safe on disk before it is renamed, and logs one
materialization: less cannot be called an asset graph that survives a crash. Ours does its work with instant engines
behind the real ports. Both run in this process, one after the other in turn, on the same kind of storage.
"""

import json
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import dagster as dg

from benchmarks.measurement import Measurement
from benchmarks.storage import on_postgres
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.steps.telling import ONLY_LOGGED
from ragtime_assets.orchestration.tags import DEFER_TAG, RANGE_END_TAG, RANGE_START_TAG
from ragtime_assets_tests.fakes import FakeEmbedder
from ragtime_assets_tests.house import House
from ragtime_assets_tests.shows import guid, serve_show

BATCH = 25
ROUNDS = 6
AT_MOST = 2.0
"""Times what the bare graph takes."""


class _Graph(Protocol):
    """A graph of ten assets."""

    def one(self, key: str) -> dg.ExecuteInProcessResult: ...
    def many(self, first: str, last: str) -> dg.ExecuteInProcessResult: ...


def measure() -> Iterator[Measurement]:
    """Milliseconds an episode of a run of one and of a batch, on SQLite and on Postgres."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        yield from _measured(Path(folder), "SQLite")
    with tempfile.TemporaryDirectory() as folder, on_postgres(Path(folder)) as url:
        yield from _measured(Path(folder), "Postgres", database_url=url)


def _measured(folder: Path, storage: str, **settings: Any) -> Iterator[Measurement]:
    """Both graphs in turn, after one run each that warms them."""
    count = 1 + ROUNDS + BATCH
    with (
        serve_show(count) as base,
        House.open(folder, base, **settings) as house,
        open_instance(house.studio.settings) as as_it_comes,
    ):
        house.studio.index.embedder = FakeEmbedder()
        keys = house.take([item_submission(f"{base}/feed.xml", guid(number)) for number in range(count)])
        graphs: Sequence[_Graph] = (_Bare(as_it_comes, folder / "bare"), _Ours(house))
        alone: dict[_Graph, list[float]] = {graph: [] for graph in graphs}
        for key in keys[: 1 + ROUNDS]:
            for graph in graphs:
                alone[graph].append(_milliseconds(graph.one, key))
        bare, ours = (statistics.median(alone[graph][1:]) for graph in graphs)
        yield _measurement(f"a run of one, {storage}", ours, bare)
        bare, ours = (_milliseconds(graph.many, keys[-BATCH], keys[-1]) / BATCH for graph in graphs)
        yield _measurement(f"an episode in a batch of {BATCH}, {storage}", ours, bare)


def _measurement(what: str, ours: float, bare: float) -> Measurement:
    return Measurement(
        what, ours, bare * AT_MOST, unit="ms", ratio=ours / bare, beside=f"the bare graph, {bare:.0f} ms"
    )


def _milliseconds(run: Any, *keys: str) -> float:
    started = time.perf_counter()
    result = run(*keys)
    taken = time.perf_counter() - started
    assert result.success, [event.message for event in result.all_events if event.is_failure]
    return taken * 1_000


class _Ours:
    """The graph of this project, as the sensor launches it."""

    def __init__(self, house: House) -> None:
        self._house = house

    def one(self, key: str) -> dg.ExecuteInProcessResult:
        return self._house.run(key)

    def many(self, first: str, last: str) -> dg.ExecuteInProcessResult:
        return self._house.batch(first, last, checks=False)


class _Bare:
    """Ten assets in a row, each a file."""

    def __init__(self, instance: dg.DagsterInstance, folder: Path) -> None:
        folder.mkdir()
        assets = [_bare_asset(name, before, folder) for name, before in zip(PHASES, (None, *PHASES), strict=False)]
        job = dg.define_asset_job("bare", selection=assets, executor_def=dg.in_process_executor)
        self._job = dg.Definitions(assets=assets, jobs=[job]).resolve_job_def("bare")
        self._instance = instance

    def one(self, key: str) -> dg.ExecuteInProcessResult:
        return self._job.execute_in_process(instance=self._instance, partition_key=key)

    def many(self, first: str, last: str) -> dg.ExecuteInProcessResult:
        tags = {RANGE_START_TAG: first, RANGE_END_TAG: last, DEFER_TAG: "true"}
        return self._job.execute_in_process(instance=self._instance, tags=tags)


def _bare_asset(name: str, before: str | None, folder: Path) -> dg.AssetsDefinition:
    @dg.asset(
        key=["bare", name],
        partitions_def=dg.DynamicPartitionsDefinition(name="episodes"),
        deps=[["bare", before]] if before else [],
        backfill_policy=dg.BackfillPolicy.multi_run(BATCH),
    )
    def bare(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        for key in context.partition_keys:
            _written(folder / f"{name}-{key}.json", {"asset": name, "key": key})
        if len(context.partition_keys) == 1:
            return dg.MaterializeResult()
        for key in context.partition_keys:
            context.log_event(dg.AssetMaterialization(asset_key=["bare", name], partition=key))
        return dg.MaterializeResult(metadata=ONLY_LOGGED)

    return bare


def _written(file: Path, content: dict[str, str]) -> None:
    fresh = file.with_suffix(".new")
    with fresh.open("w") as opened:
        json.dump(content, opened)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
