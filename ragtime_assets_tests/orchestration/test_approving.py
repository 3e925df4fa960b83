"""Before money is spent a person says yes: by command, or in Dagster's UI; and the history tells who did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.orchestration.approving import APPROVAL, approval_sensor
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.tags import AGAIN_TAG
from ragtime_assets_tests.house import UNCAPTIONED, House, copied

WAITING = "waiting for approval"
FETCHED = ("episode_details", "audio_file")


@pytest.fixture
def house(tmp_path: Path, samples: str) -> Iterator[House]:
    """Every episode waits for a yes."""
    with House.open(tmp_path, samples, approval="always") as house:
        yield house


@pytest.fixture
def waiting(house: House) -> str:
    """An episode that waits for a yes."""
    (key,) = house.submit(UNCAPTIONED.page)
    assert house.run(key).success, "a halt is no failure"
    return key


def look(house: House, cursor: str | None = None) -> dg.SensorResult:
    """One tick of the sensor."""
    context = dg.build_sensor_context(
        house.instance, cursor=cursor, resources={"kept": house.studio}, definitions=house.definitions
    )
    result = approval_sensor(context)
    assert isinstance(result, dg.SensorResult)
    return result


def told(house: House, key: str) -> list[str]:
    """What the history of the gate says of an episode, the oldest first."""
    records = house.instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey(APPROVAL), asset_partitions=[key]), limit=10, ascending=True
    ).records
    return [one.asset_materialization.description or "" for one in records if one.asset_materialization]


def test_nothing_is_heard_or_read_before_a_yes_and_status_says_why_and_how(house: House, waiting: str) -> None:
    assert house.speech.heard == 0
    status = house.status(waiting)
    assert (status.state, status.phase) == (WAITING, "transcript")
    assert status.error is not None
    assert "every episode is approved first" in status.error.message
    assert "of audio" in status.error.message
    assert f"ragtime approve {waiting}" in status.error.remedy


def test_after_a_yes_the_episode_goes_on_and_nothing_is_fetched_again(house: House, waiting: str) -> None:
    house.studio.approvals.decide([waiting], Decision.APPROVED, "anna")
    assert house.status(waiting).state == "waiting", "for its run"
    house.take([])
    result = house.run(waiting, *PHASES, tags={AGAIN_TAG: REPORT})
    assert result.success
    assert house.status(waiting).state == "ready"
    assert house.speech.heard == 1
    details, _ = house.studio.store.load(AudioFile, waiting)
    assert details.low_confidence is False


def test_a_no_is_a_state_of_its_own_until_it_is_taken_back(house: House, waiting: str) -> None:
    house.studio.approvals.decide([waiting], Decision.REJECTED, "anna", "a rerun")
    house.take([])
    for _ in range(2):
        assert house.run(waiting, *PHASES[2:], tags={AGAIN_TAG: REPORT}).success
        assert house.status(waiting).state == "rejected"
    assert house.speech.heard == 0
    (halt,) = History(house.instance).failures([waiting])[waiting]
    assert "rejected by anna" in halt.failure.message
    assert "a rerun" in halt.failure.message
    house.studio.approvals.decide([waiting], Decision.APPROVED, "anna")
    house.take([])
    assert house.run(waiting, *PHASES[2:], tags={AGAIN_TAG: REPORT}).success
    assert house.status(waiting).state == "ready"


def test_redo_of_what_was_approved_asks_nobody_again(house: House, waiting: str) -> None:
    house.studio.approvals.decide([waiting], Decision.APPROVED, "anna")
    assert house.run(waiting, "transcript").success
    assert house.run(waiting, "transcript").success
    assert house.speech.heard == 2


def test_to_report_a_materialization_in_the_ui_is_to_say_yes(house: House, waiting: str) -> None:
    house.instance.report_runless_asset_event(dg.AssetMaterialization(APPROVAL, partition=waiting))
    first = look(house)
    assert house.studio.approvals.waiting() == []
    assert [one.key for one in house.studio.submissions.after(1, 10)] == [waiting]
    again = look(house, first.cursor)
    look(house, again.cursor)
    assert len(house.studio.submissions.after(1, 10)) == 1
    assert ["approved by Dagster's UI" in one for one in told(house, waiting)] == [False, True]


def test_what_was_decided_by_command_stands_in_the_history_once(house: House, waiting: str) -> None:
    house.studio.approvals.decide([waiting], Decision.REJECTED, "anna", "too long")
    cursor = look(house).cursor
    cursor = look(house, cursor).cursor
    look(house, cursor)
    (only,) = told(house, waiting)
    assert only.startswith("rejected by anna at ")
    assert only.endswith(": too long")
    assert house.studio.approvals.newest([waiting])[waiting].decision is Decision.REJECTED, "our own report is no yes"


def test_a_yes_in_the_ui_to_an_episode_that_does_not_wait_is_said_and_changes_nothing(house: House) -> None:
    (key,) = house.submit("/nothing")
    house.instance.report_runless_asset_event(dg.AssetMaterialization(APPROVAL, partition=key))
    said = look(house).skip_reason
    assert said is not None
    assert "does not wait for approval" in said.skip_message


def test_of_a_batch_each_episode_waits_for_itself(house: House) -> None:
    keys = house.submit(UNCAPTIONED.page, "/nothing")
    result = house.batch(*keys, *FETCHED, "transcript", checks=False)
    assert house.status(keys[0]).state == WAITING
    assert house.status(keys[1]).state == "failed"
    assert not result.success, "for the second, which is not there"


def test_without_the_setting_a_rejected_episode_stays_rejected_and_others_are_not_asked(
    house: House, waiting: str, tmp_path: Path
) -> None:
    house.studio.approvals.decide([waiting], Decision.REJECTED, "anna")
    house.take([])
    with House.open(tmp_path, house.base) as now:
        assert now.run(waiting, "transcript").success
        assert now.status(waiting).state == "rejected"
        (other,) = now.take([])[:1] or now.submit("/nothing")
        with pytest.raises(InvalidSubmission):
            now.studio.approvals.decide([other], Decision.APPROVED, "anna")


@pytest.mark.parametrize("phase", ["summary", "entities"])
def test_the_gate_stands_before_any_phase_on_a_corpus_that_is_there_and_asks_once_for_the_same(
    furnished: tuple[Path, str], tmp_path: Path, samples: str, phase: str
) -> None:
    copied(furnished[0], tmp_path)
    key = furnished[1]
    with House.open(tmp_path, samples, approval="always", approval_before=phase) as house:
        before = house.studio.artifact_index.of([key])[key][phase].run_id
        for _ in range(2):
            assert house.run(key, phase).success, "a halt is no failure"
        (asked,) = house.studio.approvals.waiting()
        assert (asked.asset, house.status(key).state) == (phase, WAITING)
        for _ in range(2):
            house.studio.approvals.decide([key], Decision.APPROVED, "anna")
        house.take([])
        assert house.run(key, phase).success
        assert house.studio.artifact_index.of([key])[key][phase].run_id != before
        assert house.run(key, phase).success
        assert house.studio.approvals.waiting() == [], "the same inputs never ask twice"
        transcript, envelope = house.studio.store.load(Transcript, key)
        other = transcript.model_copy(update={"segments": transcript.segments[:-1]})
        house.studio.store.save(key, other, inputs=envelope.inputs, code_version="1", run_id="by hand", seconds=0)
        assert house.run(key, phase).success
        assert [one.covers for one in house.studio.approvals.waiting()] != [asked.covers]
        assert len(house.studio.approvals.waiting()) == 1, "others ask again"


def test_before_the_audio_nothing_is_fetched_and_its_length_is_the_feeds(tmp_path: Path, samples: str) -> None:
    with House.open(tmp_path, samples, approval="always", approval_before="audio_file") as house:
        (key,) = house.submit(UNCAPTIONED.page)
        assert house.run(key, *FETCHED).success
        assert house.status(key).state == WAITING
        assert set(house.studio.artifact_index.of([key])[key]) == {"episode_details"}
        assert "audio" in house.studio.approvals.waiting()[0].estimate
        assert not house.studio.settings.asks_about_audio, (
            "audio that may be another's is refused: nobody would be asked"
        )
        house.studio.approvals.decide([key], Decision.APPROVED, "anna")
        house.take([])
        assert house.run(key, *FETCHED).success
        assert "audio_file" in house.studio.artifact_index.of([key])[key]


def test_twenty_decisions_are_heard_and_told_in_one_look(house: House) -> None:
    keys = house.submit(*(f"/nothing-{number}" for number in range(20)))
    for key in keys:
        house.studio.approvals.ask(key, "transcript", "a" * 64, "every episode is approved first", "1:00 of audio")
        house.instance.report_runless_asset_event(dg.AssetMaterialization(APPROVAL, partition=key))
    last = house.studio.submissions.after(0, 100)[-1].id
    first = look(house)
    assert house.studio.approvals.waiting() == []
    assert {one.key for one in house.studio.submissions.after(last, 100)} == set(keys)
    look(house, first.cursor)
    assert len(house.studio.submissions.after(last, 100)) == 20
    assert all(len(told(house, key)) == 2 for key in keys)
