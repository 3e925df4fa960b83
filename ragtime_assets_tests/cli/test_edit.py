"""People correct what was read of an episode, and their word survives every new reading."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import CAPTIONED, House


def asked_for(house: House, key: str) -> list[str]:
    return list(house.studio.submissions.after(0, 100)[-1].assets or ())


def test_a_corrected_title_is_shown_everywhere_and_nothing_is_heard_or_read_again(
    house: House, terminal: Terminal, ready: str
) -> None:
    before = house.studio.artifact_index.of([ready])[ready]
    told = terminal.type("edit", ready, "--title", "The right title")
    assert "episode_details, search_index, episode_report" in " ".join(told.split())
    assert asked_for(house, ready) == ["episode_details", "search_index", "episode_report"]
    assert house.run(ready, *asked_for(house, ready)).success
    assert house.status(ready).title == "The right title"
    assert {hit.passage.episode_title for hit in house.studio.index.search.look("Django Reinhardt").passages} == {
        "The right title"
    }
    assert house.status(ready).state == "ready"
    after = house.studio.artifact_index.of([ready])[ready]
    assert after["transcript"] == before["transcript"]


def test_a_correction_survives_a_new_reading_until_it_is_taken_back(
    house: House, terminal: Terminal, ready: str
) -> None:
    terminal.type("edit", ready, "--title", "The right title")
    house.run(ready, "episode_details")
    details, _ = house.studio.store.load(EpisodeDetails, ready)
    assert details.title == "The right title"
    read = details.as_read["title"]
    terminal.type("edit", ready, "--withdraw", "title")
    house.run(ready, "episode_details")
    details, _ = house.studio.store.load(EpisodeDetails, ready)
    assert (details.title, details.as_read) == (read, {})


def test_a_corrected_language_is_heard_and_read_again(house: House, terminal: Terminal, ready: str) -> None:
    terminal.type("edit", ready, "--language", "de")
    assert asked_for(house, ready) == list(PHASES)


@pytest.mark.parametrize("said", ["2026-01-02", "2026-01-02T10:00", "2026-01-02 10:00"])
def test_a_date_without_a_time_zone_is_meant_in_utc(house: House, terminal: Terminal, ready: str, said: str) -> None:
    terminal.type("edit", ready, "--published", said)
    assert house.run(ready, *asked_for(house, ready)).success
    details, _ = house.studio.store.load(EpisodeDetails, ready)
    assert details.published is not None
    assert details.published.isoformat() in ("2026-01-02T00:00:00+00:00", "2026-01-02T10:00:00+00:00")
    assert house.status(ready).state == "ready"


def test_an_episode_that_got_nowhere_goes_on_from_the_correction(house: House, terminal: Terminal) -> None:
    (key,) = house.submit("/nowhere")
    assert not house.run(key, "episode_details").success
    terminal.type("edit", key, "--audio-url", house.base + CAPTIONED.page)
    assert asked_for(house, key) == list(PHASES)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to correct"),
        (("--title", " "), "it is empty"),
        (("--published", "soon"), "published 'soon'"),
        (("--audio-url", "ftp://x/y"), "not an http or https URL"),
        (("--withdraw", "colour"), "'colour' cannot be corrected"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_asked_for(
    house: House, terminal: Terminal, ready: str, words: tuple[str, ...], said: str
) -> None:
    before = len(house.studio.submissions.after(0, 100))
    assert said in " ".join(terminal.type("edit", ready, *words, code=2).split())
    assert len(house.studio.submissions.after(0, 100)) == before
