"""`ragtime feeds`: what it prints, and that it writes rows and does nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ragtime_assets.adapters.feeds.opml import read_opml
from ragtime_assets.corpus.subscriptions import Subscriptions
from ragtime_assets.domain.episode.subscription import FeedAnswer, FeedItem, FeedListing
from ragtime_assets.samples.server import serving
from ragtime_assets.studio import Studio
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.shows import feed as feed_of_nights

LATER = datetime(2100, 1, 1, 12, 30, tzinfo=UTC)
OPML = """<opml version="2.0"><body><outline text="Jazz">
<outline text="Jazz Hour" type="rss" xmlUrl="https://show.example/feed"/><outline text="Blues" xmlUrl="https://blues.example/rss"/>
</outline></body></opml>"""


@dataclass(frozen=True)
class Feeds:
    """`ragtime feeds` in a terminal."""

    terminal: Terminal
    server: str

    @property
    def url(self) -> str:
        """The URL of a feed that is there."""
        return f"{self.server}/feed"

    def type(self, *words: str, code: int = 0) -> str:
        """What `ragtime feeds WORDS` prints; it has to end with `code`, and what people read fits into the terminal."""
        printed = self.terminal.type("feeds", *words, code=code)
        is_for_people = "--json" not in words and words[0] != "export"
        assert not is_for_people or all(len(line) <= 80 for line in printed.splitlines()), printed
        return printed


class _Show(BaseHTTPRequestHandler):
    """A feed of three episodes at most addresses; one that is busy, one that is gone, and a page about the show."""

    def do_GET(self) -> None:
        base = f"http://{self.headers['Host']}"
        if self.path == "/gone":
            return self.send_error(404)
        if self.path == "/page":
            return self._send("text/html", f"<link rel=alternate type=application/rss+xml href={base}/feed><p>Hello")
        if self.path == "/busy":
            self.send_response(503)
            self.send_header("Retry-After", "86400")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        return self._send("application/rss+xml", feed_of_nights(base, 3))

    def _send(self, media_type: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def feed_server() -> Iterator[str]:
    with serving(_Show) as base:
        yield base


@pytest.fixture
def feeds(terminal: Terminal, feed_server: str, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    monkeypatch.setenv("RAGTIME_ALLOW_PRIVATE_HOSTS", feed_server.removeprefix("http://"))
    return Feeds(terminal, feed_server)


def subscriptions() -> Subscriptions:
    return Studio().subscriptions


def test_adding_a_feed_says_what_is_taken_and_how_to_take_more(feeds: Feeds) -> None:
    told = feeds.type("add", feeds.url)
    assert f"follows {feeds.url}\n  A Thousand Nights: 3 episodes" in told
    assert "from now on" in told
    assert "--all, --since DATE or --latest N" in told
    (one,) = subscriptions().followed()
    assert one.feed.title == "A Thousand Nights", "it was looked at"
    assert one.feed.due_at <= datetime.now(UTC)
    assert abs(one.feed.selection.since - datetime.now(UTC)) < timedelta(minutes=1)


def test_adding_twice_says_so_and_asking_for_more_widens(feeds: Feeds) -> None:
    feeds.type("add", feeds.url)
    assert f"already follows {feeds.url}" in feeds.type("add", f"{feeds.url}/#x")
    told = feeds.type("add", feeds.url, "--all")
    assert f"takes more of {feeds.url}" in told
    assert "from now on" not in told
    assert f"already follows {feeds.url}" in feeds.type("add", feeds.url, "--all")


@pytest.mark.parametrize(
    ("words", "everything", "since", "latest"),
    [
        (("--all",), True, None, 0),
        (("--latest", "5"), False, None, 5),
        (("--since", "2026-01-31"), False, datetime(2026, 1, 31, tzinfo=UTC), 0),
        (("--since", "2026-01-31T10:00:00+02:00"), False, datetime(2026, 1, 31, 8, tzinfo=UTC), 0),
    ],
)
def test_of_the_back_catalogue_is_taken_what_is_asked_for(
    feeds: Feeds, words: tuple[str, ...], everything: bool, since: datetime | None, latest: int
) -> None:
    feeds.type("add", feeds.url, *words)
    selection = subscriptions().followed()[0].feed.selection
    assert (selection.everything, selection.latest) == (everything, latest)
    assert since is None or selection.since == since


def test_an_opml_file_is_taken_over_by_either_command(feeds: Feeds, tmp_path: Path) -> None:
    file = tmp_path / "mine.opml"
    file.write_text(OPML)
    assert feeds.type("import", str(file)).count("follows https://") == 2
    assert feeds.type("add", str(file), feeds.url).count("already follows") == 2
    assert [one.feed.title for one in subscriptions().followed()] == ["Jazz Hour", "Blues", "A Thousand Nights"]


def test_an_opml_file_with_a_bad_line_is_taken_over_but_for_that_line(feeds: Feeds, tmp_path: Path) -> None:
    file = tmp_path / "mine.opml"
    file.write_text(OPML.replace("https://blues.example/rss", "javascript:alert(1)"))
    told = feeds.type("import", str(file), code=1)
    assert "'javascript:alert(1)' is not an http or https URL" in told
    assert "follows https://show.example/feed" in told
    assert len(subscriptions().followed()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("add", "no-such-file.opml"),
        ("add", "ftp://show.example/feed"),
        ("add", "https://show.example/feed", "--since", "yesterday"),
        ("add", "https://show.example/feed", "--since", "2999-01-01"),
        ("import", "no-such-file.opml"),
        ("import", "bomb.opml"),
        ("remove", "https://show.example/feed"),
        ("remove", "7"),
        ("export", "no/such/folder/x.opml"),
    ],
)
def test_a_wrong_command_ends_with_2_and_says_what_to_do(feeds: Feeds, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "bomb.opml").write_text('<!DOCTYPE o [<!ENTITY a "ha">]><opml>&a;</opml>')
    assert "What to do:" in feeds.type(*words, code=2)
    assert subscriptions().followed() == []


def test_the_list_shows_titles_counts_due_times_and_errors(feeds: Feeds) -> None:
    assert "No feed is followed" in feeds.type("list")
    feeds.type("add", *(f"{feeds.url}/{number}" for number in range(3)), "--all")
    table = subscriptions()
    read, busy, gone = table.take_named([1, 2, 3], LATER)
    items = tuple(FeedItem(guid, None, guid != "c") for guid in "abc")
    table.record(read, FeedAnswer(read.url, FeedListing("Jazz [Hour]", None, None, items)), LATER)
    table.fail(busy, f"SourceUnavailable: {busy.url} answered 503", LATER, gone=False)
    table.fail(gone, "SourceGone: 410", LATER, gone=True)
    told = feeds.type("list")
    assert "1  Jazz [Hour]  active" in told
    assert "2 of 3 items taken; due 2100-01-01 12:30 UTC" in told
    assert "answered 503" in told
    assert "never polled again" in told
    (one, two, three) = json.loads(feeds.type("list", "--json"))["feeds"]
    assert (one["id"], one["url"], one["title"], one["items"], one["episodes"]) == (1, read.url, "Jazz [Hour]", 3, 2)
    assert (two["failures"], three["state"], one["due_at"]) == (1, "gone", LATER.isoformat())


def test_a_removed_feed_is_named_and_gone_from_the_list(feeds: Feeds) -> None:
    feeds.type("add", feeds.url)
    assert f"no longer follows {feeds.url}" in feeds.type("remove", "1")
    assert json.loads(feeds.type("list", "--json")) == {"feeds": []}


def test_an_export_can_be_imported_again(feeds: Feeds, tmp_path: Path) -> None:
    urls = [feeds.url, f"{feeds.url}?x=1&y=2"]
    feeds.type("add", *urls)
    assert [feed.url for feed in read_opml(feeds.type("export").encode(), "stdout")] == urls
    assert "2 feeds in out.opml" in feeds.type("export", "out.opml")
    assert [feed.url for feed in read_opml((tmp_path / "out.opml").read_bytes(), "out.opml")] == urls


def test_what_is_no_feed_is_not_followed_and_a_page_names_its_feed(feeds: Feeds) -> None:
    told = "".join(feeds.type("add", f"{feeds.server}/page", code=1).split())
    assert f"ragtimefeedsadd{feeds.url}" in told
    assert "SourceGone" in feeds.type("add", f"{feeds.server}/gone", code=1)
    assert subscriptions().followed() == []


def test_of_several_those_that_are_no_feeds_are_told_and_the_others_followed(feeds: Feeds) -> None:
    told = feeds.type("add", f"{feeds.server}/gone", feeds.url, code=1)
    assert "SourceGone" in told
    assert [one.feed.url for one in subscriptions().followed()] == [feeds.url]


def test_a_feed_whose_server_is_busy_is_followed_and_said_not_to_be_read_yet(feeds: Feeds) -> None:
    told = feeds.type("add", f"{feeds.server}/busy")
    assert "follows" in told
    assert "not read yet:" in told
    assert len(subscriptions().followed()) == 1


def test_taking_over_a_file_of_feeds_imports_neither_dagster_nor_a_web_client(tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(OPML)
    script = (
        "import sys; sys.argv = ['ragtime', 'feeds', 'import', 'mine.opml']\n"
        "from ragtime_assets.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sorted({'dagster', 'httpx', 'numpy', 'av', 'pydantic_ai', 'qdrant_client'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.splitlines()[0] == "follows https://show.example/feed"
    assert done.stdout.splitlines()[-1] == ""
