"""`ragtime health` says what is broken and what to do, to people and to programs, and ends with 1 if there is any."""

from __future__ import annotations

import json

from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House


def test_what_is_broken_is_told_with_its_remedy(house: House, terminal: Terminal) -> None:
    keys = house.submit("/nothing/1", "/nothing/2")
    house.batch(*keys, "episode_details", checks=False)
    shown = terminal.type("health", code=1)
    assert "0 of 2 episodes can be searched, 2 failed" in " ".join(shown.split())
    assert "SourceGone" in shown
    assert "what to do: Open the URL in a browser" in " ".join(shown.split())
    told = json.loads(terminal.type("health", "--json", code=1))
    assert (told["failed"][0]["cause"], told["failed"][0]["episodes"]) == ("SourceGone", 2)
    assert told["needs_somebody"] is True


def test_what_our_tables_know_is_told_while_dagsters_history_does_not_answer(
    house: House, terminal: Terminal, ready: str
) -> None:
    (house.studio.settings.instance_folder / "history" / "runs.db").write_bytes(b"no database")
    shown = " ".join(terminal.type("health", code=1).split())
    assert "1 of 1 episodes can be searched, 0 wait for approval, 0 waiting" in shown
    assert "Dagster's history does not answer" in shown
    assert "0 failed" not in shown, "nobody knows"


def test_a_corpus_that_needs_nobody_ends_with_0(house: House, terminal: Terminal, ready: str) -> None:
    assert "1 of 1 episodes can be searched, 0 failed" in " ".join(terminal.type("health").split())
