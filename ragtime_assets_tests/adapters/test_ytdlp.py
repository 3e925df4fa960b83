"""yt-dlp looks where the rest of the program may look, and takes nothing from the machine that it runs on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.web.address_guard import AddressGuard
from ragtime_assets.adapters.ytdlp.finder import YtDlpAudioFinder
from ragtime_assets.adapters.ytdlp.guarded_handler import MOST_REQUESTS, GuardedRH, GuardedYoutubeDL, WayOut
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails, Source
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import BlockedAddress, EngineUnavailable, ExtractionFailed, RagtimeError, SourceUnavailable
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio

TITLE = "A night at the Blue Note"


@pytest.fixture(scope="module")
def other() -> Iterator[HTTPServer]:
    """A server of this machine that nobody allowed."""
    with HTTPServer() as server:
        server.expect_request("/secret").respond_with_data("secret")
        yield server


def page(audio: str, title: str = TITLE, **facts: object) -> str:
    told = {"@context": "https://schema.org", "@type": "AudioObject", "name": title, "contentUrl": audio, **facts}
    script = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    return f"<html><head><title>{title}</title>{script}</head><body></body></html>"


def episode(url: str, **facts: object) -> EpisodeDetails:
    source = Source(kind="canonical")
    known = {"title": TITLE, "canonical_url": url, "duration": 60.0, **facts}
    return EpisodeDetails(engine="page", url=url, source=source, outcome="partial", confidence=1.0, **known)


def asked(url: str, allowed: str, trace: Trace | None = None, deadline: Deadline | None = None) -> list[AudioLink]:
    finder = YtDlpAudioFinder(AddressGuard([allowed]), "ragtime-assets/test", deadline)
    return list(finder.links(episode(url), trace or Trace()))


def place(server: HTTPServer) -> str:
    return f"{server.host}:{server.port}"


def served(server: HTTPServer, html: str) -> str:
    server.expect_request("/episode").respond_with_data(html, content_type="text/html")
    return server.url_for("/episode")


def sounding(server: HTTPServer) -> str:
    """A file of audio that is longer than any document."""
    server.expect_request("/one.mp3").respond_with_data(b"ID3" * 4_000_000, content_type="audio/mpeg")
    return server.url_for("/one.mp3")


def test_a_file_on_the_page_of_the_wanted_episode_is_offered_with_what_speaks_for_it(httpserver: HTTPServer) -> None:
    audio = sounding(httpserver)
    trace = Trace()
    (link,) = asked(served(httpserver, page(audio, duration="PT1M")), place(httpserver), trace)
    assert link.url == audio
    assert link.match is not None
    assert (link.match.sure, link.match.reasons) == (False, ("title equal", "duration 0.0 % off"))
    assert [(step.tool, step.outcome) for step in trace.steps] == [("yt-dlp", "ok")]


def test_what_is_called_otherwise_is_not_offered(httpserver: HTTPServer) -> None:
    audio = sounding(httpserver)
    assert asked(served(httpserver, page(audio, "Buy our mattress")), place(httpserver)) == []


def test_its_requests_carry_our_name_and_no_cookie(httpserver: HTTPServer) -> None:
    audio = sounding(httpserver)

    def told(_: Request) -> Response:
        return Response(page(audio), headers={"Set-Cookie": "who=you"}, mimetype="text/html")

    httpserver.expect_request("/episode").respond_with_handler(told)
    for _ in range(2):
        asked(httpserver.url_for("/episode"), place(httpserver))
    requests = [request for request, _ in httpserver.log]
    assert len(requests) >= 2
    assert {(one.headers["User-Agent"], one.headers.get("Cookie")) for one in requests} == {
        ("ragtime-assets/test", None)
    }


@pytest.mark.parametrize("target", ["address", "spelling", "file"])
def test_it_is_refused_where_the_rest_of_the_program_is(httpserver: HTTPServer, other: HTTPServer, target: str) -> None:
    there = {
        "address": other.url_for("/secret"),
        "spelling": f"http://2130706433:{other.port}/secret",
        "file": "file:///etc/passwd",
    }[target]
    httpserver.expect_request("/episode").respond_with_response(Response(status=302, headers={"Location": there}))
    with pytest.raises(RagtimeError) as caught:
        asked(httpserver.url_for("/episode"), place(httpserver))
    assert isinstance(caught.value, BlockedAddress) or target == "file"
    assert other.log == []


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://localhost:9/"])
def test_a_page_that_is_not_public_is_not_connected_to(httpserver: HTTPServer, url: str) -> None:
    with pytest.raises(BlockedAddress):
        asked(url, place(httpserver))


def test_an_embedded_player_that_is_not_public_is_not_connected_to(httpserver: HTTPServer, other: HTTPServer) -> None:
    video = other.url_for("/secret")
    html = f'<meta property="og:video" content="{video}"><iframe src="{video}"></iframe><embed src="{video}">'
    with pytest.raises(RagtimeError):
        asked(served(httpserver, f"<html><head><title>{TITLE}</title>{html}</head></html>"), place(httpserver))
    assert other.log == []


def test_a_page_without_anything_is_said_in_words(httpserver: HTTPServer) -> None:
    with pytest.raises(ExtractionFailed, match="yt-dlp found nothing at"):
        asked(served(httpserver, "<p>nothing</p>"), place(httpserver))


def test_a_server_that_does_not_answer_may_answer_later(httpserver: HTTPServer) -> None:
    with pytest.raises(SourceUnavailable):
        asked("http://127.0.0.1:9/", "127.0.0.1:9")


def test_it_ends_with_the_phase(httpserver: HTTPServer) -> None:
    with pytest.raises(RagtimeError, match="did not arrive within"):
        asked(served(httpserver, page("x")), place(httpserver), deadline=Deadline(-1))
    assert httpserver.log == []


def test_its_requests_are_counted(httpserver: HTTPServer) -> None:
    from yt_dlp.networking import Request as TheirRequest
    from yt_dlp.networking.exceptions import RequestError

    httpserver.expect_request("/a").respond_with_data("x")
    way_out = WayOut(AddressGuard([place(httpserver)]), Deadline(60), "t")
    handler = GuardedRH(way_out, logger=None)
    for _ in range(MOST_REQUESTS):
        assert handler.send(TheirRequest(httpserver.url_for("/a"))).read() == b"x"
    with pytest.raises(RequestError, match="more than the 30 requests"):
        handler.send(TheirRequest(httpserver.url_for("/a")))


def test_no_handler_of_its_own_is_left(httpserver: HTTPServer) -> None:
    way_out = WayOut(AddressGuard(), Deadline(60), "t")
    with GuardedYoutubeDL({"logger": None, "quiet": True}, way_out) as downloader:
        assert list(downloader._request_director.handlers) == ["Guarded"]


ALONE = """
import sys
from ragtime_assets_tests.adapters.test_ytdlp import asked
print([link.url for link in asked(sys.argv[1], sys.argv[2])])
"""


def test_configuration_plugins_netrc_and_proxies_of_the_user_are_left_alone(
    httpserver: HTTPServer, other: HTTPServer, tmp_path: Path
) -> None:
    loaded = tmp_path / "loaded"
    for folder in (
        ".config/yt-dlp/plugins/mine/yt_dlp_plugins/extractor",
        ".yt-dlp/plugins/mine/yt_dlp_plugins/extractor",
    ):
        plugin = tmp_path / folder / "mine.py"
        plugin.parent.mkdir(parents=True)
        plugin.write_text(f"open({str(loaded)!r}, 'w').close()\n")
    (tmp_path / ".config/yt-dlp/config").write_text(f"--proxy http://{place(other)}\n--exec 'touch {loaded}'\n")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ann password hunter2\n")
    audio = sounding(httpserver)
    url = served(httpserver, page(audio))
    environment = {**os.environ, "HOME": str(tmp_path), "http_proxy": f"http://{place(other)}"}
    environment.pop("XDG_CONFIG_HOME", None)
    ran = subprocess.run(
        [sys.executable, "-c", ALONE, url, place(httpserver)],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == str([audio]), ran.stderr
    assert (other.log, loaded.exists()) == ([], False)
    assert not [request for request, _ in httpserver.log if "Authorization" in request.headers]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".config", ".netrc", ".yt-dlp"]


@pytest.mark.parametrize(
    ("setting", "tiers"), [("off", ["direct", "feed", "index"]), ("on", ["direct", "feed", "yt-dlp", "index"])]
)
def test_it_is_a_tier_between_feed_and_indexes_where_it_is_switched_on(
    tmp_path: Path, setting: Literal["off", "on"], tiers: list[str]
) -> None:
    web = Studio(OwnSettings(home=tmp_path, browser="off", ytdlp=setting)).web.until(Deadline(60))
    assert [finder.tier for finder in web.audio_finders()] == tiers


def test_that_it_is_not_installed_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    monkeypatch.setitem(sys.modules, "yt_dlp.version", None)
    with pytest.raises(EngineUnavailable) as caught:
        asked(served(httpserver, page("x")), place(httpserver))
    assert "ragtime-assets[ytdlp]" in caught.value.remedy
