"""What is read from Dagster's tables is what Dagster says, for every kind of history, on SQLite and on Postgres."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorStatus,
    InstigatorType,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.utils import make_new_run_id
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from ragtime_assets.corpus.dagster_tables import TablesUnknown, tables_in
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.history import INGEST_JOB, REPORT_JOB, SUBMISSION_SENSOR, Records
from ragtime_assets.domain.states import EVIDENT
from ragtime_assets.errors import NoSpeech
from ragtime_assets.orchestration.care.kept_connections import connections_kept
from ragtime_assets.orchestration.care.lookout import who_looks
from ragtime_assets.orchestration.episode_history import EpisodeHistory
from ragtime_assets.orchestration.history import DagsterRecords
from ragtime_assets.orchestration.standing import EpisodeStatus, Survey, survey, where_they_stand
from ragtime_assets.orchestration.tags import (
    BACKFILL_TAG,
    GONE_ON_TAG,
    PARTITION_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RETRIED_BY_TAG,
    RUN_KEY_TAG,
    WILL_RETRY_TAG,
)
from ragtime_assets.settings import variable
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House, sensor_state

POSTGRES = Path(__file__).parents[2] / "deploy" / "dagster-postgres.yaml"
STATES = list(dg.DagsterRunStatus)


@pytest.fixture(params=["sqlite", "postgres"])
def house(
    request: pytest.FixtureRequest, tmp_path: Path, samples: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    if request.param == "postgres":
        monkeypatch.setenv("DAGSTER_POSTGRES_URL", request.getfixturevalue("empty_postgres_url"))
        (tmp_path / "home" / "dagster").mkdir(parents=True)
        shutil.copy(POSTGRES, tmp_path / "home" / "dagster" / "dagster.yaml")
    with House.open(tmp_path, samples) as house:
        yield house


def seen_by(records: Records, house: House, now: datetime) -> list[object]:
    """Everything that status tells, of all episodes together and of each, and what is said of the daemon."""
    history = EpisodeHistory(records, now)
    every = where_they_stand(house.studio, history)
    each = [where_they_stand(house.studio, history, one.key) for one in every]
    assert sorted(history.standing()) == sorted({*history.failures([one.key for one in every])})
    for newest in (0, 1, len(every)):
        assert_surveyed_alike(survey(house.studio, history, newest), every, newest)
    return [every, each, sorted(history.standing().items()), who_looks(records, now.timestamp())]


def assert_surveyed_alike(found: Survey, every: list[EpisodeStatus], newest: int) -> None:
    """A survey leaves out none but older ones, each of whose states it counts, and says the same of all others."""
    looked_at = {one.key for one in found.episodes}
    left_out = [one for one in every if one.key not in looked_at]
    assert found.episodes == [one for one in every if one.key in looked_at]
    assert Counter(one.state for one in left_out) == found.others
    assert EVIDENT.issuperset(found.others)
    assert looked_at.issuperset(one.key for one in every[len(every) - newest :])


def told_alike(house: House, now: datetime | None = None) -> list[EpisodeStatus]:
    """Where the episodes stand, after both ways of reading said the same."""
    now = now or datetime.now(UTC)
    with tables_in(house.studio.settings.instance_folder, variable) as tables, connections_kept(house.instance):
        assert seen_by(tables, house, now) == seen_by(DagsterRecords(house.instance), house, now)
        return where_they_stand(house.studio, EpisodeHistory(tables, now))


def create(house: House, state: dg.DagsterRunStatus, job: str = INGEST_JOB, **tags: str) -> str:
    """A run that Dagster knows in this state."""
    origin = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("ours"), "__repository__").get_job_origin(job)
    run = dg.DagsterRun(job, make_new_run_id(), status=state, tags=tags, remote_job_origin=origin)
    return house.instance.add_run(run).run_id


def observe(house: House, key: str, asset: str = "chunks", **metadata: object) -> None:
    event = dg.AssetObservation(asset, partition=key, description="told", metadata=metadata)  # type: ignore[arg-type]
    house.instance.report_runless_asset_event(event)


def test_runs_of_one_episode_are_read_alike_while_they_work_and_after(house: House) -> None:
    seen: list[str] = []
    house.speech.meanwhile = lambda: seen.extend(one.state for one in told_alike(house))
    ready, twin, unheard, again = house.submit(
        CAPTIONED.page, f"{CAPTIONED.page}?again=1", UNCAPTIONED.page, f"{UNCAPTIONED.page}?again=1"
    )
    for key in (ready, twin, unheard):
        house.run(key)
    assert "running" in seen
    house.speech.raises = NoSpeech("nobody speaks")
    house.run(again)
    observe(house, ready, "summary", error="NoSpeech", message="no words", what_to_do="ragtime retry KEY")
    states = {one.key: one.state for one in told_alike(house)}
    assert states[ready] == "failed"
    assert states[twin].startswith("duplicate")
    assert house.run(ready, "summary").success
    house.instance.wipe_assets([dg.AssetKey("audio_file")])
    assert {one.key: one.state for one in told_alike(house)}[twin] != states[twin]


def test_a_run_in_any_state_is_read_alike_however_it_names_its_episodes(house: House) -> None:
    keys = house.submit(*(f"/episodes/{number}" for number in range(3 * len(STATES) + 6)))
    left = iter(keys)
    for state in STATES:
        create(house, state, **{PARTITION_TAG: next(left)})
        first, last = next(left), next(left)
        create(house, state, **{RANGE_START_TAG: first, RANGE_END_TAG: last})
        create(house, state, REPORT_JOB, **{PARTITION_TAG: first})
    failed = dg.DagsterRunStatus.FAILURE
    create(house, failed, **{RUN_KEY_TAG: "by-hand-1", RANGE_START_TAG: keys[0], RANGE_END_TAG: keys[1]})
    create(house, failed, **{PARTITION_TAG: next(left), WILL_RETRY_TAG: "true"})
    create(house, failed, **{PARTITION_TAG: next(left), WILL_RETRY_TAG: "true", RETRIED_BY_TAG: "another"})
    create(house, failed, **{PARTITION_TAG: next(left), WILL_RETRY_TAG: "true", BACKFILL_TAG: "one"})
    create(house, failed, **{RANGE_START_TAG: "nobody", RANGE_END_TAG: next(left)})
    looked_at = create(house, failed, **{PARTITION_TAG: next(left)})
    house.instance.add_run_tags(looked_at, {GONE_ON_TAG: looked_at})
    states = {one.state for one in told_alike(house)}
    assert states == {"running", "queued", "cancelled", "failed", "unfinished"}
    soon = told_alike(house, datetime.now(UTC) + timedelta(hours=1))
    assert sum(one.state == "failed" for one in soon) > 3


@pytest.mark.parametrize("foreign", [{"rows": 3.0}, {"rows": None}, {"at": dg.MetadataValue.timestamp(3.0)}], ids=str)
def test_observations_are_read_alike_whoever_made_them(house: House, foreign: dict[str, object]) -> None:
    one, other, third = house.submit("/one", "/other", "/third")
    for key in (one, other):
        observe(house, key, error="NoSpeech", message="no words", permanent=True, cause="silence")
    observe(house, one, **foreign)
    observe(house, other, progress=0.5, doing="listening")
    observe(house, third, error="WaitsForSpeech", halt="waiting for speech", goes_on=True)
    states = {one.key: one.state for one in told_alike(house)}
    assert states == {one: "failed", other: "unfinished", third: "waiting for speech"}


def test_of_those_that_only_wait_a_survey_looks_at_the_newest_and_counts_the_others(house: House) -> None:
    submissions = house.studio.submissions
    pages = [page_submission(f"https://podcast.example/{number}") for number in range(8)]
    keys = [receipt.key for receipt in submissions.submit(pages, by="test")]
    withdrawn, answered, asked_again, seen_to_fail, forgotten, *waiting = keys
    submissions.withdraw(withdrawn)
    submissions.assign({request.id: "by-hand" for request in submissions.after(0, 8) if request.key == answered})
    submissions.request([asked_again], by="test", assets=["chunks"])
    submissions.bury(forgotten)
    house.instance.add_dynamic_partitions("episodes", keys)
    observe(house, seen_to_fail, error="NoSpeech", message="no words")
    assert {one.key: one.state for one in told_alike(house)} == {
        withdrawn: "cancelled",
        answered: "unfinished",
        **dict.fromkeys((asked_again, seen_to_fail, *waiting), "waiting"),
    }
    with tables_in(house.studio.settings.instance_folder, variable) as tables:
        found = survey(house.studio, EpisodeHistory(tables), newest=1)
    assert [one.key for one in found.episodes] == [withdrawn, answered, seen_to_fail, waiting[-1]]
    assert found.others == {"waiting": 3}


def test_what_the_sensor_did_and_whether_the_daemon_lives_is_read_alike(house: House) -> None:
    house.submit("/one")
    now = datetime.now(UTC)
    told_alike(house, now)
    house.instance.add_daemon_heartbeat(DaemonHeartbeat(now.timestamp(), "SENSOR", "one"))
    told_alike(house, now)
    data = SensorInstigatorData(last_tick_timestamp=now.timestamp(), cursor="0")
    state = sensor_state(house.instance, InstigatorStatus.DECLARED_IN_CODE, data)
    assert [one.state for one in told_alike(house, now)] == ["waiting"]
    told_alike(house, now + timedelta(seconds=80))
    for status in (TickStatus.FAILURE, TickStatus.SKIPPED):
        error = SerializableErrorInfo("no answer", [], None) if status is TickStatus.FAILURE else None
        tick = TickData(
            state.instigator_origin_id,
            SUBMISSION_SENSOR,
            InstigatorType.SENSOR,
            status,
            timestamp=now.timestamp() + (status is TickStatus.SKIPPED),
            error=error,
            selector_id=state.selector_id,
        )
        house.instance.create_tick(tick)
        told_alike(house, now)
    house.instance.update_instigator_state(state.with_status(InstigatorStatus.STOPPED))
    told_alike(house, now)


def test_an_observation_of_an_unknown_form_is_left_to_dagster(house: House) -> None:
    (key,) = house.submit("/one")
    observe(house, key, rows=dg.MetadataValue.table([dg.TableRecord({"rows": 1})]))
    with pytest.raises(TablesUnknown):
        told_alike(house)


@pytest.mark.parametrize(
    "statement",
    [
        "update alembic_version set version_num = 'ffffffffffff'",
        "insert into alembic_version values ('5771160a95ad')",
        "delete from alembic_version",
        "drop table alembic_version",
    ],
)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_another_version_of_the_tables_is_left_to_dagster(house: House, statement: str) -> None:
    folder = house.studio.settings.instance_folder
    with closing(sqlite3.connect(folder / "schedules" / "schedules.db")) as connection, connection:
        connection.execute(statement)
    with pytest.raises(TablesUnknown), tables_in(folder, variable):
        pass


@pytest.mark.parametrize(
    "configuration",
    [
        "storage: {mysql: {mysql_url: x}}",
        "storage: {custom: {module: a, class: b}}",
        "storage: {postgres: {postgres_url: {env: NOBODY_SET_THIS}}}",
        "storage: {postgres: {postgres_url: 'postgresql+psycopg2://nobody@127.0.0.1:1/none'}}",
        "storage: {postgres: {postgres_url: 'no url'}}",
        "storage: {sqlite: {base_dir: /nowhere}}",
        "run_storage: {module: a, class: b}",
        "storage: [",
        "",
    ],
)
def test_a_storage_that_is_not_there_or_not_known_is_left_to_dagster(tmp_path: Path, configuration: str) -> None:
    (tmp_path / "dagster.yaml").write_text(configuration)
    with pytest.raises(TablesUnknown), tables_in(tmp_path, variable):
        pass
