"""What is outstanding is seen, told and done: the same by status, the sensor and the run that it asks for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.schema import requests
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.errors import NoSpeech
from ragtime_assets.orchestration.failures import catching, observation
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.tags import AGAIN_TAG, ASKED_AT_TAG, PLACE_TAG, RANGE_END_TAG, RANGE_START_TAG
from ragtime_assets_tests.house import House, copied
from ragtime_assets_tests.openai_server import openai_server, reader, status


def requested(house: House) -> dg.RunRequest | None:
    """What the sensor asks for when it reads the newest request."""
    newest = house.studio.submissions.after(0, 1_000)[-1].id
    resources = {"kept": house.resources["kept"]}
    with dg.build_sensor_context(instance=house.instance, cursor=str(newest - 1), resources=resources) as context:
        result = submission_sensor(context)
    assert isinstance(result, dg.SensorResult)
    assert result.cursor == str(newest)
    return next(iter(result.run_requests or []), None)


def assets_of(request: dg.RunRequest | None) -> list[str]:
    assert request is not None
    return [key.to_user_string() for key in request.asset_selection or []]


def ran(house: House, request: dg.RunRequest | None) -> bool:
    """Whether the run that was asked for succeeds."""
    assert request is not None
    return house.run(str(request.partition_key), *assets_of(request), tags=dict(request.tags)).success


def test_a_redo_whose_model_answers_503_is_failed_until_a_retry_does_it(
    furnished: tuple[Path, str], tmp_path: Path, samples: str
) -> None:
    copied(furnished[0], tmp_path)
    key = furnished[1]
    with openai_server() as server:
        server.otherwise = lambda _: status(503)
        given = {"model": "openai-chat:parrot", "openai_base_url": server.url, "model_api_key": "sk-x"}
        with House.open(tmp_path, samples, **given) as house:
            ask, by = house.studio.submissions.request, "test"
            ask([key], by, ["summary", REPORT], rebind=True)
            assert not ran(house, requested(house))
            failed = house.status(key)
            assert (failed.state, failed.phase, failed.phases["summary"].state) == ("failed", "summary", "failed")
            ask([key], by)
            assert house.status(key).state == "waiting"
            retry = requested(house)
            assert assets_of(retry) == ["summary", REPORT]
            server.otherwise = reader
            assert ran(house, retry)
            assert house.status(key).state == "ready"
            assert house.studio.artifact_index.of([key])[key]["summary"].engine == "openai-chat:parrot"


def test_a_rematerialization_that_failed_by_hand_is_seen_and_retried(house: House, ready: str) -> None:
    observe(house, ready, "chunks", error="NoSpeech", message="no words", what_to_do="ragtime retry KEY")
    seen = house.status(ready)
    assert (seen.state, seen.phase, seen.phases["chunks"].state) == ("failed", "chunks", "failed")
    assert seen.error is not None
    assert seen.error.remedy == f"ragtime retry {ready}"
    house.studio.submissions.request([ready], "test")
    request = requested(house)
    assert request is not None
    assert assets_of(request) == list(PHASES[PHASES.index("chunks") :])
    assert request.tags[AGAIN_TAG] == f"chunks,{REPORT}"
    assert datetime.fromisoformat(request.tags[ASKED_AT_TAG]) > datetime.now(UTC) - timedelta(minutes=10)
    assert ran(house, request)
    assert house.status(ready).state == "ready"


def test_a_retry_of_what_is_ready_is_answered_without_a_run(house: House, ready: str) -> None:
    house.studio.submissions.request([ready], "test")
    assert requested(house) is None
    assert house.status(ready).state == "ready"


def test_adding_a_phase_leaves_finished_episodes_ready(house: House, ready: str) -> None:
    """As if `summary` were the new phase."""
    with house.studio.database.writing() as connection:
        connection.execute(sa.update(requests).values(scope=[asset for asset in PHASES if asset != "summary"]))
    house.studio.artifact_index.forget(ready, ["summary"])
    seen = house.status(ready)
    assert (seen.state, seen.phases["summary"].state) == ("ready", "not asked for")
    house.studio.submissions.request([ready], "test")
    assert requested(house) is None, "a retry does what status says is outstanding"


def test_an_episode_that_lost_an_artifact_is_unfinished_and_retry_makes_it(house: House, ready: str) -> None:
    house.studio.artifact_index.forget(ready, [REPORT])
    seen = house.status(ready)
    assert (seen.state, seen.phase) == ("unfinished", REPORT)
    house.studio.submissions.request([ready], "test")
    assert assets_of(requested(house)) == [REPORT]


def test_a_request_for_a_place_is_a_run_with_its_tag(house: House, ready: str) -> None:
    house.studio.artifact_index.forget(ready, ["transcript"])
    house.studio.submissions.request([ready], "test", place="speech")
    request = requested(house)
    assert request is not None
    assert request.tags[PLACE_TAG] == "speech"
    assert assets_of(request)[0] == "transcript"


def observe(house: House, key: str, asset: str, **metadata: str | float) -> None:
    """An observation, whoever wrote it."""
    house.instance.report_runless_asset_event(dg.AssetObservation(asset, partition=key, metadata=metadata))


@pytest.mark.parametrize(
    "foreign",
    [{"rows": 3.0}, {"error": "x" * 10_000}, {"error": "E", "message": "m"}],
    ids=["no failure", "a huge one", "half of one"],
)
def test_a_foreign_observation_costs_itself_only(house: House, ready: str, foreign: dict[str, str | float]) -> None:
    (other,) = house.submit("/nowhere")
    observe(house, "not-ours", "chunks", **foreign)
    assert [house.status(key).state for key in (ready, other)] == ["ready", "unfinished"]
    observe(house, ready, "chunks", **foreign)
    seen = house.status(ready)
    assert seen.state == ("failed" if "error" in foreign else "ready")
    assert seen.error is None or len(seen.error.message) <= 2_000
    assert house.status(other).state == "unfinished"


def test_a_foreign_observation_hides_no_failure(house: House, ready: str) -> None:
    observe(house, ready, "chunks", error="NoSpeech", message="no words", what_to_do="listen")
    observe(house, ready, "chunks", rows=3.0)
    error = house.status(ready).error
    assert error is not None
    assert error.message == "no words"
    observe(house, ready, "chunks", progress=0.5)
    assert house.status(ready).state == "ready", "it works on the phase again"


def test_an_observation_that_cannot_be_read_is_told_shortened_and_cleared_by_a_retry(house: House, ready: str) -> None:
    observe(house, ready, "chunks", rows=3.0)
    storage = house.instance.event_log_storage
    with storage.index_connection() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(
            "update event_logs set event = replace(event, '\"AssetObservation\"', '\"FromAnotherVersion\"') "
            "where dagster_event_type = 'ASSET_OBSERVATION'"
        )
    seen = house.status(ready)
    assert seen.error is not None
    assert (seen.state, seen.phase, seen.error.error_class) == ("failed", "chunks", "UnreadableObservation")
    assert len(seen.error.message) < 500
    house.studio.submissions.request([ready], "test")
    assert ran(house, requested(house))
    assert house.status(ready).state == "ready"


READ = """
import json, sys
sys.modules["ragtime_assets"] = None
import dagster as dg
with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    (record,) = instance.fetch_observations(dg.AssetKey("chunks"), limit=1).records
    print(json.dumps({name: entry.value for name, entry in record.asset_observation.metadata.items()}))
