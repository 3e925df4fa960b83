"""Machines whose clocks do not agree: what is kept is dated by the database, and what Dagster dates misleads nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import UtcTime, corpus, metadata
from ragtime_assets.domain.episode.subscription import Selection
from ragtime_assets.errors import TimedOut
from ragtime_assets.orchestration.care.clocks import date_again, note_clock
from ragtime_assets.orchestration.care.liveness import fail_dead_runs
from ragtime_assets.orchestration.care.reports import sweep_ended_runs
from ragtime_assets.orchestration.resources import run_lock, worker_lock
from ragtime_assets.orchestration.tags import CLOCK_TAG
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.clocks import with_clock_off
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House

AN_HOUR = 3_600
NEAR = timedelta(minutes=10)
DUE_LATER = {("feeds", "due_at")}


@pytest.mark.parametrize("hours", [1, -1])
def test_an_episode_fails_is_asked_for_again_and_becomes_ready_on_a_machine_whose_clock_is_an_hour_off(
    tmp_path: Path, samples: str, empty_postgres_url: str, hours: int
) -> None:
    """What failed before it was asked for again, and what is newer than its input, is told by times that are kept."""
    with House.open(tmp_path, samples, database_url=with_clock_off(empty_postgres_url, hours)) as house:
        (key,) = house.submit(UNCAPTIONED.page)
        house.speech.raises = TimedOut("nothing was heard for a minute")
        house.run(key)
        assert house.status(key).state == "failed"
        house.studio.submissions.request([key], by="test")
        assert house.status(key).state == "waiting"
        house.speech.raises = None
        house.take([])
        assert house.run(key).success
        assert house.status(key).state == "ready"

        feeds = house.studio.subscriptions
        feeds.add({f"{samples}/feed.xml": None}, Selection(since=feeds.clock()), by="test")
        (due,) = feeds.take_due(feeds.clock() + timedelta(minutes=15), 10)
        assert feeds.take_due(feeds.clock(), 10) == [], "who took it has it, by whatever clock"
        feeds.fail(due, "404", feeds.clock() + timedelta(hours=1), gone=False)
        assert list(_dated_otherwise(house.studio.database)) == []


@pytest.mark.parametrize("hours", [1, -1])
def test_which_run_was_the_last_one_is_told_by_the_order_of_runs_and_by_no_clock(
    tmp_path: Path, samples: str, empty_postgres_url: str, hours: int
) -> None:
    """A run that made something and was cancelled left the episode cancelled; the next one goes on, and is the last."""
    with House.open(tmp_path, samples, database_url=with_clock_off(empty_postgres_url, hours)) as house:
        (key,) = house.submit(CAPTIONED.page)
        cancelled = _run(house, house.run(key, "episode_details").run_id)
        house.instance.report_run_canceled(cancelled)
        assert house.status(key).state == "cancelled"

        house.run(key, "audio_file")
        assert house.status(key).state == "unfinished", "a later run made something, and nobody goes on"


def test_what_is_to_be_kept_while_the_database_does_not_answer_is_dated_by_this_machine(tmp_path: Path) -> None:
    """An artifact that took an hour is saved, and noted once the database is back."""
    studio = Studio(Settings(home=tmp_path, database_url="postgresql+psycopg2://nobody:nothing@127.0.0.1:1/corpus"))
    assert abs(studio.clock() - datetime.now(UTC)) < NEAR


def test_a_dead_run_that_is_dated_in_the_future_is_failed_now_and_not_when_that_time_has_come(house: House) -> None:
    dead, at_work, begun = (_started(house, timedelta(hours=1)) for _ in range(3))
    with (
        house.studio.locks.hold(run_lock(at_work), at_work),
        house.studio.locks.hold(worker_lock(begun), begun),
    ):
        assert fail_dead_runs(house.instance, house.studio, grace=60, pause=lambda _: None) == [dead]


def test_a_run_that_has_just_begun_on_a_clock_that_is_a_little_fast_is_not_taken_for_dead(house: House) -> None:
    _started(house, timedelta(seconds=20))
    assert fail_dead_runs(house.instance, house.studio, grace=60, pause=lambda _: None) == []


def test_an_end_that_a_late_clock_dates_an_hour_back_still_gets_its_report(house: House) -> None:
    house.submit(CAPTIONED.page)
    run_id = _started(house, timedelta(0))
    run = house.instance.get_run_by_id(run_id)
    assert run is not None
    note_clock(house.instance, run, seconds_off=-AN_HOUR)
    house.instance.report_run_canceled(run)
    _date(house, run_id, datetime.now(UTC) - timedelta(hours=1))
    cursor, later = datetime.now(UTC).isoformat(), datetime.now(UTC) + timedelta(minutes=1)
    assert sweep_ended_runs(house.instance, house.studio, cursor, later).requests == []

    assert date_again(house.instance) == [run_id]
    (asked,) = sweep_ended_runs(house.instance, house.studio, cursor, later).requests
    assert run_id in (asked.run_key or "")
    assert date_again(house.instance) == [], "once"


def test_a_run_says_whether_the_clock_of_its_machine_was_off(house: House) -> None:
    """A retry, which has the tags of its parent, may be worked on by a machine whose clock is right."""
    off, agreed = (_run(house, _started(house, timedelta(0))) for _ in range(2))
    note_clock(house.instance, off, seconds_off=AN_HOUR)
    note_clock(house.instance, agreed, seconds_off=2)
    tagged = _run(house, off.run_id)
    assert tagged.tags[CLOCK_TAG] == "off"
    assert CLOCK_TAG not in _run(house, agreed.run_id).tags
    events = house.instance.get_records_for_run(off.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    assert "+3600 s off" in events[-1].event_log_entry.message
    note_clock(house.instance, tagged, seconds_off=0)
    assert _run(house, off.run_id).tags[CLOCK_TAG] == "right"


def _started(house: House, ahead: timedelta) -> str:
    """A run at work, dated by a clock that is so much ahead."""
    job = house.definitions.resolve_job_def("ingest_episode")
    tags = {"dagster/partition": key} if (key := next(iter(house.studio.submissions.keys()), None)) else {}
    run = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)
    _date(house, run.run_id, datetime.now(UTC) + ahead)
    return run.run_id


def _date(house: House, run_id: str, when: datetime) -> None:
    with house.instance.run_storage.connect() as connection:  # type: ignore[attr-defined]
        moment = when.strftime("%Y-%m-%d %H:%M:%S.%f")
        connection.execute(
            sa.text("update runs set update_timestamp = :moment where run_id = :id"), {"moment": moment, "id": run_id}
        )


def _run(house: House, run_id: str) -> dg.DagsterRun:
    found = house.instance.get_run_by_id(run_id)
    assert found is not None
    return found


def _dated_otherwise(database: Database) -> Iterator[str]:
    """The times in the tables that are not those of the database."""
    now = database.clock()
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if (
                    isinstance(column.type, UtcTime)
                    and table is not corpus
                    and (table.name, column.name) not in DUE_LATER
                ):
                    for moment in connection.execute(sa.select(column).where(column.is_not(None))).scalars():
                        if abs(moment - now) > NEAR:
                            yield f"{table.name}.{column.name} {moment}, now {now}"
