"""Many episodes in one run: the good are made, and the bad are named."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import pytest

from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.steps.run import selected
from ragtime_assets_tests.house import House
from ragtime_assets_tests.shows import guid, serve_show

EPISODES = 20


def test_of_twenty_episodes_of_which_every_third_fails_those_are_named_and_the_others_made(tmp_path: Path) -> None:
    with serve_show(EPISODES) as base, House.open(tmp_path, base) as house:
        names = [f"nowhere-{number}" if number % 3 == 0 else guid(number) for number in range(EPISODES)]
        keys = house.take(item_submission(f"{base}/feed.xml", name) for name in names)
        bad = set(keys[::3])
        run = house.batch(keys[0], keys[-1], "episode_details", checks=False)
        assert {key for _, key in house.made(run)} == set(keys) - bad
        assert {key for key in keys if house.status(key).state == "failed"} == bad


@pytest.mark.parametrize(
    ("steps", "made"),
    [(None, {*PHASES, REPORT}), (["summary", "episode_report"], {"summary", "episode_report"})],
    ids=["whole", "from the failed step on"],
)
def test_a_run_that_somebody_starts_again_from_its_failed_step_is_of_that_step_and_those_behind(
    steps: list[str] | None, made: set[str]
) -> None:
    job = build_definitions().resolve_job_def("ingest_episode")
    run = dg.DagsterRun(job_name=job.name, step_keys_to_execute=steps)
    assert selected(cast(Any, SimpleNamespace(job_def=job, run=run))) == made
