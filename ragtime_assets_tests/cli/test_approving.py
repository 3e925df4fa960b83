"""`ragtime approve` and `reject`: who waits, why, and what was decided before."""

from __future__ import annotations

import json

import pytest

from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House

WHY, ESTIMATE = "every episode is approved first", "1:00:00 of audio; about $0.36 (transcript $0.36)"


@pytest.fixture
def waiting(house: House) -> str:
    """An episode that waits for a yes."""
    (key,) = house.submit("/nothing")
    house.studio.approvals.ask(key, "transcript", "a" * 64, WHY, ESTIMATE)
    return key


def test_without_a_key_it_is_shown_who_waits_why_and_for_how_much(terminal: Terminal, waiting: str) -> None:
    shown = " ".join(terminal.type("approve").split())
    assert waiting in shown
    assert WHY in shown
    assert "about $0.36" in shown
    assert json.loads(terminal.type("approve", "--json"))["waiting"][0]["key"] == waiting


def test_a_yes_is_said_once_and_told_with_who_said_it(house: House, terminal: Terminal, waiting: str) -> None:
    assert "approved by anna" in terminal.type("approve", waiting, "--by", "anna", "--note", "worth it")
    assert "nothing changes" in " ".join(terminal.type("approve", waiting).split())
    assert house.studio.approvals.newest([waiting])[waiting].note == "worth it"
    assert terminal.type("approve") == "Nobody waits for approval.\n"


def test_all_who_wait_are_decided_together(terminal: Terminal, waiting: str) -> None:
    (decided,) = json.loads(terminal.type("reject", "--all", "--json"))["decided"]
    assert (decided["key"], decided["decision"], decided["changed"]) == (waiting, "rejected", True)
    assert terminal.type("reject", "--all") == "Nobody waits for approval.\n"


def test_what_does_not_wait_is_said_with_what_to_do(house: House, terminal: Terminal) -> None:
    (key,) = house.submit("/nothing")
    assert "does not wait for approval" in " ".join(terminal.type("approve", key, code=2).split())


def test_a_key_and_all_are_not_both_meant(terminal: Terminal, waiting: str) -> None:
    assert "cannot both be meant" in terminal.type("approve", waiting, "--all", code=2)
