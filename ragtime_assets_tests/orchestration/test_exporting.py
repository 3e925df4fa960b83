"""The export of the whole corpus: the real job, over episodes that come, change, break and go."""

from __future__ import annotations

import json

import dagster as dg

from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.exporting import JOB
from ragtime_assets.orchestration.forgetting import forget
from ragtime_assets.studio.corpus_export import LOCK, export_corpus, folder_of
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House


def export(house: House) -> dg.ExecuteInProcessResult:
    """A run of the job."""
    return house.definitions.resolve_job_def(JOB).execute_in_process(instance=house.instance, raise_on_error=False)


def told(house: House, result: dg.ExecuteInProcessResult) -> dict[str, object]:
    """What its materialization says."""
    (made,) = house.events(result, "ASSET_MATERIALIZATION")
    return {name: value.value for name, value in made.step_materialization_data.materialization.metadata.items()}


def notes(house: House) -> list[str]:
    return sorted(path.stem for path in (folder_of(house.studio).current / "notes").iterdir())


def test_only_changed_episodes_are_written_again_and_forgotten_ones_are_gone(house: House, ready: str) -> None:
    first = told(house, export(house))
    assert (first["episodes"], first["rewritten"]) == (1, 1)
    assert notes(house) == [CAPTIONED.title]
    current = folder_of(house.studio).current
    assert f"[[{CAPTIONED.title}]]" in (current / "entities" / "Django Reinhardt.md").read_text()
    assert f"[[{CAPTIONED.title}]]" in (current / "shows" / "The Long Chorus.md").read_text()
    (other,) = house.submit(UNCAPTIONED.page)
    assert house.run(other, "episode_details", "audio_file", "transcript").success
    second = told(house, export(house))
    assert (second["episodes"], second["rewritten"], second["gone"]) == (2, 1, 0)
    forget(house.studio, house.instance, ready)
    lines = (folder_of(house.studio).current / "episodes.jsonl").read_text().splitlines()
    assert [json.loads(line)["episode_key"] for line in lines] == [other]
    assert len(notes(house)) == 1
    assert not (current / "entities").exists(), "nobody is named in what was not read yet"
    assert CAPTIONED.title not in (current / "shows" / "The Long Chorus.md").read_text()


def test_an_episode_that_cannot_be_read_stays_as_it_was_and_the_run_fails(house: House, ready: str) -> None:
    assert export(house).success
    summary, envelope = house.studio.store.load(Summary, ready)
    again = house.studio.store.save(ready, summary, inputs=envelope.inputs, code_version="1", run_id="r", seconds=0)
    house.studio.artifact_index.record([again])
    path = house.studio.settings.root / "store" / "artifacts" / Transcript.asset / f"{ready}.json"
    path.write_text("torn")
    result = export(house)
    assert not result.success
    (failure,) = house.events(result, "STEP_FAILURE")
    assert f"transcript of {ready} cannot be read" in str(failure.event_specific_data)
    assert notes(house) == [CAPTIONED.title]


def test_it_tells_how_far_it_is(house: House, ready: str) -> None:
    heard: list[tuple[int, int]] = []
    done = export_corpus(house.studio, lambda count, total: heard.append((count, total)))
    assert heard == [(1, 1)]
    assert (done.episodes, done.rewritten, done.gone, done.unreadable) == (1, 1, 0, [])


def test_two_runs_do_not_write_at_once(house: House, ready: str) -> None:
    with house.studio.locks.hold(LOCK, "another run"):
        assert export(house).success
    assert not folder_of(house.studio).current.exists()


def test_the_schedule_is_off_until_somebody_turns_it_on() -> None:
    schedule = build_definitions().resolve_schedule_def("export_schedule")
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
