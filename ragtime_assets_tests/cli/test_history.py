"""`ragtime history KEY` lists every run of an episode, whoever launched it."""

from __future__ import annotations

import json

from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House


def test_every_run_is_told_with_what_it_made_the_newest_first(house: House, terminal: Terminal, ready: str) -> None:
    again = house.run(ready, "chunks")
    runs = json.loads(terminal.type("history", ready, "--json"))["runs"]
    assert [run["made"] for run in runs] == [["chunks"], list(PHASES)]
    assert runs[0]["run_id"] == again.run_id
    assert {run["status"] for run in runs} == {"success"}
    assert "/runs/" in runs[0]["run_page"]


def test_a_run_of_many_tells_of_this_episode_alone_and_why_it_stopped(house: House, terminal: Terminal) -> None:
    keys = house.submit("/nothing", "/nothing/2")
    house.batch(*keys, "episode_details", checks=False)
    (run,) = json.loads(terminal.type("history", keys[0], "--json"))["runs"]
    assert run["of_many"] is True
    assert run["made"] == []
    assert run["stopped"]["episode_details"]["class"] == "SourceGone"
    shown = " ".join(terminal.type("history", keys[0]).split())
    assert "one of many episodes" in shown
    assert "episode_details: SourceGone:" in shown


def test_a_title_with_brackets_is_shown_as_it_is(house: House, terminal: Terminal, ready: str) -> None:
    terminal.type("edit", ready, "--title", "Live [/bold] in [red]Paris")
    assert house.run(ready, "episode_details").success
    assert "Live [/bold] in [red]Paris" in terminal.type("history", ready)


def test_an_episode_that_no_run_was_about_says_so(house: House, terminal: Terminal) -> None:
    (key,) = house.submit("/nothing")
    assert "No run was about it yet." in terminal.type("history", key)
