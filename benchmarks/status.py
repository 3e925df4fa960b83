"""What `ragtime status` and one tick of the sensor cost with ten thousand episodes waiting, or with a long history.

    python -m benchmarks status

The history is that of one real run of the sample show, with progress and a failure before it, copied in the tables
under the names of two thousand episodes: reading it costs what reading two thousand real ones would.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable

from benchmarks.measurement import Measurement, python
from ragtime_assets.corpus.schema import artifacts
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.history import INGEST_JOB
from ragtime_assets.errors import TimedOut
from ragtime_assets.orchestration.failures import catching, observation
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import RANGE_END_TAG, RANGE_START_TAG
from ragtime_assets.samples.server import serve_samples
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.house import CAPTIONED, House, ScriptedTranscriber

WAITING = 10_000
READY = 2_000
RANGE = 5_000
FAILED_RANGES = 60
ONCE_FAILED = 10
"""One in so many."""
TOLD = 12
"""How often an episode told of its progress."""
MOST = 1.0
MOST_OF_ONE = 0.1
MOST_OF_THE_COMMAND = 0.3
MOST_OF_A_TICK = 0.5
TIMES = 5


def measure() -> Iterator[Measurement]:
    """The function, the command, the tick."""
    with _empty() as house:
        keys = _submit(house, WAITING)
        yield _status(house, f"where {WAITING:,} waiting episodes stand")
        yield _command(house)
        tick, beside = (
            _seconds(lambda: _tick(house)),
            _seconds(lambda: house.instance.add_dynamic_partitions("x", keys)),
        )
        what = f"one tick of submission_sensor with {WAITING:,} waiting"
        yield Measurement(what, tick, MOST_OF_A_TICK, ratio=tick / beside, beside="adding as many partitions")
    with _empty() as house:
        _ready(house)
        yield _status(house, f"where {READY:,} ready episodes with a history stand")
    with _empty() as house:
        yield _one(house)


def _status(house: House, what: str) -> Measurement:
    seconds = _seconds(lambda: statuses(house.studio, house.instance))
    rows = _seconds(lambda: (house.studio.submissions.episodes(), house.studio.artifact_index.of()))
    return Measurement(what, seconds, MOST, ratio=seconds / rows, beside=f"reading the corpus's rows, {rows:.2f} s")


def _one(house: House) -> Measurement:
    """One episode among those of many runs that failed."""
    keys = _submit(house, RANGE)
    house.instance.add_dynamic_partitions("episodes", keys)
    job = house.definitions.resolve_job_def(INGEST_JOB)
    for _ in range(FAILED_RANGES):
        run = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE)
        house.instance.add_run_tags(run.run_id, {RANGE_START_TAG: keys[0], RANGE_END_TAG: keys[-1]})
    one, every = _seconds(lambda: house.status(keys[0])), _seconds(lambda: statuses(house.studio, house.instance))
    what = f"where one episode stands after {FAILED_RANGES} failed runs of {RANGE:,}"
    return Measurement(what, one, MOST_OF_ONE, ratio=one / every, beside=f"where all of them stand, {every:.2f} s")


def _command(house: House) -> Measurement:
    """The command that reads all episodes beside the one that writes one, in turn."""
    home = {"RAGTIME_HOME": str(house.studio.settings.root)}
    submitted, seen = [], []
    for number in range(TIMES):
        page = f"https://podcast.example/more/{number}"
        submitted.append(python("-m", "ragtime_assets", "submit", page, environment=home)[0])
        seen.append(python("-m", "ragtime_assets", "status", environment=home)[0])
    submit, command = statistics.median(submitted), statistics.median(seen)
    return Measurement(
        f"ragtime status with {WAITING:,} waiting, above ragtime submit",
        command - submit,
        MOST_OF_THE_COMMAND,
        ratio=command / submit,
        beside=f"ragtime submit, {submit:.2f} s",
        note=f"{command:.2f} s in all",
    )


@contextmanager
def _empty() -> Iterator[House]:
    with tempfile.TemporaryDirectory() as folder, serve_samples() as base:
        home = Path(folder)
        host = base.removeprefix("http://")
        studio = Studio(Settings(home=home, dagster_home=home / "dagster", allow_private_hosts=(host,)))
        with open_instance(studio.settings) as instance:
            yield House(studio, instance, base, ScriptedTranscriber())
        studio.database.close()


def _submit(house: House, count: int) -> list[str]:
    wanted = [page_submission(f"https://podcast.example/episodes/{number}") for number in range(count)]
    return [receipt.key for receipt in house.studio.submissions.submit(wanted, by="benchmark")]


def _tick(house: House) -> None:
    with dg.build_sensor_context(instance=house.instance, resources={"kept": house.resources["kept"]}) as context:
        submission_sensor(context)


def _ready(house: House) -> None:
    """One episode for real, then the others by copying its rows."""
    (model,) = house.submit(CAPTIONED.page)
    with catching() as caught:
        raise TimedOut("the server did not answer within 30 s")
    assert caught.failure is not None
    _report(house, observation("audio_file", model, caught.failure))
    for number in range(TOLD):
        _report(house, dg.AssetObservation("transcript", partition=model, metadata={"progress": number / TOLD}))
    run = house.run(model).run_id
    keys = _submit(house, READY - 1)
    house.instance.add_dynamic_partitions("episodes", keys)
    requests = house.studio.submissions.after(0, READY)
    house.studio.submissions.assign({request.id: f"request-{request.id}" for request in requests})
    with house.studio.database.writing() as connection:
        _copy(connection, artifacts, artifacts.c.key == model, [{model: key} for key in keys])
    names = [{model: key, run: str(uuid.uuid4())} for key in keys]
    events, runs = house.instance.event_log_storage, house.instance.run_storage
    with events.index_connection() as connection:  # type: ignore[attr-defined]
        _copy(connection, SqlEventLogStorageTable, SqlEventLogStorageTable.c.partition == model, names)
    with runs.connect() as connection:  # type: ignore[attr-defined]
        _copy(connection, RunsTable, RunsTable.c.run_id == run, names)
        _copy(connection, RunTagsTable, RunTagsTable.c.run_id == run, names)
        failed = [new[run] for new in names[::ONCE_FAILED]]
        connection.execute(sa.update(RunsTable).where(RunsTable.c.run_id.in_(failed)).values(status="FAILURE"))
    assert {one.state for one in statuses(house.studio, house.instance)} == {"ready"}


def _report(house: House, event: dg.AssetObservation) -> None:
    house.instance.report_runless_asset_event(event)


def _copy(connection: sa.Connection, table: sa.Table, which: Any, names: Sequence[dict[str, str]]) -> None:
    """The rows again, once for each set of new names in the place of old ones."""
    rows = [dict(row._mapping) for row in connection.execute(sa.select(table).where(which))]
    connection.execute(sa.insert(table), [_renamed(row, new) for new in names for row in rows])


def _renamed(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            for old, new in names.items():
                value = value.replace(old, new)
        return value

    return {name: renamed(value) for name, value in row.items() if name != "id"}


def _seconds(work: Callable[[], object]) -> float:
    def timed() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return _median(timed)


def _median(timed: Callable[[], float]) -> float:
    return statistics.median(timed() for _ in range(TIMES))
