"""Runs that end before they reported get their reports, each once, whatever kind of run it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
from jsonschema import Draft202012Validator

from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.schemas import schema_of
from ragtime_assets.domain.episode.corrections import checked_corrections
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.domain.links import artifact_url
from ragtime_assets.domain.money.spending import Payer, PlannedCall
from ragtime_assets.errors import Rejected
from ragtime_assets.orchestration.care import reports
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG
from ragtime_assets.orchestration.care.reports import REPORTS_ON_TAG, sweep_ended_runs
from ragtime_assets.orchestration.failures import catching, observation
from ragtime_assets.orchestration.reporting import LAST_EVENTS
from ragtime_assets.orchestration.sensors import report_sensor
from ragtime_assets.orchestration.tags import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG, RUN_KEY_TAG
from ragtime_assets_tests.house import CAPTIONED, House

SOON = timedelta(seconds=10)


def asked(house: House, cursor: str | None = None, later: timedelta = SOON) -> list[dg.RunRequest]:
    """What a sweep asks for that looks a little later than now."""
    return list(sweep_ended_runs(house.instance, house.studio, cursor, datetime.now(UTC) + later).requests)


def launched(house: House, request: dg.RunRequest) -> dg.DagsterRun:
    """The run that Dagster makes of a request, in its queue."""
    tags = {**request.tags, RUN_KEY_TAG: str(request.run_key)}
    if request.partition_key:
        tags[PARTITION_TAG] = request.partition_key
    return house.instance.create_run_for_job(house.definitions.resolve_job_def("report_episode"), tags=tags)


def ended(house: House, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    """A run of everything that ended so, before it made anything."""
    job = house.definitions.resolve_job_def("ingest_episode")
    run = house.instance.create_run_for_job(job, status=status, tags=tags)
    house.instance.add_run_tags(run.run_id, {"test/ended": "now"})  # its time is of the clock then, not a whole second
    return run


def page(house: House, key: str) -> str:
    """The report of an episode."""
    envelope = house.studio.store.envelope(REPORT, key)
    assert envelope is not None
    return str(envelope.payload["markdown"])


def told(house: House, key: str) -> EpisodeReport:
    """The report of an episode, as programs read it."""
    return house.studio.store.load(EpisodeReport, key)[0]


def test_a_report_tells_of_every_phase_and_of_what_happened(house: House, ready: str) -> None:
    report = told(house, ready)
    (run,) = report.runs
    assert report.state == "ready"
    assert run.page.endswith(f"/runs/{run.run_id}")
    assert [(one.asset, one.state, one.attempts, one.run_id) for one in report.phases] == [
        (asset, "done", 1, run.run_id) for asset in PHASES if asset != REPORT
    ]
    for one in report.phases:
        assert one.artifact is not None
        envelope = house.studio.store.envelope(one.asset, ready)
        assert envelope is not None
        assert one.artifact.digest == envelope.digest
        assert one.artifact.url == artifact_url(house.studio.settings.serve_url, one.asset, ready)
    assert 0 < len(report.events) <= LAST_EVENTS
    assert report.started_at is not None
    assert report.ended_at is not None
    assert report.started_at <= report.ended_at
    assert {(check.asset, check.passed) for check in report.checks} >= {("episode_details", True)}
    assert Draft202012Validator(schema_of(REPORT)).is_valid(written(house, ready))


def written(house: House, key: str) -> Any:
    """The file of a report, as it lies there."""
    return json.loads(Path(house.studio.store.path(REPORT, key)).read_text())


def test_a_cancelled_episode_has_a_report_that_says_so(house: House) -> None:
    (key,) = house.submit("/nothing")
    run = ended(house, dg.DagsterRunStatus.CANCELED, **{PARTITION_TAG: key})
    assert house.run(key, REPORT).success
    report = told(house, key)
    assert report.state == "cancelled"
    assert run.run_id in {one.run_id for one in report.runs}


def test_a_rejected_episode_has_a_report_that_says_who_said_no_and_why(house: House, ready: str) -> None:
    approvals = house.studio.approvals
    approvals.ask(ready, "transcript", "c", "always asks", "about $1")
    approvals.decide([ready], Decision.REJECTED, "ella", "a rerun")
    with catching() as caught:
        raise Rejected(f"{ready} was rejected by ella: a rerun", remedy=f"ragtime approve {ready}")
    assert caught.failure is not None
    house.take([])
    house.instance.report_runless_asset_event(observation("transcript", ready, caught.failure))
    assert house.run(ready, REPORT).success
    report = told(house, ready)
    assert report.state == "rejected"
    assert "ella" in page(house, ready)
    assert "a rerun" in page(house, ready)
    assert Draft202012Validator(schema_of(REPORT)).is_valid(written(house, ready))


def test_what_people_said_of_an_episode_is_in_its_report(house: House, ready: str) -> None:
    kept = house.studio
    kept.corrections.correct(ready, checked_corrections({"title": "Another title"}), by="ella")
    kept.approvals.ask(ready, "transcript", "c", "always asks", "about $1")
    kept.approvals.decide([ready], Decision.APPROVED, "ella", "go on")
    kept.ledger.open(PlannedCall(Payer(ready, "summary", "r"), "a", "u", "p", "m", Decimal(1)))
    warned = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("episode_details"),
        check_name="complete",
        passed=False,
        partition=ready,
        description="no date",
    )
    house.instance.report_runless_asset_event(warned)
    assert house.run(ready, REPORT).success
    report = told(house, ready)
    assert "episode_details: complete warns: no date" in report.unresolved
    assert [(one.about, one.said, one.by) for one in report.corrections] == [("title", "Another title", "ella")]
    assert [(one.decision, one.by, one.note) for one in report.decisions] == [("approved", "ella", "go on")]
    assert [one.spent.calls for one in report.phases if one.spent] == [1]


def test_a_failed_run_gets_its_report_once(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    failed = house.run(key)
    assert not failed.success
    (request,) = asked(house)
    assert (request.partition_key, request.tags[REPORTS_ON_TAG]) == (key, failed.run_id)
    assert asked(house)[0].run_key == request.run_key, "Dagster drops what it has seen"
    launched(house, request)
    assert asked(house) == [], "it waits in the queue"
    assert house.run(key, REPORT).success
    assert "404" in page(house, key)
    report = told(house, key)
    assert report.state == "failed"
    assert report.unresolved[0].startswith("episode_details: failed. ")
    assert (report.phases[0].attempts, report.phases[0].run_id) == (1, failed.run_id)
    assert [step.tool for step in report.phases[0].tried] == ["fetch"]
    assert report.unresolved[1].startswith("still to be made: audio_file, transcript, ")
    assert report.runs[0].status == "reporting"
    assert failed.run_id in {run.run_id for run in report.runs if run.status == "failure"}
    assert " writes this report, " in report.markdown
    assert " failed, " in report.markdown
    assert report.events[-1].kind == "failed"


def test_an_episode_that_fails_again_gets_a_new_report(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    house.run(key)
    assert house.run(key, REPORT).success
    assert asked(house) == []
    again = house.run(key)
    assert [request.tags[REPORTS_ON_TAG] for request in asked(house)] == [again.run_id]


def test_a_live_run_that_ended_as_a_duplicate_gets_its_report(house: House) -> None:
    (copy,) = house.submit(CAPTIONED.page)
    (owner,) = house.take([item_submission(f"{house.base}/feed.xml", CAPTIONED.guid)])
    assert house.run(owner, *PHASES[:2], REPORT).success
    assert asked(house) == [], "it wrote its report itself"
    assert house.run(copy).success
    assert house.studio.store.envelope(REPORT, copy) is None, "the run stopped before it"
    (request,) = asked(house)
    assert request.partition_key == copy
    assert house.run(copy, REPORT).success
    assert f"duplicate of {owner}" in page(house, copy)
    assert told(house, copy).state == "duplicate"
    assert house.status(copy).state == "duplicate"
    assert asked(house) == [], "once is enough"


def test_every_episode_of_a_batch_that_was_cancelled_gets_its_report(house: House) -> None:
    """Neighbours in one run: a run for each would take a minute of the queue."""
    keys = house.submit("/nothing/1", "/nothing/2", "/nothing/3", "/nothing/4")
    house.run(keys[2], REPORT)
    span = {RANGE_START_TAG: keys[0], RANGE_END_TAG: keys[3]}
    run = ended(house, dg.DagsterRunStatus.CANCELED, **span)
    assert [_span(request) for request in asked(house)] == [(keys[0], keys[3])], "its report is from before the run"
    house.run(keys[2], REPORT)
    requests = asked(house)
    assert [_span(request) for request in requests] == [(keys[0], keys[1]), (keys[3], keys[3])]
    assert {request.tags[REPORTS_ON_TAG] for request in requests} == {run.run_id}
    launched(house, requests[0])
    house.run(keys[0], REPORT)
    assert [_span(request) for request in asked(house)] == [(keys[3], keys[3])], "the rest is on its way"


def test_a_batch_of_requests_is_known_by_its_run_key(house: House) -> None:
    keys = house.submit("/nothing/1", "/nothing/2")
    house.studio.submissions.request(keys, by="test")
    house.studio.submissions.assign({one.id: "requests-3-4" for one in house.studio.submissions.after(2, 10)})
    ended(house, dg.DagsterRunStatus.FAILURE, **{RUN_KEY_TAG: "requests-3-4"})
    assert [_span(request) for request in asked(house)] == [(keys[0], keys[1])]


def test_a_run_that_is_about_to_be_retried_gets_no_report_yet(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    house.instance.add_run_tags(house.run(key).run_id, {WILL_RETRY_TAG: "true"})
    assert asked(house) == []


def test_a_partition_that_somebody_deleted_holds_up_no_report(house: House) -> None:
    gone, key = house.submit("/no-such-page", "/nor-this")
    for one in (gone, key):
        house.run(one)
    house.instance.delete_dynamic_partition("episodes", gone)
    assert [request.partition_key for request in asked(house)] == [key]


def test_a_report_that_fails_asks_for_no_other(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    job = house.definitions.resolve_job_def("report_episode")
    house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE, tags={PARTITION_TAG: key})
    assert asked(house) == []


def test_a_sweep_goes_on_where_the_last_one_ended_and_misses_nothing(house: House) -> None:
    keys = house.submit(*(f"/nothing/{number}" for number in range(5)))
    for key in keys:
        ended(house, dg.DagsterRunStatus.FAILURE, **{PARTITION_TAG: key})
    seen, cursor, now = list[str](), None, datetime.now(UTC) + SOON
    for _ in range(3):
        sweep = sweep_ended_runs(house.instance, house.studio, cursor, now, most=2)
        assert len(sweep.requests) <= 2
        seen += [str(request.partition_key) for request in sweep.requests]
        cursor = sweep.cursor
    assert seen == keys
    later = now + reports.OVERLAP + SOON
    rest = sweep_ended_runs(house.instance, house.studio, cursor, later)
    assert {str(request.partition_key) for request in rest.requests} <= {keys[-1]}, "the overlap, under its run key"
    assert sweep_ended_runs(house.instance, house.studio, rest.cursor, later).requests == []


def test_runs_that_ended_at_one_moment_are_swept_together(house: House) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    keys = house.submit(*(f"/nothing/{number}" for number in range(5)))
    for key in keys:
        house.instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE, tags={PARTITION_TAG: key})
    seen, cursor, now = list[str](), None, datetime.now(UTC) + SOON
    for _ in range(4):
        sweep = sweep_ended_runs(house.instance, house.studio, cursor, now, most=2)
        seen += [str(request.partition_key) for request in sweep.requests]
        cursor = sweep.cursor
    assert sorted(set(seen)) == sorted(keys)


def test_what_ended_long_ago_is_left_alone(house: House) -> None:
    (key,) = house.submit("/no-such-page")
    house.run(key)
    assert asked(house, later=reports.LOOK_BACK + SOON) == []


def test_the_sensor_hands_on_what_the_sweep_asks_for_and_its_cursor(house: House) -> None:
    with dg.build_sensor_context(instance=house.instance, resources={"kept": house.resources["kept"]}) as context:
        result = report_sensor(context)
    assert isinstance(result, dg.SensorResult)
    assert result.run_requests == []
    assert result.cursor is not None
    assert datetime.now(UTC) - datetime.fromisoformat(result.cursor) < timedelta(minutes=1)


def _span(request: dg.RunRequest) -> tuple[str, str]:
    key = request.partition_key or ""
    return request.tags.get(RANGE_START_TAG, key), request.tags.get(RANGE_END_TAG, key)
