"""Every command that takes a KEY takes the start of one, a title or a part of it; and says what may be meant."""

from __future__ import annotations

import json

import pytest

from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import CAPTIONED, House

TAKES_A_KEY = [
    ("status",),
    ("watch",),
    ("retry",),
    ("redo", "--from", "summary"),
    ("edit", "--title", "Another"),
    ("cancel",),
    ("forget", "--yes"),
]


@pytest.mark.parametrize("words", TAKES_A_KEY, ids=lambda words: words[0])
def test_a_part_of_the_title_or_the_start_of_the_key_means_the_episode(
    terminal: Terminal, house: House, ready: str, words: tuple[str, ...]
) -> None:
    command, *options = words
    named = CAPTIONED.title.split(",")[0].upper()
    told = terminal.type(command, named if command == "forget" else ready[:-3], *options)
    assert ready in told or "ready" in told


@pytest.mark.parametrize("words", TAKES_A_KEY, ids=lambda words: words[0])
def test_a_slip_of_the_key_is_told_with_the_key_that_is_near(
    terminal: Terminal, house: House, ready: str, words: tuple[str, ...]
) -> None:
    command, *options = words
    told = terminal.type(command, f"{ready[:-2]}zz", *options, code=2)
    assert "Did you mean" in told
    assert ready in "".join(told.split())
    assert house.status(ready).state == "ready"


def test_search_takes_a_part_of_the_shows_name_and_suggests_the_near_one(
    terminal: Terminal, house: House, ready: str
) -> None:
    show = house.status(ready).show
    assert show
    hits = json.loads(terminal.type("search", "Django Reinhardt", "--show", show.upper()[:-2], "--json"))["hits"]
    assert {hit["show"] for hit in hits} == {show}
    told = terminal.type("search", "Django Reinhardt", "--show", f"{show[:-3]}xx", code=2)
    assert show in " ".join(told.split())


def test_what_may_be_meant_is_listed_for_programs_too(terminal: Terminal, house: House) -> None:
    keys = house.submit("/episodes/one", "/episodes/two")
    refused = json.loads(terminal.type("status", "127-0-0-1", "--json", code=2))["error"]
    assert refused["class"] == "InvalidSubmission"
    assert sorted(one["key"] for one in refused["candidates"]) == sorted(keys)
