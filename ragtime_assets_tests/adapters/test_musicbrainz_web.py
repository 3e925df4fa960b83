"""The web service of MusicBrainz: its manners, and what becomes of answers that are none."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.knowledge.answers import KeptAnswers
from ragtime_assets.adapters.knowledge.breaker import Breaker
from ragtime_assets.adapters.knowledge.musicbrainz_web import MusicBrainzWeb, includes, search_query
from ragtime_assets.adapters.knowledge.service import PublicService
from ragtime_assets.adapters.knowledge.tables import TABLES
from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.vocabulary.vocabulary import MusicBrainzTable
from ragtime_assets.errors import SourceUnavailable, TimedOut
from ragtime_assets_tests.adapters import musicbrainz as mb
from ragtime_assets_tests.fakes import FakeServiceTurns

KINDS = {"musician": MusicBrainzTable(table="artist", types=("Person",), untyped=True)}
HTML = Response("<!DOCTYPE html><html><body>We are sorry</body></html>", 200, {}, "text/html")
BOMB = '<!DOCTYPE m [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>'


class Setup:
    """The adapter, and what it is made of."""

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self.now = 1_000_000.0
        self.waits: list[float] = []
        self.turns = FakeServiceTurns()
        self.asked: list[Request] = []
        limits = HttpLimits(attempts=1, document_bytes=100_000)
        here = f"{server.host}:{server.port}"
        http = GuardedHttp((here,), user_agent="ragtime-assets/1 (keeper@example.org)", limits=limits)
        breaker = Breaker("MusicBrainz", rest=60, clock=lambda: self.now)
        service = PublicService("musicbrainz", http, self.turns, 1.0, breaker, wait=self.waits.append)
        kept = KeptAnswers(folder, days=30, clock=lambda: self.now)
        self.music = MusicBrainzWeb(service, f"http://{here}", kept, KINDS, Deadline(60))

    def answer(self, server: HTTPServer, *answers: Response | Callable[[Request], Response]) -> None:
        """Let the server give these answers, one after the other, the last one for ever."""
        left = list(answers)

        def give(request: Request) -> Response:
            self.asked.append(request)
            found = left.pop(0) if len(left) > 1 else left[0]
            return found if isinstance(found, Response) else found(request)

        server.expect_request("/ws/2/artist/").respond_with_handler(give)


@pytest.fixture
def setup(httpserver: HTTPServer, tmp_path: Path) -> Setup:
    return Setup(httpserver, tmp_path / "answers")


def artist(name: str = "Bill Evans", more: str = "") -> Response:
    """An answer with one artist in it."""
    return mb.xml(
        f'<artist-list count="1"><artist id="{mb.gid(name)}"><name>{name}</name>{more}</artist></artist-list>'
    )


def unavailable(**headers: str) -> Response:
    """What the service answers when it is asked too often."""
    return Response("<error><text>Your requests are exceeding the allowable rate limit.</text></error>", 503, headers)


def test_every_request_says_who_asks_and_takes_a_turn(setup: Setup, httpserver: HTTPServer) -> None:
    asked = mb.serve(httpserver)
    setup.music.search("musician", "Bill Evans")
    setup.music.look_up("musician", mb.PIANIST.gid)
    assert {request.headers["User-Agent"] for request in asked} == {"ragtime-assets/1 (keeper@example.org)"}
    assert setup.turns.taken == ["musicbrainz", "musicbrainz"]
    assert asked[1].args["inc"].split() == includes(TABLES["artist"])


def test_what_was_asked_once_is_not_asked_again_for_thirty_days(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, artist())
    first = setup.music.search("musician", "Bill Evans")
    setup.now += 29 * 86_400
    assert setup.music.search("musician", "Bill Evans") == first
    assert len(setup.asked) == len(setup.turns.taken) == 1
    setup.now += 2 * 86_400
    assert setup.music.search("musician", "Bill Evans") == first
    assert len(setup.asked) == 2


def test_answers_are_kept_for_other_processes_too(httpserver: HTTPServer, tmp_path: Path) -> None:
    one, other = Setup(httpserver, tmp_path), Setup(httpserver, tmp_path)
    one.answer(httpserver, artist())
    assert one.music.search("musician", "Bill Evans") == other.music.search("musician", "Bill Evans")
    assert len(one.asked) == 1


def test_old_answers_are_dropped(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, artist())
    setup.music.search("musician", "Bill Evans")
    assert setup.music.kept.drop_old() == 0
    setup.now += 31 * 86_400
    assert (setup.music.kept.drop_old(), setup.music.kept.drop_old()) == (1, 0)


def test_after_a_503_it_is_asked_again_and_everybody_waits(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, unavailable(**{"Retry-After": "2"}), artist())
    assert len(setup.music.search("musician", "Bill Evans")) == 1
    assert setup.waits == [2.0]
    assert setup.turns.held_off == [("musicbrainz", 2.0)]


def test_a_503_that_stays_is_told_and_then_nobody_is_asked_for_a_minute(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, unavailable())
    with pytest.raises(SourceUnavailable, match="503"):
        setup.music.search("musician", "Bill Evans")
    assert len(setup.asked) == 3
    with pytest.raises(SourceUnavailable, match="not asked again, for it failed"):
        setup.music.search("musician", "Miles Davis")
    assert len(setup.asked) == 3
    setup.now += 61
    with pytest.raises(SourceUnavailable, match="503"):
        setup.music.search("musician", "Miles Davis")
    assert len(setup.asked) == 6


def test_a_503_whose_wait_is_longer_than_the_patience_is_told_at_once(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, unavailable(**{"Retry-After": "20"}))
    with pytest.raises(SourceUnavailable, match="503"):
        setup.music.until(Deadline(10)).search("musician", "Bill Evans")
    assert (len(setup.asked), setup.waits) == (1, [])


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        Response("", 200),
        Response("<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", 200, {}, "application/xml"),
        Response(f'<?xml version="1.0"?>{BOMB}<metadata {mb.NAMESPACES}>&b;</metadata>', 200, {}, "application/xml"),
        Response("<metadata><artist-list/></metadata>", 200, {}, "application/xml"),
        mb.xml("<artist-list><artist><relation-list/></artist></artist-list>"),
        mb.xml(f"<artist-list>{'x' * 200_000}</artist-list>"),
        Response("<error><text>Bad Request</text></error>", 400, {}, "application/xml"),
        Response("forbidden", 403),
        Response("", 302, {"Location": "http://169.254.169.254/latest/meta-data"}),
        Response("", 302, {"Location": "http://10.0.0.1/ws/2/artist"}),
    ],
    ids=["HTML", "empty", "XHTML", "entities", "no namespace", "no type", "long", "400", "403", "metadata", "private"],
)
def test_an_answer_that_is_none_is_an_outage_and_is_not_kept(
    setup: Setup, httpserver: HTTPServer, answer: Response
) -> None:
    setup.answer(httpserver, *[answer] * 3, artist())
    with pytest.raises(SourceUnavailable):
        setup.music.search("musician", "Bill Evans")
    for _ in range(3):  # whatever of the bad answers was not needed
        setup.now += 61
        try:
            found = setup.music.search("musician", "Bill Evans")
        except SourceUnavailable:
            continue
        assert [one.name for one in found] == ["Bill Evans"]
        return
    pytest.fail("a bad answer was kept")


def test_fields_that_are_not_as_documented_are_left_out(setup: Setup, httpserver: HTTPServer) -> None:
    odd = "<life-span><begin>in spring</begin><end>19</end></life-span><area/><disambiguation/>"
    setup.answer(httpserver, artist(more=odd))
    (found,) = setup.music.search("musician", "Bill Evans")
    assert (found.begin, found.end, found.area, found.disambiguation, found.score) == (None, None, None, "", None)


@pytest.mark.parametrize(
    "entry", ['<artist id="1"><name>A</name></artist>', "<artist><name>A</name></artist>", "<artist/>"]
)
def test_an_entry_whose_id_is_none_is_left_out(setup: Setup, httpserver: HTTPServer, entry: str) -> None:
    setup.answer(httpserver, mb.xml(f"<artist-list>{entry}</artist-list>"))
    assert setup.music.search("musician", "A") == ()


def test_a_service_that_is_down_is_an_outage(tmp_path: Path, httpserver: HTTPServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        setup = Setup(httpserver, tmp_path)
        music = replace(setup.music, url=f"http://{httpserver.host}:{taken.getsockname()[1]}")
        with pytest.raises(SourceUnavailable):
            music.search("musician", "Bill Evans")


def test_a_service_that_says_nothing_is_waited_for_no_longer_than_the_deadline(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        setup = Setup(httpserver, tmp_path)
        here = f"127.0.0.1:{silent.getsockname()[1]}"
        http = GuardedHttp((here,), user_agent="ragtime-assets/1")
        music = replace(setup.music, url=f"http://{here}", service=replace(setup.music.service, http=http))
        with pytest.raises(TimedOut):
            music.until(Deadline(0.3)).search("musician", "Bill Evans")


def test_who_has_no_time_left_asks_nobody_and_opens_no_breaker(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, artist())
    with pytest.raises(TimedOut):
        setup.music.until(Deadline(0)).search("musician", "Bill Evans")
    assert setup.asked == []
    assert len(setup.music.search("musician", "Bill Evans")) == 1


def test_a_query_looks_for_the_name_exactly_and_nearly() -> None:
    assert search_query(TABLES["release_group"], "Kind of Blue") == (
        'releasegroup:"Kind of Blue"^4 OR alias:"Kind of Blue"^4 OR releasegroup:(kind~1 AND of AND blue~1)'
    )


def test_a_name_of_three_hundred_characters_becomes_a_short_query(setup: Setup, httpserver: HTTPServer) -> None:
    asked = mb.serve(httpserver)
    assert setup.music.search("musician", "Bill Evans and " * 20) == ()
    assert len(asked[0].args["query"]) < 600
