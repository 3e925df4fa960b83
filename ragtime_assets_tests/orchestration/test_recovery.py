"""Episodes whose run died for good: asked for again, or named and left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from sqlalchemy import exc

from ragtime_assets.corpus.artifact_index import ArtifactIndex
from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.errors import StoreUnavailable
from ragtime_assets.orchestration.care.recovery import LOOK_LOCK, MOST_ASKED, MOST_DEATHS, PAUSE, go_on_after_deaths
from ragtime_assets.orchestration.forgetting import forget
from ragtime_assets.orchestration.planning import AFTER_A_DEATH, ONCE_IT_PASSED
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.orchestration.tags import AGAIN_TAG, ASKED_AT_TAG, GONE_ON_TAG
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def died(house: House, first: str, last: str | None = None, *, began: bool = True) -> str:
    """A run of these episodes whose process was killed, and that Dagster does not resume any more; its id."""
    tags = {"dagster/max_retries": "0"}
    if last is None:
        tags["dagster/partition"] = first
    else:
        tags |= {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    job = house.definitions.resolve_job_def("ingest_episode")
    run = house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTING, tags=tags)
    if began:
        started = dg.DagsterEvent(event_type_value=dg.DagsterEventType.RUN_START.value, job_name=job.name)
        house.instance.report_dagster_event(started, run.run_id)
    house.instance.report_run_failed(run, "The process of this run is gone.")
    return run.run_id


def asked_by(house: House) -> list[tuple[str, str]]:
    """Episodes and who asked for them, of the requests that wait."""
    return [(one.key, one.by) for one in house.studio.submissions.after(0, 100) if one.run_key is None]


def answered(house: House) -> None:
    """The requests that wait get their runs."""
    waiting = [one.id for one in house.studio.submissions.after(0, 100) if one.run_key is None]
    house.studio.submissions.assign({request: f"by-hand-{request}" for request in waiting})


def as_asked_for() -> dict[str, str]:
    """The tags of a run that makes what is missing, and a report."""
    return {AGAIN_TAG: "episode_report", ASKED_AT_TAG: datetime.now(UTC).isoformat()}


class ClosedIndex(ArtifactIndex):
    """Cannot note chunks, of one episode or of all: its database does not answer."""

    key: str | None = None

    def record(self, envelopes: Iterable[Envelope]) -> None:
        noted = list(envelopes)
        if any(one.asset == "chunks" and self.key in (None, one.key) for one in noted):
            raise StoreUnavailable("the corpus database does not answer")
        super().record(noted)


def test_what_is_left_of_a_batch_is_asked_for_again_each_episode_alone(house: House) -> None:
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    run_id = died(house, *keys)
    assert {one.state for one in statuses(house.studio, house.instance)} == {"queued"}
    assert go_on_after_deaths(house.instance, house.studio) == keys
    assert asked_by(house) == [(key, AFTER_A_DEATH) for key in keys]
    assert {one.state for one in statuses(house.studio, house.instance)} == {"waiting"}
    assert go_on_after_deaths(house.instance, house.studio) == [], "a run is looked at once"
    run = house.instance.get_run_by_id(run_id)
    assert run is not None
    assert run.tags[GONE_ON_TAG] == run_id


def test_an_episode_that_kills_the_process_of_its_own_run_is_named_and_left(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    for _ in range(MOST_DEATHS - 1):
        died(house, key)
        assert go_on_after_deaths(house.instance, house.studio) == [key]
        answered(house)
    died(house, key)
    assert go_on_after_deaths(house.instance, house.studio) == []
    assert asked_by(house) == []
    status = house.status(key)
    assert (status.state, status.phase) == ("failed", "episode_details")
    assert status.error is not None
    assert status.error.error_class == "WorkerDied"
    assert status.error.cause == "The process of this run is gone."
    assert f"ragtime retry {key}" in status.error.remedy


def test_an_episode_whose_run_died_once_and_could_not_be_resumed_is_asked_for_again(house: House) -> None:
    """Dagster gives up for good when the code location is away at the moment at which it would start the retry."""
    (key,) = house.submit(CAPTIONED.page)
    died(house, key)
    assert go_on_after_deaths(house.instance, house.studio) == [key]
    assert asked_by(house) == [(key, AFTER_A_DEATH)]


def test_of_two_looks_at_once_one_asks(house: House) -> None:
    """A daemon that is killed leaves its look to the code location, which goes on with it beside that of the next."""
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    died(house, *keys)
    with house.studio.locks.hold(LOOK_LOCK, "the look of a daemon that was killed"):
        assert go_on_after_deaths(house.instance, house.studio) == []
        assert asked_by(house) == []
    assert go_on_after_deaths(house.instance, house.studio) == keys


def test_a_person_who_retries_an_episode_that_was_left_gives_it_all_its_tries_again(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    for _ in range(MOST_DEATHS):
        died(house, key)
        go_on_after_deaths(house.instance, house.studio)
        answered(house)
    assert house.status(key).state == "failed"
    house.studio.submissions.request([key], by="a person")
    answered(house)
    died(house, key)
    assert go_on_after_deaths(house.instance, house.studio) == [key]


@pytest.mark.parametrize("further", ["a phase was finished", "an answer was kept"])
def test_an_episode_that_got_further_before_its_process_died_is_gone_on_with(house: House, further: str) -> None:
    (key,) = house.submit(CAPTIONED.page)
    for _ in range(MOST_DEATHS - 1):
        died(house, key)
    if further == "a phase was finished":
        assert house.run(key, "episode_details").success
    else:
        house.studio.journals.of(key, "episode_details").keep("unit", "request", "answer")
    died(house, key)
    assert go_on_after_deaths(house.instance, house.studio) == [key]


def test_runs_that_die_before_they_begin_are_asked_for_again_but_not_for_ever(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    for _ in range(MOST_ASKED):
        died(house, key, began=False)
        assert go_on_after_deaths(house.instance, house.studio) == [key]
        answered(house)
    died(house, key, began=False)
    assert go_on_after_deaths(house.instance, house.studio) == []
    assert house.status(key).state == "failed"


def test_what_failed_because_a_store_did_not_answer_is_asked_for_again_after_pauses_that_grow_and_not_for_ever(
    house: House,
) -> None:
    (key,) = house.submit(CAPTIONED.page)
    house.studio.artifact_index = ClosedIndex(house.studio.database)
    assert not house.run(key, tags=as_asked_for()).success
    told = house.status(key)
    assert (told.state, told.error and told.error.error_class) == ("queued", "StoreUnavailable")
    assert told.error
    assert told.error.remedy.startswith("Nothing yet")
    now = datetime.now(UTC)
    for asked in range(MOST_ASKED):
        if asked:
            early = now + PAUSE * 2 ** (asked - 1) - timedelta(seconds=5)
            assert go_on_after_deaths(house.instance, house.studio, early) == []
        late = now + PAUSE * 2**asked
        assert go_on_after_deaths(house.instance, house.studio, late) == [key]
        assert asked_by(house) == [(key, ONCE_IT_PASSED)]
        assert go_on_after_deaths(house.instance, house.studio, late) == [], "one request is enough"
        answered(house)
        assert not house.run(key, tags=as_asked_for()).success
        now = datetime.now(UTC)
    assert go_on_after_deaths(house.instance, house.studio, now + timedelta(minutes=50)) == []
    status = house.status(key)
    assert (status.state, status.error and status.error.error_class) == ("failed", "StoreUnavailable")
    assert status.error
    assert not status.error.remedy.startswith("Nothing yet")


def test_each_episode_of_a_batch_that_a_store_stopped_is_asked_for_again_and_the_others_are_not(house: House) -> None:
    keys = house.submit(CAPTIONED.page, "/no-such-page", UNCAPTIONED.page)
    house.studio.artifact_index = ClosedIndex(house.studio.database)
    assert not house.batch(keys[0], keys[-1], deferred=False).success
    assert go_on_after_deaths(house.instance, house.studio) == [keys[0], keys[2]]
    assert asked_by(house) == [(keys[0], ONCE_IT_PASSED), (keys[2], ONCE_IT_PASSED)]


def test_what_a_store_stopped_in_a_batch_is_gone_on_with_though_the_batch_was_killed_and_resumed(house: House) -> None:
    """The step that stopped it succeeded for the others, so that Dagster does not repeat it."""
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    through = PHASES.index("chunks") + 1
    index = house.studio.artifact_index
    house.studio.artifact_index = closed = ClosedIndex(house.studio.database)
    closed.key = keys[0]
    killed = house.batch(keys[0], keys[-1], *PHASES[:through], deferred=False)
    house.studio.artifact_index = index
    house.studio.store.remove(keys[0], ["chunks"])
    resumed = house.batch(keys[0], keys[-1], *PHASES[through:], deferred=False, resumes=killed)
    assert not resumed.success, "it tells of all that stopped, so that somebody goes on"
    status = house.status(keys[0])
    assert (status.phase, status.error and status.error.error_class) == ("chunks", "StoreUnavailable")
    assert status.evidence
    assert [one.asset for one in status.evidence.standing] == ["chunks"], "nothing behind it was tried"
    assert go_on_after_deaths(house.instance, house.studio) == [keys[0]]
    assert house.run(keys[0], tags=as_asked_for()).success
    assert [house.status(key).state for key in keys] == ["ready", "ready"]


def test_an_older_failure_of_a_phase_does_not_hide_that_the_next_run_died(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    assert not house.run(key).success
    house.studio.submissions.request([key], by="a person")
    answered(house)
    died(house, key)
    assert go_on_after_deaths(house.instance, house.studio) == [key]


def test_an_episode_on_which_another_run_works_is_asked_for_once_that_is_over(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    with house.studio.locks.hold(f"episode-{key}", "another-run"):
        assert not house.run(key).success
        assert go_on_after_deaths(house.instance, house.studio) == []
    assert go_on_after_deaths(house.instance, house.studio) == [key]
    assert asked_by(house) == [(key, ONCE_IT_PASSED)]


def test_a_run_that_resumes_one_that_still_lives_fails_no_phase_that_is_done(house: House, ready: str) -> None:
    """Dagster may take a run for dead that works on; what it then said of each phase would stand for ever."""
    with house.studio.locks.hold(f"episode-{ready}", "the-run-that-lives"):
        result = house.run(ready, tags=as_asked_for())
    assert not result.success
    assert [event.step_key for event in house.events(result, "STEP_FAILURE")] == ["episode_report"]
    assert house.run(ready, "episode_report").success, "the run that lives reports"
    assert house.status(ready).state == "ready"


def test_a_history_that_does_not_answer_while_a_phase_works_is_no_defect_of_the_phase(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    heard = house.speech.transcribe
    severed = exc.OperationalError("insert into event_logs", {}, Exception("server closed the connection unexpectedly"))

    def cut_off(*args: object, **named: object) -> object:
        raise severed

    monkeypatch.setattr(house.speech, "transcribe", cut_off)
    assert not house.run(key).success
    error = house.status(key).error
    assert error is not None
    assert (error.error_class, error.permanent) == ("HistoryUnreachable", False)
    monkeypatch.setattr(house.speech, "transcribe", heard)
    assert go_on_after_deaths(house.instance, house.studio) == [key]
    answered(house)
    assert house.run(key).success
    assert house.status(key).state == "ready"


def test_a_run_of_an_episode_that_was_forgotten_or_never_submitted_keeps_nobody_from_being_gone_on_with(
    house: House,
) -> None:
    forgotten, kept = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    forget(house.studio, house.instance, forgotten)
    died(house, forgotten)
    died(house, "never-submitted")
    died(house, kept, began=False)
    assert go_on_after_deaths(house.instance, house.studio) == [kept]


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_a_run_that_was_cancelled_or_in_which_a_phase_failed_is_left_alone(house: House, state: str) -> None:
    (key,) = house.submit("/nowhere") if state == "failed" else house.submit(CAPTIONED.page)
    if state == "failed":
        assert not house.run(key).success
    else:
        job = house.definitions.resolve_job_def("ingest_episode")
        run = house.instance.create_run_for_job(job, tags={"dagster/partition": key})
        house.instance.report_run_canceled(run)
    assert go_on_after_deaths(house.instance, house.studio) == []
    assert house.status(key).state == state
