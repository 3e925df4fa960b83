"""Commands that end something: `cancel` before there is a run, `forget` with and without a question."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House

Answer = Callable[[str], None]
PAGE = "https://show.example/one"


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Type an answer to what a command asks."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_cancel_withdraws_what_waits_for_a_run(terminal: Terminal, house: House) -> None:
    (receipt,) = house.studio.submissions.submit([page_submission(PAGE)], by="test")
    assert "1 request withdrawn" in terminal.type("cancel", receipt.key)
    assert house.status(receipt.key).state == "cancelled"
    assert house.studio.submissions.after(0, 10) == []
    assert "nothing waits" in " ".join(terminal.type("cancel", receipt.key).split())


def test_a_redo_that_is_cancelled_before_its_run_leaves_the_episode_as_it_was(
    terminal: Terminal, house: House, ready: str
) -> None:
    terminal.type("redo", ready, "--from", "transcript")
    assert house.status(ready).state == "waiting"
    terminal.type("cancel", ready)
    assert house.status(ready).state == "ready"


def test_a_correction_that_is_cancelled_before_its_run_is_applied_by_a_retry(
    terminal: Terminal, house: House, ready: str
) -> None:
    terminal.type("edit", ready, "--title", "The right title")
    terminal.type("redo", ready, "--from", "transcript")
    assert "2 requests withdrawn" in terminal.type("cancel", ready)
    assert house.studio.submissions.after(1, 10) == []
    assert (house.status(ready).state, house.status(ready).phase) == ("cancelled", "episode_details")
    again = " ".join(terminal.type("retry", ready).split())
    assert again.endswith("asked for episode_details, search_index, episode_report")
    assert house.run(ready, "episode_details", "search_index", "episode_report").success
    assert (house.status(ready).state, house.status(ready).title) == ("ready", "The right title")


def test_a_correction_that_is_taken_back_and_cancelled_before_its_run_goes_with_a_retry(
    terminal: Terminal, house: House, ready: str
) -> None:
    read = house.status(ready).title
    terminal.type("edit", ready, "--title", "The right title")
    assert house.run(ready, "episode_details", "search_index", "episode_report").success
    terminal.type("edit", ready, "--withdraw", "title")
    terminal.type("cancel", ready)
    assert (house.status(ready).state, house.status(ready).phase) == ("cancelled", "episode_details")
    assert [one.about for one in house.studio.corrections.said(ready)] == []
    terminal.type("retry", ready)
    assert house.run(ready, "episode_details", "search_index", "episode_report").success
    assert (house.status(ready).state, house.status(ready).title) == ("ready", read)


def test_a_redo_is_cancelled_whole_where_an_older_correction_is_applied(
    terminal: Terminal, house: House, ready: str
) -> None:
    terminal.type("edit", ready, "--title", "The right title")
    assert house.run(ready, "episode_details", "search_index", "episode_report").success
    terminal.type("redo", ready, "--from", "episode_details")
    terminal.type("cancel", ready)
    assert house.status(ready).state == "ready"


def test_forget_names_the_episode_and_removes_nothing_without_a_yes(
    terminal: Terminal, house: House, ready: str, answer: Answer
) -> None:
    for text in ("n\n", "\n", ""):
        answer(text)
        told = terminal.type("forget", ready, code=1)
        assert ready in told
        assert (house.status(ready).title or "?") in " ".join(told.split())
        assert house.status(ready).state == "ready"


def test_forget_removes_after_a_yes(terminal: Terminal, house: House, ready: str, answer: Answer) -> None:
    answer("y\n")
    assert "removed 10 artifacts" in terminal.type("forget", ready)
    assert house.studio.submissions.episodes() == []


def test_an_episode_whose_title_looks_like_markup_can_be_forgotten(
    terminal: Terminal, house: House, ready: str, answer: Answer
) -> None:
    terminal.type("edit", ready, "--title", "Live [/bold] in [red]Paris")
    assert house.run(ready, "episode_details").success
    answer("y\n")
    told = terminal.type("forget", ready)
    assert "Live [/bold] in [red]Paris" in told
    assert "removed 10 artifacts" in told


def test_forget_with_yes_asks_nothing(terminal: Terminal, house: House, ready: str, answer: Answer) -> None:
    answer("")
    assert "removed 10 artifacts" in terminal.type("forget", ready, "--yes")


def test_forget_asks_about_nothing_when_one_of_the_episodes_is_unknown(
    terminal: Terminal, house: House, ready: str
) -> None:
    assert "Remove all" not in terminal.type("forget", ready, "no-such-episode", code=2)
    assert house.status(ready).state == "ready"