"""


def test_a_failure_is_read_from_history_without_this_package(house: House, ready: str) -> None:
    with catching() as caught:
        raise NoSpeech("no words", tried=["one", {"two": 2}])
    assert caught.failure is not None
    house.instance.report_runless_asset_event(observation("chunks", ready, caught.failure))
    folder = str(house.studio.settings.instance_folder)
    done = subprocess.run([sys.executable, "-c", READ, folder], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["error"], told["message"], told["tried_tried"]) == ("NoSpeech", "no words", ["one", {"two": 2}])


def test_one_episodes_status_reads_the_same_whatever_the_history_of_the_others(house: House, ready: str) -> None:
    def rows_read() -> int:
        with counting() as counted:
            assert house.status(ready).state == "ready"
        return counted[0]

    rows_read()
    before = rows_read()
    others = house.submit(*(f"/nowhere/{number}" for number in range(20)))
    job = house.definitions.resolve_job_def("ingest_episode")
    for _ in range(5):
        run = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE)
        house.instance.add_run_tags(run.run_id, {RANGE_START_TAG: others[0], RANGE_END_TAG: others[-1]})
        observe(house, others[0], "chunks", error="E", message="m", what_to_do="w")
    assert rows_read() == before


@contextmanager
def counting() -> Iterator[list[int]]:
    """Counts the rows that every database gives out."""
    counted = [0]

    def count(connection: sa.Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            cursor = connection.connection.cursor()
            cursor.execute(f"select count(*) from ({statement})", parameters)  # type: ignore[arg-type]
            counted[0] += cursor.fetchone()[0]
            cursor.close()

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        yield counted
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
