"""Feeds in several pages (RFC 5005), against a real server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.feeds.polls import FeedPolls
from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.adapters.web.http import GuardedHttp
from ragtime_assets.domain.episode.feed_pages import MOST_PAGES
from ragtime_assets.domain.episode.identity import podcast_guid
from ragtime_assets.errors import NotAnEpisode, SourceUnavailable
from ragtime_assets.phases.feeds.older_items import item_about, item_called

READER = PodcastFeedReader()
EVERYTHING = datetime.min.replace(tzinfo=UTC)


def rss(*numbers: int, older: str = "", rel: str = "next") -> str:
    items = "".join(
        f"<item><title>No. {number}</title><guid>g{number}</guid><link>/{number}</link>"
        f"<pubDate>Tue, {number:02} Mar 2025 20:15:00 +0000</pubDate>"
        f"<enclosure url='/{number}.mp3' type='audio/mpeg'/></item>"
        for number in numbers
    )
    link = f"<atom:link rel='{rel}' href='{older}'/>" if older else ""
    return (
        f"<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Jazz Hour</title>{link}{items}</channel></rss>"
    )


class Site:
    """A server of feeds, the one who asks it, and what was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.http = GuardedHttp(
            [f"{server.host}:{server.port}"], user_agent="ragtime-tests", retry_wait=lambda _seconds: None
        )
        self.polls = FeedPolls(self.http, READER)

    def has(self, path: str, body: str, status: int = 200) -> str:
        self._server.expect_request(path).respond_with_data(body, status, content_type="application/rss+xml")
        return self._server.url_for(path)

    def guids(self, url: str, back_to: datetime | None = EVERYTHING) -> list[str]:
        listing = self.polls.ask(url, back_to=back_to).listing
        assert listing is not None
        return [item.guid for item in listing.items]

    @property
    def asked(self) -> list[str]:
        return [request.path for request, _ in self._server.log]


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


@pytest.fixture
def feed(site: Site) -> str:
    """Three pages of two items each."""
    site.has("/3", rss(2, 1))
    site.has("/2", rss(4, 3, older="/3", rel="prev-archive"))
    return site.has("/feed", rss(6, 5, older="/2"))


def test_the_back_catalogue_is_read_page_by_page_and_its_items_are_told_from_new_ones(site: Site, feed: str) -> None:
    assert site.guids(feed) == ["g6", "g5", "g4", "g3", "g2", "g1"]
    listing = site.polls.ask(feed, back_to=EVERYTHING).listing
    assert listing is not None
    assert [item.guid for item in listing.items if item.is_archived] == ["g4", "g3", "g2", "g1"]


def test_pages_are_read_only_as_far_back_as_is_asked_for(site: Site, feed: str) -> None:
    assert site.guids(feed, None) == ["g6", "g5"]
    assert site.guids(feed, datetime(2025, 3, 6, tzinfo=UTC)) == ["g6", "g5"]
    assert site.asked == ["/feed", "/feed"]
    assert site.guids(feed, datetime(2025, 3, 4, tzinfo=UTC)) == ["g6", "g5", "g4", "g3"]


@pytest.mark.parametrize("older", ["/feed", "/2", "/2#x"])
def test_pages_that_lead_in_a_circle_are_read_once(site: Site, older: str) -> None:
    site.has("/2", rss(4, 3, older=older))
    assert site.guids(site.has("/feed", rss(6, 5, older="/2"))) == ["g6", "g5", "g4", "g3"]
    assert len(site.asked) <= 3


def test_a_server_that_always_names_another_page_is_asked_for_a_bounded_number(
    site: Site, httpserver: HTTPServer
) -> None:
    def page(request: Request) -> Response:
        number = int(request.args.get("page", "1"))
        return Response(rss(number % 28 + 1, older=f"/endless?page={number + 1}"))

    httpserver.expect_request("/endless").respond_with_handler(page)
    site.guids(httpserver.url_for("/endless"))
    assert len(site.asked) == MOST_PAGES + 1


def test_a_server_that_pays_no_heed_to_the_page_is_asked_twice(site: Site) -> None:
    site.guids(site.has("/feed", rss(6, 5, older="/feed?page=2")))
    assert site.asked == ["/feed", "/feed"]


@pytest.mark.parametrize(
    ("older", "why"),
    [
        ("/gone", "answered 404"),
        ("/torn", "ends in the middle"),
        ("http://127.0.0.2:1/feed", "not a public address"),
        ("http://169.254.169.254/latest", "169.254.169.254"),
    ],
)
def test_an_older_page_that_cannot_be_read_ends_the_feed_there_and_is_told(site: Site, older: str, why: str) -> None:
    site.has("/gone", "", 404)
    site.has("/torn", rss(4, 3).partition("</channel>")[0])
    listing = site.polls.ask(site.has("/feed", rss(6, 5, older=older)), back_to=EVERYTHING).listing
    assert listing is not None
    assert [item.guid for item in listing.items] == ["g6", "g5"]
    assert why in str(listing.unread)


def test_an_older_page_that_fails_for_now_fails_the_poll_so_that_it_is_read_another_time(site: Site) -> None:
    site.has("/busy", "", 503)
    with pytest.raises(SourceUnavailable, match="503"):
        site.guids(site.has("/feed", rss(6, 5, older="/busy")))


def test_an_item_is_found_on_whichever_page_it_is_as_an_item_of_the_one_feed(site: Site, feed: str) -> None:
    first = site.http.fetch(feed)
    found = item_called("g1", first, READER, site.http.fetch)
    assert (found.title, found.feed_url, found.podcast_guid) == ("No. 1", feed, podcast_guid(feed))
    assert site.asked == ["/feed", "/2", "/3"]
    with pytest.raises(NotAnEpisode, match="holds 2 items"):
        item_called("g9", first, READER, site.http.fetch)
    about = item_about(lambda page: READER.matching(page, first, ["No. 3"]), first, READER, site.http.fetch)
    assert about is not None
    assert about.guid == "g3"


def test_an_item_may_come_later_while_an_older_page_does_not_answer(site: Site) -> None:
    site.has("/busy", "", 503)
    first = site.http.fetch(site.has("/feed", rss(6, 5, older="/busy")))
    with pytest.raises(SourceUnavailable, match="503"):
        item_called("g1", first, READER, site.http.fetch)
