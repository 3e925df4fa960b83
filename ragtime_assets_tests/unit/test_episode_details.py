"""How an episode's details are found: feed first, page second, nothing invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ragtime_assets.domain.episode_details import AudioCandidate, EpisodeDetails, Source
from ragtime_assets.domain.identity import Submission, item_submission, page_submission
from ragtime_assets.errors import InvalidFeed, NotAnEpisode, RagtimeError, SourceGone, SourceUnavailable
from ragtime_assets.phases.episode_details import make_episode_details
from ragtime_assets.ports import Document, PageFacts

PAGE = "https://pod.example/one"
FEED = "https://pod.example/feed"


def details(**changes: Any) -> EpisodeDetails:
    known: dict[str, Any] = {
        "engine": "rss",
        "url": PAGE,
        "title": "One",
        "show": "Jazz Hour",
        "audio": (AudioCandidate(url="https://cdn.example/1.mp3", origin="enclosure"),),
        "source": Source(kind="canonical"),
        "outcome": "ok",
        "confidence": 1.0,
    }
    return EpisodeDetails(**{**known, **changes})


class Web:
    """A web of a few documents; an exception in the place of a document is raised."""

    def __init__(self, documents: Mapping[str, Document | RagtimeError]) -> None:
        self.documents = documents
        self.visited: list[str] = []

    def fetch(self, url: str) -> Document:
        self.visited.append(url)
        found = self.documents[url]
        if isinstance(found, RagtimeError):
            raise found
        return found

    def download(self, *_: object) -> Any:
        raise AssertionError("details need no download")


class Feeds:
    """Says of each feed, by its address, which item is meant."""

    def __init__(self, items: Mapping[str, EpisodeDetails | RagtimeError | None]) -> None:
        self.items = items

    def item(self, feed: Document, guid: str) -> EpisodeDetails:
        found = self.matching(feed, feed, None)
        if found is None or found.guid != guid:
            raise NotAnEpisode(f"none has the guid {guid}")
        return found

    def sole(self, feed: Document) -> EpisodeDetails:
        found = self.matching(feed, feed, None)
        if found is None:
            raise NotAnEpisode("a feed of 9 items", remedy="Name one with --guid.")
        return found

    def matching(self, feed: Document, page: Document, title: str | None) -> EpisodeDetails | None:
        found = self.items.get(feed.url)
        if isinstance(found, RagtimeError):
            raise found
        return found


class Pages:
    """Says the same of every page."""

    def __init__(self, facts: PageFacts) -> None:
        self.facts = facts

    def read(self, page: Document) -> PageFacts:
        return self.facts


def html(url: str = PAGE, body: bytes = b"<html>", media_type: str = "text/html") -> Document:
    return Document(url, body, media_type)


def make(
    submission: Submission,
    web: Mapping[str, Document | RagtimeError],
    items: Mapping[str, EpisodeDetails | RagtimeError | None] | None = None,
    facts: PageFacts | None = None,
) -> EpisodeDetails:
    return make_episode_details(submission, Web(web), Feeds(items or {}), Pages(facts or PageFacts(None)))


def test_an_item_of_a_feed_is_taken_by_its_guid() -> None:
    found = make(item_submission(FEED, "g1"), {FEED: html(FEED)}, {FEED: details(guid="g1")})
    assert (found.engine, found.outcome, found.url) == ("rss", "ok", FEED)
    assert [step.action for step in found.trace] == ["fetch", "read item"]


def test_the_feed_s_item_wins_and_the_page_fills_its_gaps() -> None:
    said = details(
        engine="page",
        title="One | Pod",
        show="Pod",
        description="From the page",
        language="en",
        audio=(
            AudioCandidate(url="https://cdn.example/1.mp3", origin="media_element"),
            AudioCandidate(url="https://cdn.example/page.mp3", origin="open_graph"),
        ),
    )
    found = make(
        page_submission(PAGE), {PAGE: html(), FEED: html(FEED)}, {FEED: details(guid="g1")}, PageFacts(said, (FEED,))
    )
    assert (found.title, found.show, found.guid, found.engine) == ("One", "Jazz Hour", "g1", "page+rss")
    assert (found.description, found.language) == ("From the page", "en")
    assert [(a.url, a.origin) for a in found.audio] == [
        ("https://cdn.example/1.mp3", "enclosure"),
        ("https://cdn.example/page.mp3", "open_graph"),
    ]


def test_an_aggregator_stays_one_when_the_feed_is_found() -> None:
    said = details(source=Source(kind="aggregator", provider="Spotify"))
    found = make(page_submission(PAGE), {PAGE: html(), FEED: html(FEED)}, {FEED: details()}, PageFacts(said, (FEED,)))
    assert found.source.provider == "Spotify"


@pytest.mark.parametrize("failure", [SourceUnavailable("503"), SourceGone("404"), InvalidFeed("no feed")])
def test_a_feed_that_fails_does_not_lose_what_the_page_said(failure: RagtimeError) -> None:
    web = {PAGE: html(), FEED: html(FEED) if isinstance(failure, InvalidFeed) else failure}
    found = make(page_submission(PAGE), web, {FEED: failure}, PageFacts(details(engine="page"), (FEED,)))
    assert (found.engine, found.title) == ("page", "One")
    assert found.trace[-1].outcome == f"{type(failure).__name__}: {failure.message}"


def test_an_item_is_found_for_a_page_that_says_nothing_itself() -> None:
    found = make(page_submission(PAGE), {PAGE: html(), FEED: html(FEED)}, {FEED: details()}, PageFacts(None, (FEED,)))
    assert (found.engine, found.outcome) == ("page+rss", "ok")


def test_an_article_in_a_feed_is_not_an_episode() -> None:
    with pytest.raises(NotAnEpisode):
        make(
            page_submission(PAGE), {PAGE: html(), FEED: html(FEED)}, {FEED: details(audio=())}, PageFacts(None, (FEED,))
        )


def test_at_most_three_feeds_are_looked_into() -> None:
    urls = [f"https://pod.example/feed/{n}" for n in range(5)]
    web = Web({PAGE: html(), **{url: html(url) for url in urls}})
    make_episode_details(page_submission(PAGE), web, Feeds({}), Pages(PageFacts(details(), tuple(urls))))
    assert web.visited == [PAGE, *urls[:3]]


def test_a_page_without_an_episode_is_refused_with_the_trace() -> None:
    with pytest.raises(NotAnEpisode, match="holds no podcast episode") as caught:
        make(page_submission(PAGE), {PAGE: html()})
    assert "--feed" in caught.value.remedy
    assert [step["action"] for step in caught.value.details["trace"]] == ["fetch", "read page"]


def test_a_feed_of_one_item_is_that_episode_and_a_longer_one_asks_for_a_guid() -> None:
    feed = {FEED: html(FEED, b"<?xml version='1.0'?><rss>", "text/xml")}
    assert make(page_submission(FEED), feed, {FEED: details(guid="g1")}).guid == "g1"
    with pytest.raises(NotAnEpisode) as caught:
        make(page_submission(FEED), feed)
    assert "--guid" in caught.value.remedy


@pytest.mark.parametrize(
    ("media_type", "body"), [("audio/mpeg", b"\xff\xfb"), ("application/octet-stream", b"ID3"), ("", b"OggS")]
)
def test_of_an_audio_file_nothing_is_invented(media_type: str, body: bytes) -> None:
    url = "https://cdn.example/Ella%20and%20Louis.mp3"
    found = make(page_submission(url), {url: html(url, body, media_type)})
    assert (found.title, found.show, found.engine) == ("Audio file Ella and Louis.mp3", None, "direct")
    assert (found.outcome, found.audio[0].origin) == ("partial", "direct")
    assert found.confidence < 0.5


def test_a_web_page_that_calls_itself_audio_is_read_as_a_page() -> None:
    web = {PAGE: html(PAGE, b"<!DOCTYPE html><html>", "audio/mpeg")}
    assert make(page_submission(PAGE), web, facts=PageFacts(details(engine="page"))).engine == "page"


@pytest.mark.parametrize("gap", [{"show": None}, {"audio": ()}])
def test_details_with_a_gap_are_partial(gap: dict[str, Any]) -> None:
    assert make(page_submission(PAGE), {PAGE: html()}, facts=PageFacts(details(**gap))).outcome == "partial"


def test_a_page_that_cannot_be_fetched_says_why() -> None:
    with pytest.raises(SourceGone, match="404"):
        make(page_submission(PAGE), {PAGE: SourceGone("answered 404")})


def test_the_submitted_address_is_kept_and_the_trace_does_not_change_the_digest() -> None:
    found = make(page_submission(PAGE + "?utm_source=x"), {PAGE + "?utm_source=x": html()}, facts=PageFacts(details()))
    assert found.url == PAGE + "?utm_source=x"
    assert found.digest() == found.model_copy(update={"trace": ()}).digest()
