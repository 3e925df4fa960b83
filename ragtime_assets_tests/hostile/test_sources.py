"""Hostile publishers, through the whole graph: each ends in its own named error, or is borne, and harms nobody else."""

from __future__ import annotations

import dagster as dg
import pytest

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.graph import PHASES, downstream
from ragtime_assets.errors import TransientError
from ragtime_assets.orchestration.status import statuses
from ragtime_assets_tests.hostile.attacks import ATTACKS, MP3, Attack
from ragtime_assets_tests.hostile.conftest import OpenHouse, hasty
from ragtime_assets_tests.hostile.leftovers import assert_nothing_half_written, everything
from ragtime_assets_tests.hostile.nuisances import NUISANCES, Nuisance
from ragtime_assets_tests.hostile.web import Web
from ragtime_assets_tests.house import House

LISTENING = ("episode_details", "audio_file", "transcript")


def assert_told(house: House, result: dg.ExecuteInProcessResult, key: str, attack: Attack) -> None:
    """The same error on the step, on the episode's partition and in `status`, with what was tried and what to do."""
    status = house.status(key)
    error = status.error
    assert error is not None
    assert (status.state, status.phase, error.error_class) == ("failed", attack.phase, attack.error.__name__)
    assert attack.says in error.message
    assert error.permanent is not issubclass(attack.error, TransientError)
    assert error.remedy
    assert "KEY" not in error.remedy
    told = {"error": error.error_class, "message": error.message, "what_to_do": error.remedy}
    (failed,) = house.events(result, "STEP_FAILURE")
    assert failed.step_key == attack.phase
    assert failed.step_failure_data.user_failure_data is not None
    on_step = failed.step_failure_data.user_failure_data.metadata
    assert {name: on_step[name].value for name in told} == told
    observed = [event.asset_observation_data.asset_observation for event in house.events(result, "ASSET_OBSERVATION")]
    (on_episode,) = [one.metadata for one in observed if one.partition == key and "error" in one.metadata]
    assert {name: on_episode[name].value for name in told} == told


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_ends_in_its_own_error_with_a_remedy_and_leaves_nothing(
    attack: Attack, web: Web, canary: Web, shared_house: House
) -> None:
    house = shared_house
    house.studio.web.fetcher = hasty(web, attack.seconds)
    blobs = everything(house.studio.settings.root / "store" / "blobs")
    (key,) = house.take([attack.prepare(web, canary)])
    result = house.run(key, *LISTENING)
    assert_told(house, result, key, attack)
    never_made = downstream(frozenset({attack.phase}))
    assert {asset for asset, _ in house.made(result)} == set(LISTENING) - never_made
    assert all(house.studio.store.envelope(asset, key) is None for asset in never_made)
    assert everything(house.studio.settings.root / "store" / "blobs") == blobs
    assert_nothing_half_written(house)
    assert canary.requests == []


@pytest.mark.parametrize("nuisance", NUISANCES, ids=lambda nuisance: nuisance.name)
def test_a_nuisance_is_borne_and_noted(nuisance: Nuisance, web: Web, canary: Web, shared_house: House) -> None:
    house = shared_house
    house.studio.web.fetcher = hasty(web, 10)
    (key,) = house.take([nuisance.prepare(web, canary)])
    assert house.run(key, *LISTENING).success, house.status(key).error
    nuisance.check(house, key)
    assert_nothing_half_written(house)
    assert canary.requests == []


def test_attacks_in_a_batch_leave_the_other_episodes_untouched(web: Web, canary: Web, open_house: OpenHouse) -> None:
    with open_house(seconds=5.0) as house:
        (before,) = house.take([web.item("before")])
        assert house.run(before).success
        untouched = {asset: house.studio.store.envelope(asset, before) for asset in PHASES}
        attacked = house.take(one.prepare(web, canary) for one in ATTACKS)
        (after,) = house.take([web.item("after")])
        result = house.batch(attacked[0], after)

        expected = {key: attack.error.__name__ for key, attack in zip(attacked, ATTACKS, strict=True)}
        assert {asset: house.studio.store.envelope(asset, before) for asset in PHASES} == untouched
        found = {one.key: one for one in statuses(house.studio, house.instance)}
        assert [found[key].state for key in (before, after)] == ["ready", "ready"]
        assert {key: one.error.error_class for key, one in found.items() if one.error} == expected
        assert all(found[key].state == "failed" for key in attacked)
        (failed,) = house.events(result, "STEP_FAILURE")
        assert failed.step_failure_data.user_failure_data is not None
        named = failed.step_failure_data.user_failure_data.metadata["episodes"].value
        assert {key: one["error_class"] for key, one in named.items()} == expected
        assert_nothing_half_written(house)


def test_captions_that_cannot_be_used_are_an_error_when_nothing_else_is_allowed(
    web: Web, canary: Web, open_house: OpenHouse
) -> None:
    with open_house(transcriber="publisher") as house:
        (key,) = house.take([web.item("insist", captions=f"{canary.base}/captions.vtt")])
        assert not house.run(key, *LISTENING).success
        error = house.status(key).error
        assert error is not None
        assert error.error_class == "InvalidCaptions"
        assert "/captions.vtt passed over: 127.0.0.1 leads to 127.0.0.1" in error.message
        assert (
            error.remedy == f"Set RAGTIME_TRANSCRIBER=whisper to listen instead, then `ragtime retry {key} --rebind`."
        )


def test_truncated_audio_is_warned_of_on_its_asset(web: Web, shared_house: House) -> None:
    house = shared_house
    cut = web.serves("/cut/a", MP3[:70_000], "audio/mpeg")
    (key,) = house.take([web.item("cut", audio=cut, extra="<itunes:duration>159</itunes:duration>")])
    result = house.run(key, "episode_details", "audio_file")
    (told,) = [
        event.asset_check_evaluation_data
        for event in house.events(result, "ASSET_CHECK_EVALUATION")
        if event.asset_check_evaluation_data.asset_key == dg.AssetKey(AudioFile.asset)
    ]
    assert not told.passed
    assert told.severity == dg.AssetCheckSeverity.WARN
