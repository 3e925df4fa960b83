"""The podcast indexes, against a local server that answers as the services document."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.indexes.apple import AppleIndex
from ragtime_assets.adapters.indexes.fyyd import FyydIndex
from ragtime_assets.adapters.indexes.podcastindex import PodcastIndexOrg
from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import BlockedAddress, InvalidContent, RagtimeError, SourceGone, SourceUnavailable, TooLarge
from ragtime_assets.phases.details.index_search import IndexAudioFinder, best_match, look_up
from ragtime_assets.ports import PodcastIndex
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio, Web
from ragtime_assets_tests.fakes import details_of

KEY, SECRET = "a-key", "a-secret"
GUID = "5d2b2f0e-6f0f-4e4c-9a87-1d8a7c1f0a11"
TITLE, SHOW = "Kind of Blue at sixty", "The Jazz Hour"
AUDIO = "https://cdn.example/kind-of-blue.mp3"
FEED = "https://jazz.example/feed.xml"
WANTED = details_of(title=TITLE, show=SHOW)
BY_GUID = details_of(title=TITLE, show=SHOW, guid=GUID, feed_url=FEED)
HTML = b"<!DOCTYPE html><html><body>We are sorry</body></html>"

APPLE_SHOW: dict[str, Any] = {
    "wrapperType": "track",
    "kind": "podcast",
    "collectionId": 1200361736,
    "trackId": 1200361736,
    "artistName": "Jazz FM",
    "collectionName": SHOW,
    "trackName": SHOW,
    "collectionViewUrl": "https://podcasts.apple.com/us/podcast/the-jazz-hour/id1200361736?uo=4",
    "feedUrl": FEED,
    "releaseDate": "2024-05-17T10:00:00Z",
    "trackCount": 312,
    "genres": ["Music", "Podcasts"],
}
APPLE_EPISODE: dict[str, Any] = {
    "wrapperType": "podcastEpisode",
    "kind": "podcast-episode",
    "collectionId": 1200361736,
    "collectionName": SHOW,
    "trackId": 1000655991234,
    "trackName": TITLE,
    "trackViewUrl": "https://podcasts.apple.com/us/podcast/kind-of-blue/id1200361736?i=1000655991234&uo=4",
    "trackTimeMillis": 3_605_000,
    "releaseDate": "2024-05-17T10:00:00Z",
    "episodeGuid": GUID,
    "episodeUrl": AUDIO,
    "episodeContentType": "audio",
    "episodeFileExtension": "mp3",
    "feedUrl": FEED,
    "description": "Sixty years of one record. " * 40,
    "genres": [{"name": "Music", "id": "1310"}],
}
FYYD_EPISODE: dict[str, Any] = {
    "title": TITLE,
    "id": 9_114_323,
    "guid": GUID,
    "url": "https://jazz.example/kind-of-blue",
    "enclosure": AUDIO,
    "podcast_id": 4_711,
    "imgURL": "https://img.fyyd.de/pd/layout/4711.jpg",
    "pubdate": "2024-05-17 12:00:00",
    "duration": 3_605,
    "status": 200,
    "url_fyyd": "https://fyyd.de/episode/9114323",
    "description": "<p>Sixty years of one record.</p>",
}
FYYD_PODCAST = {"title": SHOW, "id": 4_711, "xmlURL": FEED, "htmlURL": "https://jazz.example", "rank": 12}
PI_FEED: dict[str, Any] = {
    "id": 75_075,
    "podcastGuid": "9b024349-ccf0-5f69-a609-6b82873eab3c",
    "title": SHOW,
    "url": FEED,
    "originalUrl": FEED,
    "link": "https://jazz.example",
    "dead": 0,
    "episodeCount": 312,
    "categories": {"55": "Music"},
}
PI_EPISODE: dict[str, Any] = {
    "id": 16_795_090,
    "title": TITLE,
    "link": "https://jazz.example/kind-of-blue",
    "description": "Sixty years of one record.",
    "guid": GUID,
    "datePublished": 1_715_940_000,
    "datePublishedPretty": "May 17, 2024 5:00am",
    "enclosureUrl": AUDIO,
    "enclosureType": "audio/mpeg; charset=binary",
    "enclosureLength": 0,
    "duration": 3_605,
    "explicit": 0,
    "episode": None,
    "season": 0,
    "feedId": 75_075,
    "feedUrl": FEED,
    "feedLanguage": "en-us",
    "transcripts": None,
}

Answer = dict[str, Any] | list[Any] | bytes | int
Asked = list[tuple[str, dict[str, str]]]


def apple(*rows: dict[str, Any]) -> dict[str, Any]:
    """Rows as Apple sends them."""
    return {"resultCount": len(rows), "results": list(rows)}


def fyyd(data: Any, **changes: Any) -> dict[str, Any]:
    """An envelope of fyyd's."""
    paging = {"count": 10, "page": 0, "first_page": 0, "last_page": 0, "next_page": None, "prev_page": None}
    meta = {"paging": paging, "API_INFO": {"API_VERSION": 0.2}, "duration": 12}
    return {"status": 1, "msg": "ok", "meta": meta, "data": data, **changes}


