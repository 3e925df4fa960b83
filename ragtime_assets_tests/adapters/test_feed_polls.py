"""Asking for feeds, against a real server that answers well, oddly and badly."""

from __future__ import annotations

import time

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.feeds.polls import FeedPolls
from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.adapters.web.http import GuardedHttp
from ragtime_assets.adapters.web.http_answers import max_age
from ragtime_assets.domain.episode.subscription import FeedItem
from ragtime_assets.errors import (
    BlockedAddress,
    InvalidContent,
    InvalidFeed,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    TooLarge,
)
from ragtime_assets_tests.adapters.polled_feeds import AUDIO, item, rss

GUID = "9b024349-ccf0-5f69-a609-6b82873eab3c"


@pytest.fixture
def polls(httpserver: HTTPServer) -> FeedPolls:
    """Asks this server only."""
    http = GuardedHttp([f"{httpserver.host}:{httpserver.port}"], user_agent="ragtime-tests")
    return FeedPolls(http, PodcastFeedReader())


def serve(server: HTTPServer, body: str | bytes, path: str = "/feed", status: int = 200, **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    server.expect_request(path).respond_with_data(body, status, named, "application/rss+xml")
    return server.url_for(path)


def redirect(server: HTTPServer, path: str, to: str, status: int) -> str:
    server.expect_request(path).respond_with_data("", status, {"Location": to})
    return server.url_for(path)


def test_a_feed_is_listed_with_what_its_server_says_about_asking_again(
    httpserver: HTTPServer, polls: FeedPolls
) -> None:
    body = rss(item("b"), item("a", audio=False), channel=f"<podcast:guid>{GUID.upper()}</podcast:guid>")
    url = serve(httpserver, body, ETag='W/"7"', Last_Modified="yesterday", Cache_Control="public, max-age=7200")
    answer = polls.ask(url)
    assert (answer.url, answer.etag, answer.last_modified, answer.fresh_for) == (url, 'W/"7"', "yesterday", 7_200)
    assert answer.listing is not None
    assert (answer.listing.title, answer.listing.podcast_guid) == ("Jazz Hour", GUID)
    assert [(one.guid, one.has_audio) for one in answer.listing.items] == [("b", True), ("a", False)]
    assert all(one.published for one in answer.listing.items)


def test_an_unchanged_feed_costs_one_request_without_a_body(httpserver: HTTPServer, polls: FeedPolls) -> None:
    def answer(request: Request) -> Response:
        known = request.headers.get("If-None-Match") == '"7"' and request.headers.get("If-Modified-Since") == "then"
        return Response(status=304, headers={"Cache-Control": "max-age=9000"}) if known else Response(rss())

    httpserver.expect_request("/feed").respond_with_handler(answer)
    again = polls.ask(httpserver.url_for("/feed"), '"7"', "then")
    assert (again.listing, again.fresh_for) == (None, 9_000)
    assert polls.ask(httpserver.url_for("/feed")).listing is not None


def test_validators_reach_the_server_behind_a_redirect(httpserver: HTTPServer, polls: FeedPolls) -> None:
    url = redirect(httpserver, "/feed", httpserver.url_for("/there"), 302)
    httpserver.expect_request("/there", headers={"If-None-Match": '"7"'}).respond_with_data("", 304)
    assert polls.ask(url, '"7"').listing is None


def test_a_304_that_nobody_asked_for_is_an_error(httpserver: HTTPServer, polls: FeedPolls) -> None:
    with pytest.raises(SourceGone, match="304"):
        polls.ask(serve(httpserver, "", status=304))


@pytest.mark.parametrize(
    ("hops", "reached"),
    [
        ((301,), 1),
        ((308,), 1),
        ((301, 308, 301), 3),
        ((302,), 0),
        ((303,), 0),
        ((307,), 0),
        ((302, 301), 0),
        ((301, 302, 301), 1),
    ],
)
def test_a_feed_moves_as_far_as_permanent_redirects_alone_lead(
    httpserver: HTTPServer, polls: FeedPolls, hops: tuple[int, ...], reached: int
) -> None:
    for number, status in enumerate(hops):
        redirect(httpserver, f"/{number}", httpserver.url_for(f"/{number + 1}"), status)
    serve(httpserver, rss(item("a")), f"/{len(hops)}")
    answer = polls.ask(httpserver.url_for("/0"))
    assert answer.url == httpserver.url_for(f"/{reached}")
    assert answer.listing is not None
    assert len(answer.listing.items) == 1


def test_an_address_with_a_password_in_it_is_never_stored(httpserver: HTTPServer, polls: FeedPolls) -> None:
    there = httpserver.url_for("/there").replace("://", "://user:secret@")
    url = redirect(httpserver, "/feed", there, 301)
    serve(httpserver, rss(item("a")), "/there")
    assert polls.ask(url).url == url


@pytest.mark.parametrize(
    ("before", "lasting"), [((), True), ((301,), True), ((308, 301), True), ((302,), None), ((301, 302), None)]
)
def test_a_410_ends_a_feed_only_where_it_lives(
    httpserver: HTTPServer, polls: FeedPolls, before: tuple[int, ...], lasting: bool | None
) -> None:
    for number, status in enumerate(before):
        redirect(httpserver, f"/{number}", httpserver.url_for(f"/{number + 1}"), status)
    serve(httpserver, "gone", f"/{len(before)}", status=410)
    with pytest.raises(SourceGone, match="410") as gone:
        polls.ask(httpserver.url_for("/0"))
    assert gone.value.details.get("lasting") is lasting


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_once_and_its_retry_after_is_heard(
    httpserver: HTTPServer, polls: FeedPolls, status: int
) -> None:
    url = serve(httpserver, "", status=status, Retry_After="7000")
    with pytest.raises(SourceUnavailable) as busy:
        polls.ask(url)
    assert busy.value.retry_after == 7_000
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 451])
def test_a_refusal_is_no_end(httpserver: HTTPServer, polls: FeedPolls, status: int) -> None:
    with pytest.raises(SourceGone) as refused:
        polls.ask(serve(httpserver, "", status=status))
    assert "lasting" not in refused.value.details


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<!doctype html><html><body>Log in</body></html>", InvalidFeed),
        ("plain words", InvalidFeed),
        ("", InvalidFeed),
        ('{"items": []}', InvalidFeed),
        ("<sitemap/>", InvalidFeed),
        (rss(item("a"))[:-40], InvalidFeed),
        ('<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + rss("<item><title>&b;</title></item>"), InvalidFeed),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("&a;"), InvalidFeed),
        (b"ID3" + bytes(5_000), InvalidFeed),
        ("<rss>" + " " * 10_000_001, TooLarge),
    ],
    ids=["web page", "words", "nothing", "json", "other xml", "torn", "entity bomb", "external", "audio", "endless"],
)
def test_what_is_no_feed_is_called_so(
    httpserver: HTTPServer, polls: FeedPolls, body: str | bytes, error: type[RagtimeError]
) -> None:
    with pytest.raises(error):
        polls.ask(serve(httpserver, body))


