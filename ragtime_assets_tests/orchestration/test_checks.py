"""Each check warns of its own fixture, and stops nothing."""

from __future__ import annotations

import dagster as dg
import pytest

from ragtime_assets.domain.audio_file import AudioFile
from ragtime_assets.domain.episode_details import EpisodeDetails
from ragtime_assets.domain.transcript import Transcript
from ragtime_assets_tests.house import CAPTIONED, House


def evaluations(house: House, result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    found = [event.asset_check_evaluation_data for event in house.events(result, "ASSET_CHECK_EVALUATION")]
    assert all(one.severity == dg.AssetCheckSeverity.WARN for one in found)
    return {f"{one.asset_key.to_user_string()}_{one.check_name}": one.passed for one in found}


def check(house: House, key: str) -> dict[str, bool]:
    """Run the three checks alone."""
    job = house.definitions.resolve_job_def("ingest_episode")
    names = ["episode_details_complete", "audio_file_plausible", "transcript_plausible"]
    result = job.execute_in_process(instance=house.instance, partition_key=key, op_selection=names)
    return evaluations(house, result)


def test_a_sound_episode_passes_every_check(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    assert evaluations(house, house.run(key)) == {
        "episode_details_complete": True,
        "audio_file_plausible": True,
        "transcript_plausible": True,
    }


@pytest.mark.parametrize(
    ("kind", "change", "failing"),
    [
        (EpisodeDetails, {"show": None}, "episode_details_complete"),
        (EpisodeDetails, {"duration": 3_600.0}, "audio_file_plausible"),
        (Transcript, {"segments": ()}, "transcript_plausible"),
    ],
)
def test_an_odd_artifact_warns_and_stops_nothing(
    house: House, kind: type[EpisodeDetails | AudioFile | Transcript], change: dict[str, object], failing: str
) -> None:
    (key,) = house.submit(CAPTIONED.page)
    assert house.run(key).success
    artifact, envelope = house.studio.store.load(kind, key)
    odd = artifact.model_copy(update=change)
    house.studio.store.save(key, odd, inputs=envelope.inputs, code_version="1", run_id="x", seconds=0)
    passed = check(house, key)
    assert [name for name, ok in passed.items() if not ok] == [failing]