def listed(**more: Any) -> dict[str, Any]:
    """An answer of podcastindex.org."""
    return {"status": "true", "description": "Found matching items.", **more}


class Service:
    """A local server that answers each path with what it was given, and keeps what it was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.url = server.url_for("")
        self.answers: dict[str, Answer] = {}
        self.asked: Asked = []
        self.requests: list[Request] = []
        server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)
        self.http = GuardedHttp(
            [f"{server.host}:{server.port}"],
            user_agent="ragtime-test",
            limits=HttpLimits(document_bytes=200_000, document_seconds=5, attempts=1),
        )

    def _answer(self, request: Request) -> Response:
        self.asked.append((request.path, request.args.to_dict()))
        self.requests.append(request)
        answer = self.answers.get(request.path, 404)
        if isinstance(answer, int):
            return Response("no", status=answer)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return Response(body, content_type="text/javascript; charset=utf-8")

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [path for path, _ in self.asked]


@pytest.fixture
def service(httpserver: HTTPServer) -> Iterator[Service]:
    """A service that has nothing yet."""
    return Service(httpserver)


@pytest.fixture
def itunes(service: Service) -> AppleIndex:
    """Apple, whose service has nothing yet."""
    return AppleIndex(service.http, service.url)


@pytest.fixture
def fyyd_index(service: Service) -> FyydIndex:
    """fyyd, whose service has nothing yet."""
    return FyydIndex(service.http, service.url)


@pytest.fixture
def org(service: Service) -> PodcastIndexOrg:
    """podcastindex.org, which has nothing yet."""
    return PodcastIndexOrg(service.http, service.url, KEY, SECRET)


# Apple


def test_apple_finds_an_episode_by_title_and_show(service: Service, itunes: AppleIndex) -> None:
    service.answers["/search"] = apple(APPLE_EPISODE)
    found = itunes.search(WANTED)
    assert service.asked == [
        ("/search", {"term": f"{TITLE} {SHOW}", "media": "podcast", "entity": "podcastEpisode", "limit": "50"})
    ]
    assert [one.model_dump(mode="json") for one in found] == [
        {
            "index": "apple",
            "title": TITLE,
            "show": SHOW,
            "guid": GUID,
            "podcast_guid": None,
            "published": "2024-05-17T10:00:00Z",
            "duration": 3605.0,
            "audio_url": AUDIO,
            "media_type": None,
            "page_url": APPLE_EPISODE["trackViewUrl"],
            "feed_url": FEED,
        }
    ]


def test_apple_is_asked_for_the_show_and_its_episodes_when_the_search_did_not_find_it(
    service: Service, itunes: AppleIndex
) -> None:
    other = {**APPLE_EPISODE, "trackName": "Another", "episodeGuid": "b"}
    homonym = {**APPLE_SHOW, "collectionId": 7, "collectionName": "The Jazz Hour with Ann"}
    results = {"podcastEpisode": apple(other), "podcast": apple(homonym, APPLE_SHOW)}
    service.answers["/lookup"] = apple(
        APPLE_SHOW, {key: APPLE_EPISODE[key] for key in APPLE_EPISODE if key != "feedUrl"}
    )
    service.server.clear_all_handlers()
    service.server.expect_request("/search").respond_with_handler(
        lambda request: Response(json.dumps(results[request.args["entity"]]))
    )
    service.server.expect_request("/lookup").respond_with_handler(service._answer)
    found = itunes.search(WANTED)
    assert [(one.title, one.feed_url) for one in found] == [("Another", FEED), (TITLE, FEED)]
    assert service.asked == [("/lookup", {"id": "1200361736", "entity": "podcastEpisode", "limit": "200"})]


def test_a_show_among_apples_rows_is_no_episode(service: Service, itunes: AppleIndex) -> None:
    service.answers["/search"] = apple(APPLE_SHOW)
    service.answers["/lookup"] = apple(APPLE_SHOW)
    assert itunes.search(WANTED) == []


@pytest.mark.parametrize("host", ["www.jazz.example", "jazz.example", "https://jazz.example/", "127.0.0.1:8000"])
def test_the_name_of_a_server_is_never_sent_as_a_query(service: Service, host: str) -> None:
    for path in ("/search", "/search/bytitle"):
        service.answers[path] = apple()
    service.answers["/search/episode"] = fyyd([])
    wanted = details_of(title=TITLE, show=host)
    for index in (
        AppleIndex(service.http, service.url),
        FyydIndex(service.http, service.url),
        PodcastIndexOrg(service.http, service.url, KEY, SECRET),
    ):
        assert index.search(wanted) == []
    assert [query.get("term") or query.get("title") for _, query in service.asked] == [TITLE, TITLE]
    assert not any(host in value for _, query in service.asked for value in query.values())


def test_without_words_nobody_is_asked(service: Service, itunes: AppleIndex, fyyd_index: FyydIndex) -> None:
    nothing = details_of(title="www.jazz.example", show="www.jazz.example")
    assert itunes.search(nothing) == fyyd_index.search(nothing) == []
    assert service.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://podcasts.apple.com/us/podcast/kind-of-blue/id1200361736?i=1000655991234",
        "https://podcasts.apple.com/de/podcast/id1200361736?l=de&i=1000655991234#top",
        "https://itunes.apple.com/us/podcast/x/id1200361736?mt=2&i=1000655991234",
    ],
)
def test_a_page_of_apples_is_looked_up_by_its_numbers(service: Service, itunes: AppleIndex, url: str) -> None:
    older = {**APPLE_EPISODE, "trackId": 1, "trackName": "Older"}
    service.answers["/lookup"] = apple(APPLE_SHOW, older, APPLE_EPISODE)
    found = itunes.lookup(url)
    assert found is not None
    assert (found.title, found.audio_url, found.feed_url) == (TITLE, AUDIO, FEED)
    assert service.asked == [("/lookup", {"id": "1200361736", "entity": "podcastEpisode", "limit": "200"})]


def test_an_episode_that_apple_no_longer_lists_is_gone(service: Service, itunes: AppleIndex) -> None:
    service.answers["/lookup"] = apple(APPLE_SHOW)
    with pytest.raises(SourceGone, match="apple does not list episode 7 among the 200 latest of show 5"):
        itunes.lookup("https://podcasts.apple.com/us/podcast/x/id5?i=7")


@pytest.mark.parametrize(
    "url",
    [
        "https://podcasts.apple.com/us/podcast/the-jazz-hour/id1200361736",
        "https://podcasts.apple.com/us/podcast/the-jazz-hour/id1200361736?i=blue",
        "https://podcasts.apple.com.evil.example/us/podcast/x/id1200361736?i=1",
        "https://fyyd.de/podcast/the-jazz-hour/0",
        "https://fyyd.de/episode/new",
        "https://podcastindex.org/podcast/75075",
        "https://podcastindex.org/search?q=1&episode=1",
        "https://jazz.example/episode/1?i=1&episode=1",
        "ftp://fyyd.de/episode/1",
        "http://[::1/episode/1",
        "",
    ],
)
def test_other_pages_are_no_pages_of_an_index(service: Service, url: str) -> None:
    for index in (
        AppleIndex(service.http, service.url),
        FyydIndex(service.http, service.url),
        PodcastIndexOrg(service.http, service.url, KEY, SECRET),
    ):
        assert index.lookup(url) is None
    assert service.asked == []


# fyyd


def test_fyyd_finds_by_guid_first(service: Service, fyyd_index: FyydIndex) -> None:
    service.answers["/search/episode"] = fyyd([FYYD_EPISODE])
    found = fyyd_index.search(BY_GUID)
    assert service.asked == [("/search/episode", {"guid": GUID, "count": "50"})]
    assert [one.model_dump(mode="json", exclude_none=True) for one in found] == [
        {
            "index": "fyyd",
            "title": TITLE,
            "guid": GUID,
            "published": "2024-05-17T12:00:00Z",
            "duration": 3605.0,
            "audio_url": AUDIO,
            "page_url": "https://jazz.example/kind-of-blue",
        }
    ]


def test_fyyd_finds_by_title_within_the_show_when_the_guid_is_not_known_there(
    service: Service, fyyd_index: FyydIndex
) -> None:
    service.answers["/search/episode"] = fyyd([])
    assert fyyd_index.search(BY_GUID) == []
    assert service.asked[1:] == [("/search/episode", {"title": TITLE, "podcast_title": SHOW, "count": "50"})]


def test_fyyd_is_given_its_key_only_when_there_is_one(service: Service) -> None:
    service.answers["/search/episode"] = fyyd([])
    FyydIndex(service.http, service.url).search(WANTED)
    FyydIndex(service.http, service.url, "hunter2").search(WANTED)
    assert [one.headers.get("Authorization") for one in service.requests] == [None, "Bearer hunter2"]


def test_a_page_of_fyyds_is_looked_up_with_its_show(service: Service, fyyd_index: FyydIndex) -> None:
    service.answers |= {"/episode": fyyd({**FYYD_EPISODE, "duration": None}), "/podcast": fyyd(FYYD_PODCAST)}
    found = fyyd_index.lookup("https://fyyd.de/episode/9114323")
    assert found is not None
    assert (found.title, found.show, found.feed_url, found.duration) == (TITLE, SHOW, FEED, None)
    assert service.asked == [("/episode", {"episode_id": "9114323"}), ("/podcast", {"podcast_id": "4711"})]


def test_an_episode_of_fyyds_stands_without_its_show(service: Service, fyyd_index: FyydIndex) -> None:
    service.answers |= {"/episode": fyyd(FYYD_EPISODE), "/podcast": 503}
    found = fyyd_index.lookup("https://fyyd.de/episode/9114323")
    assert found is not None
    assert (found.audio_url, found.show) == (AUDIO, None)


def test_an_envelope_of_fyyds_that_says_no_is_an_error(service: Service, fyyd_index: FyydIndex) -> None:
    service.answers["/search/episode"] = fyyd([], status=0, msg="not today")
    with pytest.raises(InvalidContent, match=r"fyyd refused at .*/search/episode: not today"):
        fyyd_index.search(WANTED)


# podcastindex.org


def test_podcastindex_is_asked_by_guid_within_the_podcast(service: Service, org: PodcastIndexOrg) -> None:
    service.answers["/episodes/byguid"] = listed(id=None, url=FEED, guid=GUID, episode=PI_EPISODE)
    found = org.search(BY_GUID)
    assert service.asked == [("/episodes/byguid", {"guid": GUID, "feedurl": FEED})]
    assert [one.model_dump(mode="json", exclude_none=True) for one in found] == [
        {
            "index": "podcastindex",
            "title": TITLE,
            "guid": GUID,
            "published": "2024-05-17T10:00:00Z",
            "duration": 3605.0,
            "audio_url": AUDIO,
            "media_type": "audio/mpeg",
            "page_url": "https://jazz.example/kind-of-blue",
            "feed_url": FEED,
        }
    ]


def test_podcastindex_is_asked_by_podcast_guid_first(service: Service, org: PodcastIndexOrg) -> None:
    service.answers["/episodes/byguid"] = listed(episode=PI_EPISODE)
    assert len(org.search(BY_GUID.model_copy(update={"podcast_guid": "9b02"}))) == 1
    assert service.asked == [("/episodes/byguid", {"guid": GUID, "podcastguid": "9b02"})]


@pytest.mark.parametrize("unknown", [400, 404, listed(episode=[])])
def test_podcastindex_goes_on_to_the_feed_when_the_guid_is_not_known_there(
    service: Service, org: PodcastIndexOrg, unknown: Answer
) -> None:
    service.answers |= {
        "/episodes/byguid": unknown,
        "/podcasts/byfeedurl": listed(query={"url": FEED}, feed=PI_FEED),
        "/episodes/byfeedid": listed(items=[PI_EPISODE], count=1),
    }
    found = org.search(BY_GUID)
    assert [(one.show, one.podcast_guid) for one in found] == [(SHOW, PI_FEED["podcastGuid"])]
    assert service.asked[1:] == [
        ("/podcasts/byfeedurl", {"url": FEED}),
        ("/episodes/byfeedid", {"id": "75075", "max": "1000"}),
    ]


def test_podcastindex_searches_the_show_and_then_its_episodes(service: Service, org: PodcastIndexOrg) -> None:
    homonym = {**PI_FEED, "id": 1, "title": "The Jazz Hour with Ann"}
    service.answers |= {
        "/search/bytitle": listed(feeds=[], count=0),
        "/search/byterm": listed(feeds=[homonym, PI_FEED], count=2),
        "/episodes/byfeedid": listed(items=[PI_EPISODE], count=1),
    }
    assert [one.title for one in org.search(WANTED)] == [TITLE]
    assert service.asked == [
        ("/search/bytitle", {"q": SHOW, "max": "10"}),
        ("/search/byterm", {"q": SHOW, "max": "10"}),
        ("/episodes/byfeedid", {"id": "75075", "max": "1000"}),
    ]


def test_the_address_of_a_feed_is_never_taken_for_audio(service: Service, org: PodcastIndexOrg) -> None:
    bare = {key: value for key, value in PI_EPISODE.items() if not key.startswith("enclosure")}
    service.answers |= {
        "/search/bytitle": listed(feeds=[PI_FEED]),
        "/episodes/byfeedid": listed(items=[bare, {**PI_EPISODE, "enclosureUrl": ""}]),
    }
    assert [one.audio_url for one in org.search(WANTED)] == [None, None]


def test_an_unknown_show_is_nothing(service: Service, org: PodcastIndexOrg) -> None:
    service.answers |= {"/search/bytitle": listed(feeds=[]), "/search/byterm": listed(feeds=[])}
    assert org.search(WANTED) == []


def test_every_call_to_podcastindex_is_signed(service: Service, org: PodcastIndexOrg) -> None:
    """The server computes the signature again, as the service does, and lets nobody in five minutes early or late."""
    service.answers |= {"/search/bytitle": listed(feeds=[PI_FEED]), "/episodes/byfeedid": listed(items=[])}
    org.search(WANTED)
    assert len(service.requests) == 2
    for request in service.requests:
        date = request.headers["X-Auth-Date"]
        assert abs(int(date) - time.time()) < 300
        assert request.headers["X-Auth-Key"] == KEY
        assert request.headers["User-Agent"] == "ragtime-test"
        assert request.headers["Authorization"] == hashlib.sha1((KEY + SECRET + date).encode()).hexdigest()
        assert SECRET not in str(request.headers)


def test_a_signature_is_of_its_own_second(service: Service) -> None:
    service.answers["/episodes/byid"] = listed(episode=PI_EPISODE)
    org = PodcastIndexOrg(service.http, service.url, KEY, SECRET, clock=lambda: 1_613_713_388.9)
    assert org.lookup("https://podcastindex.org/podcast/75075?episode=16795090")
    assert service.requests[0].headers["X-Auth-Date"] == "1613713388"
    assert service.requests[0].headers["Authorization"] == "f1828d72a732153bcf892016fae347f7ead40f65"


def test_a_wrong_key_is_an_error_and_not_an_empty_answer(service: Service, org: PodcastIndexOrg) -> None:
    service.answers["/search/bytitle"] = 401
    with pytest.raises(SourceGone, match="401"):
        org.search(WANTED)


def test_a_page_of_podcastindex_is_looked_up_by_its_number(service: Service, org: PodcastIndexOrg) -> None:
    service.answers["/episodes/byid"] = listed(episode={**PI_EPISODE, "feedTitle": SHOW})
    found = org.lookup("https://podcastindex.org/podcast/75075?episode=16795090")
    assert found is not None
    assert (found.title, found.show, found.feed_url) == (TITLE, SHOW, FEED)
    assert service.asked == [("/episodes/byid", {"id": "16795090"})]


def test_a_page_of_podcastindex_without_its_episode_is_gone(service: Service, org: PodcastIndexOrg) -> None:
    service.answers["/episodes/byid"] = listed(episode=[])
    with pytest.raises(SourceGone, match="podcastindex has no episode 5"):
        org.lookup("https://podcastindex.org/podcast/75075?episode=5")


def test_an_answer_of_podcastindex_that_says_no_is_an_error(service: Service, org: PodcastIndexOrg) -> None:
    service.answers["/search/bytitle"] = {"status": "false", "description": "Slow down", "feeds": []}
    with pytest.raises(InvalidContent, match=r"podcastindex refused at .*: Slow down"):
        org.search(WANTED)


# Answers that are not as promised, of each of the three

MAKERS: dict[str, tuple[Callable[[Service], PodcastIndex], str, Callable[[Any], Any]]] = {
    "apple": (lambda s: AppleIndex(s.http, s.url), "/search", lambda row: apple(row)),
    "fyyd": (lambda s: FyydIndex(s.http, s.url), "/search/episode", lambda row: fyyd([row])),
    "podcastindex": (
        lambda s: PodcastIndexOrg(s.http, s.url, KEY, SECRET),
        "/episodes/byguid",
        lambda row: listed(episode=row),
    ),
}
ROWS = {"apple": APPLE_EPISODE, "fyyd": FYYD_EPISODE, "podcastindex": PI_EPISODE}
FIELDS = {
    "apple": {"title": "trackName", "audio": "episodeUrl", "duration": "trackTimeMillis", "published": "releaseDate"},
    "fyyd": {"title": "title", "audio": "enclosure", "duration": "duration", "published": "pubdate"},
    "podcastindex": {
        "title": "title",
        "audio": "enclosureUrl",
        "duration": "duration",
        "published": "datePublished",
    },
}


def answered(service: Service, name: str, answer: Answer) -> list[IndexedEpisode]:
    """What an index makes of an answer."""
    make, path, _ = MAKERS[name]
    service.answers[path] = answer
    return make(service).search(BY_GUID)


def changed(service: Service, name: str, **changes: object) -> IndexedEpisode:
    """What an index makes of an episode with these fields changed."""
    row = ROWS[name] | {FIELDS[name][field]: value for field, value in changes.items()}
    return answered(service, name, MAKERS[name][2](row))[0]


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HTML, "answered with a web page"),
        (b"\n\n  <html>", "answered with a web page"),
        (b"", "gave an empty answer"),
        (b" \n", "gave an empty answer"),
        (b"{", "did not answer as documented"),
        (b"null", "did not answer as documented"),
        (b"\xff\xfe\x00", "did not answer as documented"),
        (b"[" * 100_000, "did not answer as documented"),
        ([], "did not answer as documented"),
        ({}, "did not answer as documented"),
        ({"status": 1, "data": "x", "results": "x", "episode": "x"}, "did not answer as documented"),
    ],
)
def test_what_is_no_answer_is_an_error_that_names_the_index(
    service: Service, name: str, answer: Answer, said: str
) -> None:
    with pytest.raises(InvalidContent) as caught:
        answered(service, name, answer)
    assert caught.value.message.startswith(f"{name} {said}")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "change", [{"duration": "an hour"}, {"duration": {}}, {"title": 7}, {"audio": ["https://a.example"]}]
)
def test_a_field_of_another_kind_is_an_error_that_names_it(
    service: Service, name: str, change: dict[str, object]
) -> None:
    with pytest.raises(
        InvalidContent, match=f"{name} did not answer as documented at .*{FIELDS[name][next(iter(change))]}"
    ):
        changed(service, name, **change)


@pytest.mark.parametrize("name", MAKERS)
def test_an_array_where_an_object_was_promised_is_an_error(service: Service, name: str) -> None:
    with pytest.raises(InvalidContent):
        answered(service, name, MAKERS[name][2]([ROWS[name]]))


@pytest.mark.parametrize("name", MAKERS)
def test_an_answer_past_the_limit_is_not_read_to_its_end(service: Service, name: str) -> None:
    with pytest.raises(TooLarge):
        answered(service, name, b"[" + b" " * 300_000 + b"]")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(("status", "error"), [(429, SourceUnavailable), (503, SourceUnavailable), (403, SourceGone)])
def test_a_service_that_refuses_is_an_error(
    service: Service, name: str, status: int, error: type[RagtimeError]
) -> None:
    with pytest.raises(error, match=str(status)):
        answered(service, name, status)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "/kind-of-blue.mp3", "http://", "a\nb", ""]
)
def test_audio_that_is_no_web_address_is_left_out(service: Service, name: str, url: str) -> None:
    assert changed(service, name, audio=url).audio_url is None


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("duration", [0, -1, None, 1e300])
def test_a_duration_that_cannot_be_is_left_out(service: Service, name: str, duration: float | None) -> None:
    assert changed(service, name, duration=duration).duration is None


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("apple", "soon"),
        ("fyyd", "0000-00-00 00:00:00"),
        ("podcastindex", 0),
        ("podcastindex", 10**17),
        ("apple", None),
    ],
)
def test_a_date_that_is_none_is_left_out(service: Service, name: str, published: object) -> None:
    assert changed(service, name, published=published).published is None


@pytest.mark.parametrize("name", MAKERS)
def test_text_is_cleaned(service: Service, name: str) -> None:
    assert changed(service, name, title="  Kind\u202e of\x00\n Blue\u200b ").title == "Kind of Blue"
    assert len(changed(service, name, title="x" * 50_000).title) == 500


@pytest.mark.parametrize("name", MAKERS)
def test_html_inside_a_text_is_no_web_page(service: Service, name: str) -> None:
    assert changed(service, name, title="What <html> was").title == "What <html> was"


# Together, as the studio builds them


def web(service: Service, *names: str, **changes: Any) -> Web:
    """The web, with indexes that are the local server."""
    settings: dict[str, Any] = {
        "apple_url": f"{service.url}/apple",
        "fyyd_url": f"{service.url}/fyyd",
        "podcastindex_url": f"{service.url}/pi",
        "podcastindex_api_key": SecretStr(KEY),
        "podcastindex_api_secret": SecretStr(SECRET),
    }
    return Studio(Settings(podcast_indexes=names, **(settings | changes))).web


def test_indexes_that_the_operator_named_may_be_private_and_nothing_else(service: Service) -> None:
    service.answers["/apple/search"] = apple(APPLE_EPISODE)
    built = web(service, "apple", contact="keeper@example.org")
    assert len(built.indexes[0].search(WANTED)) == 1
    assert "keeper@example.org" in service.requests[0].headers["User-Agent"]
    with pytest.raises(BlockedAddress):
        built.fetcher.fetch(f"{service.url}/apple/search")


def test_an_index_that_leads_elsewhere_inside_is_refused(service: Service) -> None:
    service.server.clear_all_handlers()
    inside = Response(status=302, headers={"Location": f"http://127.0.0.1:{service.server.port + 1}/admin"})
    service.server.expect_request("/apple/search").respond_with_response(inside)
    with pytest.raises(BlockedAddress):
        web(service, "apple").indexes[0].search(WANTED)


def test_a_failing_service_is_asked_once(service: Service) -> None:
    service.answers["/apple/search"] = 503
    with pytest.raises(SourceUnavailable):
        web(service, "apple").indexes[0].search(WANTED)
    assert service.paths == ["/apple/search"]


def test_whatever_two_indexes_do_the_third_gives_the_audio(service: Service) -> None:
    service.answers |= {"/apple/search": HTML, "/fyyd/search/episode": 503}
    service.answers["/pi/episodes/byguid"] = listed(episode=PI_EPISODE)
    trace = Trace()
    links = list(IndexAudioFinder(web(service, "apple", "fyyd", "podcastindex").indexes).links(BY_GUID, trace))
    assert [(link.url, link.match and link.match.reasons) for link in links] == [(AUDIO, ("guid equal",))]
    assert {step.tool: step.outcome for step in trace.steps} == {
        "index apple": "failed",
        "index fyyd": "failed",
        "index podcastindex": "ok",
    }


def test_an_answer_for_another_show_gives_no_audio(service: Service) -> None:
    other = {**APPLE_EPISODE, "collectionName": "Cooking with Gas", "episodeGuid": "other", "trackTimeMillis": 60_000}
    service.answers |= {"/apple/search": apple(other), "/apple/lookup": apple(other)}
    assert best_match(WANTED, web(service, "apple").indexes, Trace()) is None


def test_three_indexes_that_know_the_same_audio_offer_it_once(service: Service) -> None:
    service.answers |= {
        "/apple/search": apple(APPLE_EPISODE),
        "/fyyd/search/episode": fyyd([FYYD_EPISODE]),
        "/pi/episodes/byguid": listed(episode=PI_EPISODE),
    }
    indexes = web(service, "podcastindex", "fyyd", "apple").indexes
    assert [link.url for link in IndexAudioFinder(indexes).links(BY_GUID, Trace())] == [AUDIO]


def test_a_page_of_an_index_gives_its_episode(service: Service) -> None:
    service.answers |= {"/fyyd/episode": fyyd(FYYD_EPISODE), "/fyyd/podcast": fyyd(FYYD_PODCAST)}
    found = look_up("https://www.fyyd.de/episode/9114323", web(service, "apple", "fyyd").indexes, Trace())
    assert found is not None
    assert (found.index, found.feed_url) == ("fyyd", FEED)


def test_all_services_are_asked_at_the_same_time(service: Service) -> None:
    together, asked = threading.Barrier(3), set[str]()

    def when_all_are_asked(request: Request) -> Response:
        if request.host not in asked:
            asked.add(request.host)
            together.wait(20)
        return service._answer(request)

    service.answers |= {
        "/apple/search": apple(APPLE_EPISODE),
        "/fyyd/search/episode": fyyd([FYYD_EPISODE]),
        "/pi/episodes/byguid": listed(episode=PI_EPISODE),
    }
    servers = [HTTPServer(threaded=True) for _ in range(3)]
    for server in servers:
        server.expect_request(re.compile("/.*")).respond_with_handler(when_all_are_asked)
        server.start()
    try:
        urls = [server.url_for("") for server in servers]
        elsewhere = {
            "apple_url": f"{urls[0]}/apple",
            "fyyd_url": f"{urls[1]}/fyyd",
            "podcastindex_url": f"{urls[2]}/pi",
        }
        indexes = web(service, "apple", "fyyd", "podcastindex", **elsewhere).indexes
        trace = Trace()
        assert best_match(BY_GUID, indexes, trace) is not None
        assert [step.outcome for step in trace.steps] == ["ok", "ok", "ok"]
    finally:
        for server in servers:
            server.stop()
