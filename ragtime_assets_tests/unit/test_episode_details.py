"""How an episode's details are found: feed first, page second, nothing invented."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, EpisodeDetails, Source
from ragtime_assets.domain.episode.corrections import Corrections, checked_corrections
from ragtime_assets.domain.episode.fetched import Document, PageFacts
from ragtime_assets.domain.episode.identity import Submission, item_submission, page_submission
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import (
    EngineUnavailable,
    ExtractionFailed,
    InvalidFeed,
    InvalidSubmission,
    NotAnEpisode,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    TimedOut,
)
from ragtime_assets.phases.details.index_search import best_match
from ragtime_assets.phases.episode_details import Readers, make_episode_details
from ragtime_assets.ports import Investigator, PodcastIndex
from ragtime_assets_tests.fakes import FakeFetcher, FakeInvestigator, FakePageRenderer, FakePodcastIndex

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


class Feeds:
    """Says of each feed, by its address, which item is meant."""

    def __init__(self, items: Mapping[str, EpisodeDetails | RagtimeError | None]) -> None:
        self.items = items

    def item(self, feed: Document, guid: str | None = None) -> EpisodeDetails:
        found = self.matching(feed, feed)
        if found is None and guid is None:
            raise NotAnEpisode("a feed of 9 items", remedy="Name one with --guid.")
        if found is None or guid not in (None, found.guid):
            raise NotAnEpisode(f"none has the guid {guid}")
        return found

    def next_page(self, feed: Document) -> str | None:
        return None

    def matching(
        self, feed: Document, page: Document, titles: Collection[str] = (), published: datetime | None = None
    ) -> EpisodeDetails | None:
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
    indexes: Sequence[PodcastIndex] = (),
    investigator: Investigator | None = None,
    corrections: Corrections | None = None,
) -> EpisodeDetails:
    fetcher = FakeFetcher(web)
    readers = Readers(fetcher, Feeds(items or {}), Pages(facts or PageFacts(None)), indexes, investigator)
    found = make_episode_details(submission, readers, Trace(), corrections)
    assert set(fetcher.asked) <= set(web)
    return found


def test_an_item_of_a_feed_is_taken_by_its_guid() -> None:
    found = make(item_submission(FEED, "g1"), {FEED: html(FEED)}, {FEED: details(guid="g1")})
    assert (found.engine, found.outcome, found.url) == ("rss", "ok", FEED)
    assert [(step.tool, step.arguments) for step in found.trace] == [
        ("fetch", {"url": FEED}),
        ("read item", {"target": "g1"}),
    ]


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


def test_a_page_that_calls_itself_its_show_s_home_gives_the_episode_no_address() -> None:
    said = details(engine="page", canonical_url="https://pod.example/")
    item = details(guid="g1", show_url="https://www.pod.example")
    found = make(page_submission(PAGE), {PAGE: html(), FEED: html(FEED)}, {FEED: item}, PageFacts(said, (FEED,)))
    assert found.canonical_url is None


def test_an_aggregator_stays_one_when_the_feed_is_found() -> None:
    said = details(source=Source(kind="aggregator", provider="Spotify"))
    found = make(page_submission(PAGE), {PAGE: html(), FEED: html(FEED)}, {FEED: details()}, PageFacts(said, (FEED,)))
    assert found.source.provider == "Spotify"


@pytest.mark.parametrize("failure", [SourceUnavailable("503"), SourceGone("404"), InvalidFeed("no feed")])
def test_a_feed_that_fails_does_not_lose_what_the_page_said(failure: RagtimeError) -> None:
    web = {PAGE: html(), FEED: html(FEED) if isinstance(failure, InvalidFeed) else failure}
    found = make(page_submission(PAGE), web, {FEED: failure}, PageFacts(details(engine="page"), (FEED,)))
    assert (found.engine, found.title) == ("page", "One")
    assert found.trace[-1].output == f"{type(failure).__name__}: {failure.message}"


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
    web = FakeFetcher({PAGE: html(), **{url: html(url) for url in urls}})
    readers = Readers(web, Feeds({}), Pages(PageFacts(details(), tuple(urls))))
    make_episode_details(page_submission(PAGE), readers, Trace())
    assert web.asked == [PAGE, *urls[:3]]


def test_a_page_without_an_episode_is_refused_with_the_trace() -> None:
    with pytest.raises(NotAnEpisode, match="holds no podcast episode") as caught:
        make(page_submission(PAGE), {PAGE: html()})
    assert "--feed" in caught.value.remedy
    assert [step["tool"] for step in caught.value.details["trace"]] == ["fetch", "read page"]


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
    url = "https://cdn.example/jazz/Ella%20and%20Louis.mp3"
    found = make(page_submission(url), {url: html(url, body, media_type)})
    assert (found.title, found.show, found.engine) == ("Audio file Ella and Louis.mp3", None, "direct")
    assert (found.outcome, found.audio[0].origin) == ("partial", "direct")
    assert found.confidence < 0.5


def test_of_a_long_file_name_200_letters_are_shown() -> None:
    url = f"https://cdn.example/{'a' * 300}.mp3"
    found = make(page_submission(url), {url: html(url, b"ID3", "audio/mpeg")})
    assert found.title == f"Audio file {'a' * 199}…"


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


KNOWN = IndexedEpisode(
    index="fyyd",
    title="One",
    show="Jazz Hour",
    guid="g1",
    audio_url="https://cdn.example/indexed.mp3",
    media_type="audio/mpeg",
    page_url=PAGE,
    feed_url=FEED,
)
AGGREGATED = "https://fyyd.de/episode/1"
KNOWS = FakePodcastIndex(pages={AGGREGATED: KNOWN})


def test_the_page_of_an_index_is_looked_up_and_leads_to_the_feed_s_item() -> None:
    found = make(
        page_submission(AGGREGATED),
        {FEED: html(FEED)},
        {FEED: details(guid="g1", canonical_url=PAGE)},
        indexes=[KNOWS],
    )
    assert (found.engine, found.guid, found.canonical_url, found.url) == ("index+rss", "g1", PAGE, AGGREGATED)
    assert (found.source.kind, found.source.provider) == ("aggregator", "fyyd")
    assert [audio.url for audio in found.audio] == ["https://cdn.example/1.mp3", "https://cdn.example/indexed.mp3"]


@pytest.mark.parametrize("failure", [SourceUnavailable("503"), SourceGone("404"), InvalidFeed("no feed")])
def test_an_index_whose_feed_cannot_be_read_still_tells_what_it_knows(failure: RagtimeError) -> None:
    found = make(page_submission(AGGREGATED), {FEED: failure}, indexes=[KNOWS])
    assert (found.engine, found.title, found.outcome) == ("index fyyd", "One", "ok")
    assert (found.audio[0].origin, found.audio[0].media_type) == ("index", "audio/mpeg")


def test_an_item_that_its_feed_calls_otherwise_is_known_by_its_page_its_audio_and_its_title() -> None:
    asked: list[tuple[Document, Collection[str]]] = []

    class Renamed(Feeds):
        def item(self, feed: Document, guid: str | None = None) -> EpisodeDetails:
            raise NotAnEpisode(f"none has the guid {guid}")

        def matching(
            self, feed: Document, page: Document, titles: Collection[str] = (), published: datetime | None = None
        ) -> EpisodeDetails | None:
            asked.append((page, titles))
            return details(guid="g9")

    readers = Readers(FakeFetcher({FEED: html(FEED)}), Renamed({}), Pages(PageFacts(None)), [KNOWS])
    found = make_episode_details(page_submission(AGGREGATED), readers, Trace())
    assert found.guid == "g9"
    assert asked == [(Document(PAGE, b"https://cdn.example/indexed.mp3", "text/plain"), ["One"])]
    step = next(step for step in found.trace if step.tool == "read item")
    assert (step.output, step.arguments) == ("the feed has no such guid", {"guid": "g1"})


def test_a_page_that_shows_another_s_episode_leads_to_the_publisher() -> None:
    title = "An evening with five players"
    said = details(engine="page", title=title, audio=(), source=Source(kind="aggregator", provider="Overcast"))
    found = make(
        page_submission(PAGE),
        {PAGE: html(), FEED: html(FEED)},
        {FEED: details(guid="g1", title=title)},
        PageFacts(said),
        [FakePodcastIndex([KNOWN.model_copy(update={"title": title})])],
    )
    assert (found.engine, found.guid, found.source.provider) == ("page+index", "g1", "Overcast")
    assert found.audio[0].url == "https://cdn.example/1.mp3"


def test_an_episode_of_another_show_is_not_taken_for_the_one_on_the_page() -> None:
    said = details(engine="page", audio=())
    other = KNOWN.model_copy(update={"title": "Something else", "show": "Another show"})
    found = make(page_submission(PAGE), {PAGE: html()}, facts=PageFacts(said), indexes=[FakePodcastIndex([other])])
    assert (found.engine, found.audio, found.outcome) == ("page", (), "partial")


def test_an_episode_of_an_index_that_is_not_sure_gives_a_page_no_audio() -> None:
    unsure = KNOWN.model_copy(update={"show": None})
    found, _ = best_match(details(audio=()), [FakePodcastIndex([unsure])], Trace()) or (None, None)
    assert found == unsure, "it is the best that there is"
    said = PageFacts(details(engine="page", audio=()))
    found = make(page_submission(PAGE), {PAGE: html()}, facts=said, indexes=[FakePodcastIndex([unsure])])
    assert (found.engine, found.audio) == ("page", ())


def test_a_page_with_its_own_audio_asks_no_index() -> None:
    index = FakePodcastIndex([KNOWN])
    make(page_submission(PAGE), {PAGE: html()}, facts=PageFacts(details(engine="page")), indexes=[index])
    assert index.wanted == []


def test_an_investigator_is_asked_only_where_the_rules_read_nothing_or_a_contradiction() -> None:
    asked = FakeInvestigator(details(engine="model", title="Found out"))
    assert make(page_submission(PAGE), {PAGE: html()}, investigator=asked).title == "Found out"
    said = PageFacts(details(engine="page", title="Quite another"), (FEED,))
    web = {PAGE: html(), FEED: html(FEED)}
    assert make(page_submission(PAGE), web, {FEED: details()}, said, investigator=asked).title == "Found out"
    assert [read and read.title for read in asked.told] == [None, "One"]
    plain = make(page_submission(PAGE), web, {FEED: details()}, PageFacts(details(), (FEED,)), investigator=asked)
    assert (plain.title, len(asked.told)) == ("One", 2)


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (NotAnEpisode("no"), "not_a_podcast_episode"),
        (SourceGone("404"), "unreachable"),
        (SourceUnavailable("503"), "unreachable"),
        (ExtractionFailed("no title"), "extraction_failed"),
    ],
)
def test_each_way_to_fail_has_its_own_word_and_keeps_the_trace(failure: RagtimeError, outcome: str) -> None:
    with pytest.raises(type(failure)) as caught:
        make(item_submission(FEED, "g1"), {FEED: failure})
    assert caught.value.details["outcome"] == outcome
    assert caught.value.details["trace"][0]["outcome"] == "failed"


def test_corrections_are_shown_and_change_no_digest_unless_the_work_below_depends_on_them() -> None:
    read = make(page_submission(PAGE), {PAGE: html()}, facts=PageFacts(details(published="2024-05-01T10:00:00Z")))
    shown = checked_corrections({"title": "Better", "published": "2024-06-01"})
    corrected = make(
        page_submission(PAGE),
        {PAGE: html()},
        facts=PageFacts(details(published="2024-05-01T10:00:00Z")),
        corrections=shown,
    )
    assert (corrected.title, corrected.as_read["title"]) == ("Better", "One")
    assert corrected.digest() == read.digest()
    for deeper in ({"language": "de"}, {"audio_url": "https://cdn.example/right.mp3"}):
        changed = checked_corrections(deeper).applied_to(read)
        assert changed.digest() != read.digest()
    assert changed.audio[0].url == "https://cdn.example/right.mp3"


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"published": "soon"}, {"language": "?"}, {"audio_url": "ftp://x/y"}, {"season": "one"}]
)
def test_a_correction_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSubmission):
        checked_corrections(wrong)


class PagesByBody:
    """Says of a page what is known of its body."""

    def __init__(self, facts: Mapping[bytes, PageFacts]) -> None:
        self.facts = facts

    def read(self, page: Document) -> PageFacts:
        return self.facts.get(page.body, PageFacts(None))


def rendered(renderer: FakePageRenderer, static: PageFacts | None = None) -> EpisodeDetails:
    facts = {b"<html>": static or PageFacts(None), b"<html>ran": PageFacts(details(engine="page", audio=()))}
    readers = Readers(FakeFetcher({PAGE: html()}), Feeds({}), PagesByBody(facts), renderer=renderer)
    return make_episode_details(page_submission(PAGE), readers, Trace())


def test_a_page_that_is_empty_until_its_scripts_ran_is_read_as_a_browser_shows_it() -> None:
    renderer = FakePageRenderer(html(body=b"<html>ran"))
    found = rendered(renderer)
    assert (found.title, found.outcome, renderer.asked) == ("One", "partial", [PAGE])


def test_a_page_that_only_sends_on_leads_to_the_episode_s_page_and_not_for_ever() -> None:
    other, circle = "https://pod.example/there", "https://pod.example/circle"
    pages = {PAGE: html(body=b"here"), other: html(other, b"there"), circle: html(circle, b"circle")}
    told = {
        b"here": PageFacts(None, sends_to=other),
        b"there": PageFacts(details(engine="page")),
        b"circle": PageFacts(None, sends_to=circle),
    }
    readers = Readers(FakeFetcher(pages), Feeds({}), PagesByBody(told))
    found = make_episode_details(page_submission(PAGE), readers, Trace())
    assert (found.title, found.url) == (details().title, PAGE)
    fetcher = FakeFetcher(pages)
    with pytest.raises(NotAnEpisode):
        make_episode_details(page_submission(circle), replace(readers, fetcher=fetcher), Trace())
    assert len(fetcher.asked) == 4


def test_a_page_that_tells_of_an_episode_is_not_rendered() -> None:
    renderer = FakePageRenderer(html(body=b"<html>ran"))
    rendered(renderer, PageFacts(details(engine="page")))
    assert renderer.asked == []


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (html(body=b"<html>ran, and nothing"), NotAnEpisode),
        (EngineUnavailable("no Chromium"), NotAnEpisode),
        (TimedOut("slow"), SourceUnavailable),
    ],
)
def test_a_page_is_no_episode_for_good_only_if_nothing_can_change_that(
    failure: Document | RagtimeError, told: type[RagtimeError]
) -> None:
    with pytest.raises(told):
        rendered(FakePageRenderer(failure))


def test_a_page_that_no_browser_could_show_says_what_is_missing() -> None:
    with pytest.raises(NotAnEpisode, match="its scripts would show was not looked at: no Chromium") as caught:
        rendered(FakePageRenderer(EngineUnavailable("no Chromium", remedy="Install Chromium.")))
    assert "Submit the page of one episode" in caught.value.remedy
    assert "Install Chromium." in caught.value.remedy


def test_a_feed_that_did_not_answer_may_have_told_of_the_page() -> None:
    with pytest.raises(SourceUnavailable, match="503"):
        make(page_submission(PAGE), {PAGE: html(), FEED: SourceUnavailable("503")}, facts=PageFacts(None, (FEED,)))


def test_an_investigator_s_no_is_not_final_while_the_feed_of_the_page_does_not_answer() -> None:
    class Denier(FakeInvestigator):
        def investigate(self, url: str, read: EpisodeDetails | None, trace: Trace) -> EpisodeDetails:
            raise NotAnEpisode("it is an article")

    web = {PAGE: html(), FEED: SourceUnavailable("503")}
    with pytest.raises(SourceUnavailable, match="503"):
        make(page_submission(PAGE), web, facts=PageFacts(None, (FEED,)), investigator=Denier(details()))
    with pytest.raises(NotAnEpisode, match="it is an article"):
        make(page_submission(PAGE), {PAGE: html()}, investigator=Denier(details()))


def test_an_index_that_did_not_answer_may_know_its_own_page() -> None:
    class Down(FakePodcastIndex):
        def lookup(self, url: str) -> IndexedEpisode | None:
            raise SourceUnavailable("fyyd answered 503")

    with pytest.raises(SourceUnavailable, match="fyyd answered 503"):
        make(page_submission(AGGREGATED), {AGGREGATED: html(AGGREGATED)}, indexes=[Down()])
    told = make(
        page_submission(AGGREGATED), {AGGREGATED: html(AGGREGATED)}, facts=PageFacts(details()), indexes=[Down()]
    )
    assert told.title == "One"


def test_a_guid_on_the_page_leads_to_the_item_of_the_feed() -> None:
    class ByGuid(Feeds):
        def matching(
            self, feed: Document, page: Document, titles: Collection[str] = (), published: datetime | None = None
        ) -> EpisodeDetails | None:
            return details(guid="g1") if page.url == FEED else None

    web = {PAGE: html(), FEED: html(FEED)}
    for guid, found in (("g1", "g1"), ("g2", None)):
        readers = Readers(FakeFetcher(web), ByGuid({}), Pages(PageFacts(details(engine="page"), (FEED,), guid)))
        assert make_episode_details(page_submission(PAGE), readers, Trace()).guid == found


# -- a page that tells of no episode by rule


NAMED = PageFacts(None, titles=("Django in Paris", "Django in Paris | Jazz Hour"), site="Jazz Hour")
IN_AN_INDEX = IndexedEpisode(
    index="fake", title="Django in Paris", show="Jazz Hour", audio_url="https://cdn.example/django.mp3"
)


def test_a_page_without_audio_is_looked_for_in_the_indexes_by_its_title_before_it_is_given_up() -> None:
    found = make(page_submission(PAGE), {PAGE: html()}, facts=NAMED, indexes=[FakePodcastIndex([IN_AN_INDEX])])
    assert (found.title, found.show, found.engine) == ("Django in Paris", "Jazz Hour", "page+index")
    assert [audio.url for audio in found.audio] == ["https://cdn.example/django.mp3"]


@pytest.mark.parametrize(
    ("facts", "known"),
    [
        (NAMED, IN_AN_INDEX.model_copy(update={"title": "Django in Rome"})),
        (NAMED, IN_AN_INDEX.model_copy(update={"show": "Another show"})),
        (replace(NAMED, site=None), IN_AN_INDEX),
        (replace(NAMED, titles=("Jazz Hour",)), IN_AN_INDEX.model_copy(update={"title": "Jazz Hour"})),
    ],
    ids=["another title", "another show", "no show", "front page"],
)
def test_an_episode_of_an_index_that_only_may_be_the_page_s_is_not_taken_for_it(
    facts: PageFacts, known: IndexedEpisode
) -> None:
    with pytest.raises(NotAnEpisode):
        make(page_submission(PAGE), {PAGE: html()}, facts=facts, indexes=[FakePodcastIndex([known])])


def test_a_page_is_no_episode_for_good_only_if_the_indexes_answered() -> None:
    index = FakePodcastIndex(SourceUnavailable("fyyd answered 503"))
    with pytest.raises(SourceUnavailable, match="fyyd answered 503"):
        make(page_submission(PAGE), {PAGE: html()}, facts=NAMED, indexes=[index])


def test_a_site_that_is_called_like_the_show_makes_a_title_alone_sure() -> None:
    said = details(engine="page", title="Django in Paris", show=None, audio=())
    facts = replace(NAMED, details=said)
    found = make(page_submission(PAGE), {PAGE: html()}, facts=facts, indexes=[FakePodcastIndex([IN_AN_INDEX])])
    assert (found.engine, found.show) == ("page+index", "Jazz Hour")


def test_the_titles_of_a_page_that_says_nothing_else_are_compared_with_the_items_of_its_feed() -> None:
    asked: list[Collection[str]] = []

    class ByTitle(Feeds):
        def matching(
            self, feed: Document, page: Document, titles: Collection[str] = (), published: datetime | None = None
        ) -> EpisodeDetails | None:
            asked.append(titles)
            return details(guid="g1")

    facts = PageFacts(None, (FEED,), titles=NAMED.titles)
    readers = Readers(FakeFetcher({PAGE: html(), FEED: html(FEED)}), ByTitle({}), Pages(facts))
    assert make_episode_details(page_submission(PAGE), readers, Trace()).guid == "g1"
    assert asked == [["Django in Paris", "Django in Paris | Jazz Hour"]]
