"""What commands print stays within the terminal, whatever letters it is in: what goes on below is set in."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from ragtime_assets.cli.output import console, hang
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.subscription import Selection
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House

TITLES = {
    "latin": "Kind of Blue: Miles Davis, John Coltrane and Bill Evans in the spring of 1959, and what came of it",
    "double width": "\u30b8\u30e3\u30ba\u306e\u6b74\u53f2 " * 9,
    "without a space": "\u7235\u58eb\u4e50\u7684\u5386\u53f2" * 16,
    "emoji": "\U0001f3ba\U0001f3b7 the horns \U0001f3b8\U0001f941 " * 6,
}
OF_A_PROGRAM = re.compile(r"https?://|[0-9a-f]{12}$|sqlite:|/tmp|/dev/shm")
"""What is copied as a whole is not broken."""


@pytest.fixture(params=[80, 60])
def width(request: pytest.FixtureRequest, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> int:
    """The columns of the terminal."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setattr(console(), "_width", request.param)
    return int(request.param)


def retitled(house: House, key: str, title: str) -> None:
    """Let an episode have this title."""
    store = house.studio.store
    details, envelope = store.load(EpisodeDetails, key)
    saved = store.save(
        key,
        details.model_copy(update={"title": title}),
        inputs=envelope.inputs,
        code_version=envelope.code_version,
        run_id="a-person",
        seconds=0.0,
    )
    house.studio.artifact_index.record([saved])
    assert house.run(key, "search_index").success


def too_wide(printed: str, width: int) -> list[str]:
    """The lines that do not fit, but for what is copied as a whole."""
    return [line for line in printed.splitlines() if cell_len(line) > width and not OF_A_PROGRAM.search(line)]


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_line_that_goes_on_below_is_set_in_and_loses_nothing(
    capsys: pytest.CaptureFixture[str], width: int, title: str
) -> None:
    hang(f"[bold]1.[/] 0:35 {title}", 3)
    first, *rest = capsys.readouterr().out.splitlines()
    assert rest
    assert all(line.startswith("   ") and line == line.rstrip() for line in rest)
    assert too_wide("\n".join([first, *rest]), width) == []
    assert "".join("".join([first, *rest]).split()) == "".join(f"1. 0:35 {title}".split())


def test_brackets_are_no_markup_where_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    hang("an [bold] name", markup=False)
    assert capsys.readouterr().out == "an [bold] name\n"


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_lists_stay_within_the_terminal_and_titles_go_on_below_themselves(
    terminal: Terminal, house: House, ready: str, capsys: pytest.CaptureFixture[str], width: int, title: str
) -> None:
    retitled(house, ready, title)
    capsys.readouterr()
    asked = [
        ["search", "music"],
        ["status"],
        ["status", ready],
        ["history", ready],
        ["show", ready],
        ["doctor"],
        ["health"],
    ]
    printed = {" ".join(words[:2]): terminal.type(*words) for words in asked}
    assert {name: too_wide(said, width) for name, said in printed.items()} == dict.fromkeys(printed, [])
    hit = printed["search music"].split("1. ")[1].splitlines()
    assert hit[1].startswith("   ")
    assert printed["status"].splitlines()[1].startswith("  ")


def test_an_episode_that_waits_for_a_yes_is_told_with_a_key_that_can_be_copied(
    terminal: Terminal, house: House, ready: str, width: int
) -> None:
    house.studio.approvals.ask(ready, "transcript", "all", "a server that is paid hears it, " * 4, "about $1.20")
    lines = terminal.type("approve").splitlines()
    assert f"  {ready}" in lines
    assert too_wide("\n".join(lines), width) == []


def test_a_feed_that_fails_stays_within_the_terminal(terminal: Terminal, house: House, width: int) -> None:
    now = datetime.now(UTC)
    subscriptions = house.studio.subscriptions
    subscriptions.add({"https://pod.example/feed": TITLES["double width"]}, Selection(since=now), "ann")
    (feed,) = subscriptions.take_due(now, 1)
    subscriptions.fail(feed, "it answers with a page that is no feed, " * 4, now, gone=False)
    assert too_wide(terminal.type("feeds", "list"), width) == []