def test_a_feed_that_is_packed_in_an_unknown_way_is_refused(httpserver: HTTPServer, polls: FeedPolls) -> None:
    with pytest.raises(InvalidContent):
        polls.ask(serve(httpserver, rss(), Content_Encoding="br"))


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "http://127.0.0.1:1/feed", "file:///etc/passwd"])
def test_a_redirect_to_where_nobody_may_go_is_refused(httpserver: HTTPServer, polls: FeedPolls, target: str) -> None:
    with pytest.raises(BlockedAddress):
        polls.ask(redirect(httpserver, "/feed", target, 301))


def test_odd_items_are_listed_each_as_far_as_it_can_be(httpserver: HTTPServer, polls: FeedPolls) -> None:
    body = rss(
        item("bad date", "the day after tomorrow"),
        item("far date", "Sat, 31 Feb 99999 10:00:00 +0000"),
        item("no guid", guid=False),
        item("twice"),
        item("twice", audio=False),
        item("nothing", guid=False, audio=False),
        "<item><guid>two\nlines</guid></item>",
        "<item/>",
        f"<item><title>é</title><guid> spaces </guid>{AUDIO.format(1)}</item>",
        "<item><guid>a video page</guid><enclosure url='https://x.example/p' type='text/html'/></item>",
    )
    listing = polls.ask(serve(httpserver, body)).listing
    assert listing is not None
    assert [(one.guid, one.published is None, one.has_audio) for one in listing.items] == [
        ("bad date", True, True),
        ("far date", True, True),
        ("no guid (2026-11-21 10:00)", False, True),
        ("twice", False, True),
        ("nothing (2026-11-21 10:00)", False, False),
        ("spaces", True, True),
        ("a video page", True, False),
    ]
    assert (listing.nameless, listing.doubled) == (2, 0)


