"""Old runs go when nothing stands on them; what status, history and Dagster tell of episodes stays as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.orchestration.care.pruning import prune, prune_schedule
from ragtime_assets.orchestration.episode_runs import runs_of_episode
from ragtime_assets_tests.house import House

LATER = datetime.now(UTC) + timedelta(days=10)


def removed(house: House, days: int = 5) -> set[str]:
    return set(prune(house.instance, house.studio, days, LATER).removed)


def test_a_run_goes_when_all_that_it_made_was_made_again(house: House) -> None:
    (key,) = house.submit("/feed.xml")
    first = house.run(key, REPORT)
    second = house.run(key, REPORT)
    assert removed(house, days=30) == set(), "it is too young"
    before = house.status(key)
    assert removed(house) == {first.run_id}
    assert house.status(key).state == before.state
    assert [run.run_id for run in runs_of_episode(house.studio, house.instance, key)] == [second.run_id]
    made = house.instance.get_latest_materialization_event(dg.AssetKey(REPORT))
    assert made is not None
    assert made.run_id == second.run_id
    assert not list(Path(house.instance.root_directory).rglob(f"*{first.run_id}*"))


def test_a_run_stays_whose_artifacts_are_those_that_are_there(house: House, ready: str) -> None:
    house.run(ready, "chunks")
    assert removed(house) == set()
    assert all(house.status(ready).phases[asset].state == "done" for asset in PHASES if asset != REPORT)


def test_what_has_to_stay_keeps_no_night_from_what_may_go(house: House, ready: str) -> None:
    assert ready
    polled = house.definitions.resolve_job_def("poll_feeds")
    gone = [house.instance.create_run_for_job(polled, status=dg.DagsterRunStatus.SUCCESS).run_id for _ in range(3)]
    nights = [prune(house.instance, house.studio, 5, LATER, most=2).removed for _ in range(3)]
    assert nights == [gone[:2], gone[2:], []]


def test_a_run_stays_while_its_failure_stands_and_goes_when_it_failed_again(house: House) -> None:
    (key,) = house.submit("/nothing")
    first = house.run(key)
    second = house.run(key)
    assert removed(house) == {first.run_id}
    assert house.status(key).state == "failed"
    assert house.status(key).run_id == second.run_id


def test_runs_of_no_episode_go_by_their_age_and_those_of_others_stay(house: House) -> None:
    polled = house.definitions.resolve_job_def("poll_feeds")
    gone = house.instance.create_run_for_job(polled, status=dg.DagsterRunStatus.SUCCESS)
    flying = house.instance.create_run_for_job(polled, status=dg.DagsterRunStatus.STARTED)

    @dg.job
    def somebody_else_s() -> None:
        """No job of ours."""

    other = house.instance.create_run_for_job(somebody_else_s, status=dg.DagsterRunStatus.SUCCESS)
    assert removed(house) == {gone.run_id}
    assert {run.run_id for run in house.instance.get_runs()} == {flying.run_id, other.run_id}


def test_nothing_is_removed_unless_it_is_asked_for(house: House) -> None:
    context = dg.build_schedule_context(house.instance, resources={"kept": house.studio})
    asked = prune_schedule.evaluate_tick(context)
    assert "RAGTIME_KEEP_RUNS_DAYS is not set" in str(asked.skip_message)
