"""`ragtime status` over many episodes: what is chosen, what is on a page, how it ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from ragtime_assets.cli.status import ON_A_PAGE
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.states import STATES
from ragtime_assets.errors import Halt
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House


def keys_in(terminal: Terminal, *words: str, code: int = 0) -> list[str]:
    """The episodes of `ragtime status WORDS --json`."""
    return [one["key"] for one in json.loads(terminal.type("status", *words, "--json", code=code))["episodes"]]


def test_what_failed_is_named_by_its_title_and_ends_with_1(terminal: Terminal, house: House, ready: str) -> None:
    assert "No episode failed." in terminal.type("status", "--failed")
    house.studio.submissions.request([ready], by="test", assets=["chunks"])
    house.studio.submissions.assign({2: "by-hand"})
    title = house.status(ready).title
    assert title
    told = " ".join(terminal.type("status", "--failed", code=1).split())
    assert title in told
    assert ready in told
    assert keys_in(terminal, "--failed", code=1) == [ready]


def test_a_state_a_show_and_a_day_choose_among_the_episodes(terminal: Terminal, house: House, ready: str) -> None:
    (unfinished,) = house.submit("/somewhere")
    assert keys_in(terminal, "--state", "ready") == [ready]
    assert sorted(keys_in(terminal, "--state", "ready", "--state", "unfinished")) == sorted([ready, unfinished])
    assert keys_in(terminal, "--show", house.status(ready).show or "") == [ready]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert keys_in(terminal, "--since", tomorrow) == []
    for beginning in ("2026-01-01", "2026-01", "2026"):
        assert len(keys_in(terminal, "--since", beginning)) == 2
    assert "None of 2 episodes is such." in terminal.type("status", "--since", tomorrow)


@pytest.mark.parametrize("words", [("--state", "tired"), ("--show", "No such"), ("--since", "soon")])
def test_a_choice_that_cannot_be_is_refused(terminal: Terminal, words: tuple[str, ...]) -> None:
    assert "What to do:" in terminal.type("status", *words, code=2)


def test_the_newest_are_on_the_first_page_and_each_page_names_the_next(terminal: Terminal, house: House) -> None:
    keys = house.submit(*(f"/episodes/{number}" for number in range(ON_A_PAGE + 1)))
    first = terminal.type("status")
    assert keys[0] not in first
    assert all(key in first for key in keys[1:])
    assert "Page 1 of 2; --page 2 has older ones" in first
    second = terminal.type("status", "--page", "2")
    assert [key for key in keys if key in second.split()] == [keys[0]]
    assert "Page 2 of 2;" in second
    assert len(keys_in(terminal)) == len(keys)


def test_those_that_only_wait_are_counted_though_they_are_on_no_page_that_is_shown(
    terminal: Terminal, house: House, ready: str
) -> None:
    pages = [page_submission(f"https://podcast.example/{number}") for number in range(2 * ON_A_PAGE)]
    waiting = [receipt.key for receipt in house.studio.submissions.submit(pages, by="test")]
    count = f"{len(waiting) + 1} episodes: {len(waiting)} waiting, 1 ready"
    for number, shown in enumerate((waiting[ON_A_PAGE:], waiting[:ON_A_PAGE], [ready]), start=1):
        told = terminal.type("status", "--page", str(number))
        assert [word for word in told.split() if word in {ready, *waiting}] == shown
        assert count in told
    assert f"None of {len(waiting) + 1} episodes" in terminal.type("status", "--state", "cancelled")
    assert f"{len(waiting)} episodes: {len(waiting)} waiting" in terminal.type("status", "--state", "waiting")
    assert "\n1 episode: 1 ready" in terminal.type("status", "--show", house.status(ready).show or "")
    assert keys_in(terminal) == [ready, *waiting]


def test_a_history_that_the_tables_tell_in_an_unknown_form_is_asked_of_dagster(
    terminal: Terminal, house: House, ready: str
) -> None:
    told = {"rows": dg.MetadataValue.table([dg.TableRecord({"rows": 1})])}
    house.instance.report_runless_asset_event(dg.AssetObservation("chunks", partition=ready, metadata=told))
    assert keys_in(terminal, "--state", "ready") == [ready]


def test_every_halt_is_among_the_states() -> None:
    assert {halt.state for halt in Halt.__subclasses__()} <= set(STATES)
