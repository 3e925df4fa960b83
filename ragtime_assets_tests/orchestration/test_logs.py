"""Lines of JSON name run and episode; what an episode logs is bounded, in lines and in events."""

from __future__ import annotations

import json

from ragtime_assets_tests.house import House

MOST_EVENTS = 200
"""Of one run through all ten phases of an episode with captions."""
MOST_LINES = 250


def test_a_line_names_its_run_its_step_and_its_episode(house: House) -> None:
    house.studio.settings = house.studio.settings.model_copy(update={"log": "json"})
    (key,) = house.submit("/nothing")
    run = house.run(key)
    written = (house.studio.settings.root / "logs" / "runs.jsonl").read_text().splitlines()
    lines = [json.loads(line) for line in written]
    assert {(line["run"], line["episode"], line["job"]) for line in lines} == {(run.run_id, key, "ingest_episode")}
    assert {"ASSET_OBSERVATION", "STEP_FAILURE"} <= {line.get("event") for line in lines}
    assert len(lines) <= MOST_LINES


def test_no_file_is_written_unless_it_is_asked_for(house: House) -> None:
    (key,) = house.submit("/nothing")
    house.run(key, "episode_details")
    assert not (house.studio.settings.root / "logs" / "runs.jsonl").exists()


def test_the_events_of_an_episode_are_bounded(house: House, ready: str) -> None:
    (run,) = house.instance.get_runs()
    assert len(house.instance.all_logs(run.run_id)) <= MOST_EVENTS, ready
