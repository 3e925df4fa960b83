"""Who listens, who halts, and who waits, while a machine has one place for speech."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import dagster as dg
import pytest

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.listening import place_lock
from ragtime_assets.orchestration.planning import LIVE_UP_TO
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.tags import AGAIN_TAG, PLACE_TAG
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House

HEARD = PHASES[:3]
WAITING = "waiting for speech"


@pytest.fixture(autouse=True)
def takes_all_cores(house: House) -> None:
    house.speech.place = "speech"


@pytest.fixture
def taken(house: House) -> Iterator[None]:
    """Another run listens on this machine."""
    with house.studio.locks.hold(place_lock("speech"), "the-other-run"):
        yield


def asked(house: House) -> list[tuple[str, tuple[str, ...] | None]]:
    """The episodes that a place was asked for, and for which assets."""
    with house.studio.database.reading() as connection:
        rows = connection.exec_driver_sql("select id from requests where place = 'speech'").scalars().all()
    return [(one.key, one.assets) for one in house.studio.submissions.after(0, 100) if one.id in rows]


def test_a_run_that_finds_the_place_free_listens_and_gives_it_back(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    assert house.run(key).success
    assert house.speech.heard == 1
    assert house.status(key).state == "ready"
    assert not house.studio.locks.is_held(place_lock("speech"))
    assert asked(house) == []


@pytest.mark.usefixtures("taken")
def test_a_run_that_finds_the_place_taken_halts_green_and_asks_for_the_rest_once(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    for _ in range(2):
        result = house.run(key, tags={AGAIN_TAG: REPORT})
        assert result.success
        assert "chunks" in {event.step_key for event in house.events(result, "STEP_SKIPPED")}
    assert house.status(key).phases["transcript"].state == WAITING
    (halted,) = History(house.instance).failures([key])[key]
    assert "run the-other-run listens" in halted.failure.message
    assert "starts when the place is free" in halted.failure.remedy
    assert house.speech.heard == 0
    assert asked(house) == [(key, None)]


@pytest.mark.usefixtures("taken")
def test_what_somebody_materialises_by_hand_is_asked_for_by_name(house: House) -> None:
    """`dagster asset materialize` of phases that are there already would else be forgotten."""
    (key,) = house.submit(UNCAPTIONED.page)
    assert house.run(key, *HEARD, "chunks").success
    assert asked(house) == [(key, ("transcript", "chunks"))]


@pytest.mark.usefixtures("taken")
def test_captions_never_wait_behind_speech(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    assert house.run(key).success
    assert house.status(key).state == "ready"


@pytest.mark.usefixtures("taken")
def test_an_engine_that_listens_elsewhere_never_waits_behind_speech(house: House) -> None:
    house.speech.place = None
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    assert house.batch(*keys).success
    assert house.speech.heard == 1


def test_a_run_of_many_listens_to_none_and_goes_on_with_the_others(house: House) -> None:
    captioned, uncaptioned = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    result = house.batch(captioned, uncaptioned)
    assert result.success
    assert house.status(captioned).state == "ready"
    assert house.status(uncaptioned).phases["transcript"].state == WAITING
    assert {asset for asset, key in house.made(result) if key == uncaptioned} == {"episode_details", "audio_file"}
    assert not house.studio.locks.is_held(f"episode-{uncaptioned}")
    assert [key for key, _ in asked(house)] == [uncaptioned]


def test_a_run_for_the_place_waits_until_it_is_free_and_then_makes_the_rest(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    held, free = threading.Event(), threading.Event()

    def listen() -> None:
        with house.studio.locks.hold(place_lock("speech"), "the-other-run"):
            held.set()
            free.wait(60)

    other = threading.Thread(target=listen)
    other.start()
    assert held.wait(60)
    threading.Timer(1.5, free.set).start()
    result = house.run(key, tags={PLACE_TAG: "speech"})
    other.join()
    assert result.success
    assert house.status(key).state == "ready"
    assert asked(house) == []


def test_the_rest_is_asked_for_in_runs_of_one_episode_that_carry_the_place(house: House) -> None:
    keys = house.submit(*(f"{UNCAPTIONED.page}?copy={number}" for number in range(LIVE_UP_TO + 1)))
    read = house.studio.submissions.after(0, 100)[-1].id
    for key in keys:
        house.studio.submissions.request([key], by="transcript", place="speech")
    resources = {"kept": house.resources["kept"]}
    with dg.build_sensor_context(instance=house.instance, cursor=str(read), resources=resources) as context:
        answer = submission_sensor(context)
    assert isinstance(answer, dg.SensorResult)
    launched = [(run.partition_key, run.tags.get(PLACE_TAG)) for run in answer.run_requests or ()]
    assert launched == [(key, "speech") for key in keys]