@pytest.mark.parametrize(
    ("declared", "really"),
    [("utf-8", "latin-1"), ("iso-8859-1", "iso-8859-1"), ("no-such", "utf-8"), ("utf-16", "utf-8")],
)
def test_a_wrong_encoding_loses_no_item(httpserver: HTTPServer, polls: FeedPolls, declared: str, really: str) -> None:
    body = f'<?xml version="1.0" encoding="{declared}"?>' + rss(item("café"), item("b"))
    listing = polls.ask(serve(httpserver, body.encode(really))).listing
    assert listing is not None
    assert len(listing.items) == 2


def test_an_atom_feed_is_listed_too(httpserver: HTTPServer, polls: FeedPolls) -> None:
    body = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Atomic</title><entry><id>urn:1</id><title>One</title>"
        "<published>2026-11-21T10:00:00Z</published>"
        "<link rel='enclosure' href='https://cdn.example/1.mp3' type='audio/mpeg'/></entry></feed>"
    )
    listing = polls.ask(serve(httpserver, body)).listing
    assert listing is not None
    (one,) = listing.items
    assert one == FeedItem("urn:1", one.published, has_audio=True, aliases=("One (2026-11-21 10:00)",))
    assert one.published is not None


@pytest.mark.parametrize(
    ("channel", "guid", "new_url"),
    [
        ("<podcast:guid>not a uuid|x</podcast:guid>", None, None),
        ("<itunes:new-feed-url> https://new.example/feed </itunes:new-feed-url>", None, "https://new.example/feed"),
        ("<itunes:new-feed-url>javascript:alert(1)</itunes:new-feed-url>", None, None),
        ("<itunes:new-feed-url/>", None, None),
    ],
)
def test_what_the_channel_says_is_taken_only_in_its_form(
    httpserver: HTTPServer, polls: FeedPolls, channel: str, guid: str | None, new_url: str | None
) -> None:
    listing = polls.ask(serve(httpserver, rss(channel=channel))).listing
    assert listing is not None
    assert (listing.podcast_guid, listing.new_url) == (guid, new_url)


def test_ten_thousand_items_are_listed_within_seconds(httpserver: HTTPServer, polls: FeedPolls) -> None:
    notes = "<description>" + "word " * 60 + "</description>"
    body = rss(*(item(f"guid-{number}").replace("</item>", f"{notes}</item>") for number in range(10_000)))
    url = serve(httpserver, body)
    begin = time.process_time()
    listing = polls.ask(url).listing
    assert time.process_time() - begin < 5
    assert listing is not None
    assert len(listing.items) == 10_000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=60", 60),
        ("private, Max-Age = 60", 60),
        ('max-age="60"', 60),
        ("s-maxage=60", None),
        ("no-store", None),
        ("max-age=-1", None),
        ("max-age=", None),
        ("", None),
        (None, None),
    ],
)
def test_max_age_is_read_from_any_cache_control(header: str | None, seconds: float | None) -> None:
    assert max_age(header) == seconds
