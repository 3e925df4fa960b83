"""The browser tier, with a real Chromium and real servers on this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request as PlainRequest
from urllib.request import urlopen

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.browser import labels
from ragtime_assets.adapters.browser.finder import BrowserAudioFinder
from ragtime_assets.adapters.browser.found import FoundAudio, is_manifest, ranked
from ragtime_assets.adapters.browser.guarded_proxy import GuardedProxy
from ragtime_assets.adapters.browser.renderer import BrowserPageRenderer
from ragtime_assets.adapters.browser.session import BrowserSession
from ragtime_assets.adapters.pages.reader import EpisodePageReader
from ragtime_assets.adapters.web.address_guard import AddressGuard
from ragtime_assets.domain.episode.fetched import AudioLink, Document
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import (
    AudioNotFound,
    BlockedAddress,
    EngineUnavailable,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    TimedOut,
)
from ragtime_assets_tests.adapters import browser_pages as pages
from ragtime_assets_tests.adapters.browser_pages import Site, children, guard_of, is_alive
from ragtime_assets_tests.fakes import FakeBlobs, details_of
from ragtime_assets_tests.processes import running

SECONDS = 6
AUDIO = pages.sound(SECONDS)


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer("127.0.0.1", threaded=True) as running:
        yield running


@pytest.fixture
def site(server: HTTPServer) -> Site:
    server.clear()
    found = Site(server)
    found.has("/audio.wav", AUDIO, "audio/wav")
    return found


@pytest.fixture(scope="module")
def secret() -> Iterator[HTTPServer]:
    """A server that must never hear anything, for its address is private."""
    with HTTPServer("127.0.0.1", threaded=True) as server:
        server.expect_request("/").respond_with_data("the crown jewels")
        yield server


def search(site: Site, path: str = "/episode", **known: object) -> tuple[list[AudioLink], Trace]:
    trace = Trace()
    finder = BrowserAudioFinder(site.guard, seconds=20, patience=1)
    return list(finder.links(details_of(f"{site.url}{path}", **known), trace)), trace


def search_in_vain(site: Site, words: str, seconds: float = 20) -> Trace:
    trace = Trace()
    finder = BrowserAudioFinder(site.guard, seconds=seconds, patience=1)
    with pytest.raises(AudioNotFound, match=words):
        list(finder.links(details_of(f"{site.url}/episode"), trace))
    return trace


def told(trace: Trace) -> list[tuple[str, str]]:
    return [(step.tool, step.output) for step in trace.steps]


# -- finding


@pytest.mark.parametrize(
    "page",
    [
        pages.STATIC,
        pages.CONSENT_WALL,
        pages.JS_ONLY,
        pages.SHADOW,
        pages.GERMAN,
        pages.JAPANESE,
        pages.SWEDISH_ON_AN_ENGLISH_PAGE,
        pages.COVERED,
    ],
    ids=["static", "consent wall", "script only", "shadow root", "German", "Japanese", "other language", "covered"],
)
def test_the_audio_of_a_page_is_found(site: Site, page: str) -> None:
    site.has("/episode", page)
    links, trace = search(site)
    assert [link.url for link in links] == [f"{site.url}/audio.wav"], told(trace)


def test_a_player_in_a_frame_of_another_site_is_pressed(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    site.guard = guard_of(
        {"pod.example": "127.0.0.1", "player.example": "127.0.0.1"}, [f"pod.example:{port}", f"player.example:{port}"]
    )
    framed = pages.FRAMED.replace("/player", f"http://player.example:{port}/player")
    site.has("/episode", framed, **{"Set-Cookie": "visitor=7; Path=/"})
    site.has("/player", pages.FRAME)
    links, trace = search(site)
    assert [link.url for link in links] == [f"http://player.example:{port}/audio.wav"], told(trace)
    assert "Cookie" not in links[0].headers, "that of the page is not the player's to know"


def test_a_player_that_asks_for_its_address_when_pressed_is_waited_for(site: Site) -> None:
    site.has("/episode", pages.LAZY)
    site.has("/api/episode", '{"source": "/signed?token=1"}', "application/json")
    site.has("/signed", AUDIO, "audio/wav")
    assert [link.url for link in search(site)[0]] == [f"{site.url}/signed?token=1"]


def test_a_control_that_comes_late_is_waited_for(site: Site) -> None:
    site.has("/episode", pages.LATE)
    links, trace = search(site)
    assert [link.url for link in links] == [f"{site.url}/audio.wav"], told(trace)


def test_a_download_behind_a_cookie_works_with_the_headers_that_come_along(site: Site) -> None:
    site.has("/episode", pages.DOWNLOAD, **{"Set-Cookie": "visitor=7; HttpOnly; Path=/"})
    site.answers("/file", lambda request: _for_visitors(request))
    (link,) = search(site)[0]
    assert link.url == f"{site.url}/file?id=1"
    assert link.headers["Cookie"] == "visitor=7"
    assert link.headers["Referer"] == f"{site.url}/episode"
    assert "Headless" not in link.headers["User-Agent"]
    here = link.url.replace("pod.example", "127.0.0.1")
    with urlopen(PlainRequest(here, headers=dict(link.headers))) as answer:
        assert answer.read() == AUDIO


def _for_visitors(request: Request) -> Response:
    if request.cookies.get("visitor") != "7":
        return Response("not for you", status=403)
    return Response(AUDIO, content_type="application/octet-stream")


def test_a_control_that_starts_a_download_gives_its_address(site: Site) -> None:
    site.has("/episode", pages.DOWNLOAD_BY_SCRIPT)
    site.has("/attached", AUDIO, "application/x-audio", **{"Content-Disposition": 'attachment; filename="one.mp3"'})
    assert [link.url for link in search(site)[0]] == [f"{site.url}/attached"]


def test_a_stream_in_pieces_is_told_of_and_not_offered(site: Site) -> None:
    site.has("/episode", pages.STREAM)
    site.has("/live/index.m3u8", "#EXTM3U\npiece.aac", "application/vnd.apple.mpegurl")
    site.has("/live/piece.aac", AUDIO, "audio/aac")
    trace = search_in_vain(site, r"the browser showed .*/episode.* a stream in pieces \(HLS or DASH\)")
    assert ("browser media", "a stream in pieces (HLS or DASH), which is no file to download") in told(trace)


def test_a_piece_of_a_stream_is_no_file_though_a_player_asks_for_it(site: Site) -> None:
    site.has("/episode", pages.STREAM_BY_PLAYER)
    site.has("/live/index.m3u8", "#EXTM3U\npiece.aac", "application/vnd.apple.mpegurl")
    site.has("/live/piece.aac", AUDIO, "audio/aac")
    search_in_vain(site, "pressed 1 control, and the page plays a stream")
    assert "/live/piece.aac" in site.asked


def test_a_file_that_the_page_names_beside_its_stream_is_found(site: Site) -> None:
    site.has("/episode", pages.STREAM.replace("<video", '<a href="/audio.wav" download>Download</a><video'))
    site.has("/live/index.m3u8", "#EXTM3U\npiece.aac", "application/vnd.apple.mpegurl")
    site.has("/live/piece.aac", AUDIO, "audio/aac")
    assert [link.url for link in search(site)[0]] == [f"{site.url}/audio.wav"]


def test_a_jingle_does_not_end_the_search_though_nobody_knows_how_long_the_episode_is(site: Site) -> None:
    site.has("/episode", pages.JINGLE_BEFORE_THE_EPISODE)
    site.has("/jingle.wav", pages.sound(1), "audio/wav")
    links, trace = search(site)
    assert [link.url for link in links] == [f"{site.url}/audio.wav", f"{site.url}/jingle.wav"], told(trace)


def test_an_episode_without_a_page_of_its_own_is_not_looked_for_on_its_show_s(site: Site) -> None:
    site.has("/feed", pages.STATIC)
    links, trace = search(site, "/feed", feed_url=f"{site.url}/feed")
    assert (links, site.asked) == ([], [])
    assert "not opened" in told(trace)[0][1]


def test_a_page_is_shown_as_its_scripts_made_it(site: Site) -> None:
    site.has("/episode", pages.EMPTY_UNTIL_ITS_SCRIPT_RAN)
    reader = EpisodePageReader()
    url = f"{site.url}/episode"
    assert reader.read(Document(url, pages.EMPTY_UNTIL_ITS_SCRIPT_RAN.encode(), "text/html")).details is None
    shown = BrowserPageRenderer(site.guard, seconds=20).render(url)
    found = reader.read(shown).details
    assert found is not None
    assert (shown.url, found.title) == (url, "Folge 7: Django")
    assert [audio.url for audio in found.audio] == [f"{site.url}/audio.wav"]


def test_a_popup_is_closed_and_told_of(site: Site) -> None:
    site.has("/episode", pages.POPUP)
    site.has("/elsewhere", pages.STATIC.replace("/audio.wav", "/other.wav"))
    site.has("/other.wav", AUDIO, "audio/wav")
    links, trace = search(site)
    assert [link.url for link in links] == [f"{site.url}/audio.wav"], told(trace)
    popups = [step for step in trace.steps if step.tool == "browser popup"]
    assert [popup.arguments["url"] for popup in popups][:1] == [f"{site.url}/elsewhere"]


def test_audio_as_long_as_the_episode_comes_first_and_a_jingle_not_at_all(site: Site) -> None:
    site.has("/episode", pages.TWO_SOUNDS)
    site.has("/jingle.wav", pages.sound(1), "audio/wav")
    assert [link.url for link in search(site, duration=float(SECONDS))[0]] == [f"{site.url}/audio.wav"]


def test_a_browser_that_found_nothing_says_that_it_looked_and_for_how_long(site: Site) -> None:
    site.has("/episode", pages.OTHER_PLAYERS)
    search_in_vain(site, "the browser showed .*/episode, pressed 0 controls, and no audio .* 4 seconds were over", 4)
    assert "/about" not in site.asked


def test_each_step_is_told_with_a_picture_of_the_page(site: Site, tmp_path: Path) -> None:
    site.has("/episode", pages.CONSENT_WALL)
    trace = Trace()
    finder = BrowserAudioFinder(site.guard, seconds=20, patience=1, blobs=FakeBlobs(tmp_path))
    assert finder.tier == "browser"
    assert list(finder.links(details_of(f"{site.url}/episode"), trace))
    steps = {step.tool: step for step in trace.steps}
    assert list(steps) == ["browser open", "browser consent", "browser press", "browser media"]
    assert steps["browser consent"].arguments["name"] == "Accept all cookies"
    assert steps["browser press"].arguments["name"] == "Play episode"
    pictures = [steps[tool].screenshot for tool in ("browser open", "browser consent", "browser press")]
    assert all(picture and (tmp_path / picture).read_bytes().startswith(b"\xff\xd8") for picture in pictures)


# -- failing


@pytest.mark.parametrize(
    ("status", "error"), [(404, SourceGone), (410, SourceGone), (429, SourceUnavailable), (503, SourceUnavailable)]
)
def test_a_page_that_is_refused_is_an_error_and_no_empty_page(
    session: BrowserSession, open_site: Site, status: int, error: type[RagtimeError]
) -> None:
    open_site.answers(f"/{status}", lambda _: Response("no", status=status))
    with pytest.raises(error, match=str(status)):
        session.open(f"{open_site.url}/{status}")


def test_a_page_that_hangs_ends_with_its_time(site: Site) -> None:
    gate = threading.Event()
    site.answers("/episode", lambda _: Response("late" if gate.wait(20) else "never"))
    trace = Trace()
    with pytest.raises(TimedOut, match="2 seconds"):
        list(BrowserAudioFinder(site.guard, seconds=2).links(details_of(f"{site.url}/episode"), trace))
    gate.set()
    assert [(step.tool, step.outcome) for step in trace.steps] == [("browser open", "failed")]


def test_what_was_found_before_the_time_ran_out_counts(site: Site) -> None:
    site.has("/episode", pages.STATIC)
    trace = Trace()
    finder = BrowserAudioFinder(site.guard, seconds=2, patience=60)
    links = list(finder.links(details_of(f"{site.url}/episode", duration=SECONDS * 1.5), trace))
    assert [link.url for link in links] == [f"{site.url}/audio.wav"]


def test_a_server_that_is_not_there_is_unavailable(session: BrowserSession) -> None:
    with pytest.raises(SourceUnavailable, match="does not answer"):
        session.open("http://nobody.example:1025/")


def test_no_browser_on_the_machine_is_said_with_its_remedy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    session = BrowserSession(site.guard, which=lambda _: None)
    with pytest.raises(EngineUnavailable, match="no Chromium") as caught, session:
        pass
    assert "playwright install" in caught.value.remedy


def test_a_browser_that_does_not_start_is_said_with_its_path(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    with pytest.raises(EngineUnavailable, match="/bin/false"), BrowserSession(site.guard, which=lambda _: "/bin/false"):
        pass


# -- where it may go


@pytest.fixture(scope="module")
def open_server() -> Iterator[HTTPServer]:
    with HTTPServer("127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
def open_site(open_server: HTTPServer) -> Site:
    open_server.clear()
    return Site(open_server)


@pytest.fixture(scope="module")
def session(open_server: HTTPServer) -> Iterator[BrowserSession]:
    """One browser for all tests that open a page of their own in it."""
    guard = guard_of(
        {"pod.example": "127.0.0.1", "nobody.example": "127.0.0.1", "inside.example": "127.0.0.1"},
        [f"pod.example:{open_server.port}", "nobody.example:1025"],
    )
    with BrowserSession(guard, seconds=300) as session:
        yield session


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "inside.example", "0x7f.1", "[::1]"])
def test_a_redirect_to_a_private_address_is_refused(
    session: BrowserSession, open_site: Site, secret: HTTPServer, host: str
) -> None:
    open_site.redirects("/away", f"http://{host}:{secret.port}/")
    with pytest.raises((BlockedAddress, SourceUnavailable)) as caught:
        session.open(f"{open_site.url}/away")
    assert isinstance(caught.value, BlockedAddress) or host == "localhost"
    assert secret.log == []


def test_nothing_on_a_page_reaches_a_private_address(
    session: BrowserSession, open_site: Site, secret: HTTPServer
) -> None:
    inside, metadata = f"http://127.0.0.1:{secret.port}/", "http://169.254.169.254/latest/"
    open_site.has(
        "/evil",
        pages.page(f"""
        <img src="{inside}"><iframe src="{inside}"></iframe><audio src="{inside}" autoplay></audio>
        <script src="{inside}"></script><iframe src="file:///etc/passwd"></iframe>
        <script>
        window.results = [];
        for (const url of ['{inside}', '{metadata}', 'file:///etc/passwd'])
          fetch(url, {{mode: 'no-cors'}}).then(() => results.push('got'), () => results.push('nothing'));
        const socket = new WebSocket('{inside.replace("http", "ws")}');
        socket.onerror = () => results.push('nothing');
        const tell = (what) => `() => postMessage('${{what}}')`;
        const work = `fetch('{inside}', {{mode: 'no-cors'}}).then(${{tell('got')}}, ${{tell('nothing')}})`;
        new Worker(URL.createObjectURL(new Blob([work]))).onmessage = (event) => results.push(event.data);
        const ask = () => document.title = results.sort().join(' ');
        setInterval(ask, 50);
        </script>"""),
    )
    session.open(f"{open_site.url}/evil")
    until = time.monotonic() + 5
    while "nothing nothing nothing nothing nothing" not in (text := session.text()) and time.monotonic() < until:
        time.sleep(0.05)
    assert text.startswith("# nothing nothing nothing nothing nothing\n")
    assert "crown jewels" not in text
    assert secret.log == []


def test_a_name_that_changes_its_answer_gets_nothing_from_inside(secret: HTTPServer) -> None:
    url = f"http://changing.example:{secret.port}/"
    answers = iter(["93.184.216.34"])

    def resolve(host: str, _port: int) -> list[str]:
        if host != "changing.example":
            raise OSError(f"nobody knows {host}")
        return [next(answers, "127.0.0.1")]

    with BrowserSession(AddressGuard((), resolve), seconds=10) as session, pytest.raises(BlockedAddress):
        session.open(url)
    assert secret.log == []


def test_webrtc_sends_nothing_past_the_proxy(session: BrowserSession, open_site: Site) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.settimeout(1)
        open_site.has(
            "/rtc",
            pages.page(f"""<p id="p"></p><iframe srcdoc="<p>inner</p>"></iframe><script>
            for (const home of [window, document.querySelector('iframe').contentWindow]) try {{
              const urls = 'stun:127.0.0.1:{stun.getsockname()[1]}';
              const peer = new home.RTCPeerConnection({{iceServers: [{{urls}}]}});
              peer.createDataChannel('x'); peer.createOffer().then((offer) => peer.setLocalDescription(offer));
            }} catch (error) {{ document.getElementById('p').innerText += error.name; }}</script>"""),
        )
        session.open(f"{open_site.url}/rtc")
        with pytest.raises(TimeoutError):
            stun.recv(100)


def test_the_browser_asks_for_nothing_of_its_own_accord() -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        raise OSError(f"nobody knows {host}")

    with BrowserSession(AddressGuard((), resolve)) as session:
        session.settle(1)
        time.sleep(1)
    assert asked == []


def test_an_exception_opens_exactly_the_host_and_port_that_it_names(secret: HTTPServer, site: Site) -> None:
    port = int(site.url.rpartition(":")[2])
    with GuardedProxy(AddressGuard([f"127.0.0.1:{port}"])) as proxy:
        assert b" 200 " in _through(proxy, f"GET http://127.0.0.1:{port}/audio.wav HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in _through(proxy, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n")
        assert _through(proxy, f"GET http://127.0.0.1:{secret.port}/ HTTP/1.1\r\nHost: x\r\n\r\n") == b""
        assert b" 403 " in _through(proxy, f"CONNECT 127.0.0.1:{secret.port} HTTP/1.1\r\n\r\n")
    with pytest.raises(OSError, match="refused"):
        _through(proxy, "GET / HTTP/1.1\r\n\r\n")


def test_the_proxy_ends_a_page_that_never_has_enough(site: Site) -> None:
    with GuardedProxy(site.guard, most_bytes=len(AUDIO) // 2) as proxy:
        assert len(_through(proxy, f"GET {site.url}/audio.wav HTTP/1.1\r\nHost: x\r\n\r\n")) <= len(AUDIO) // 2


def _through(proxy: GuardedProxy, request: str) -> bytes:
    host, port = proxy.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 2) as connection:
        connection.sendall(request.encode())
        received = b""
        try:
            while piece := connection.recv(65_536):
                received += piece
                if request.startswith("CONNECT"):
                    break
        except ConnectionResetError:
            pass
        return received


# -- the small things


def test_a_page_can_be_read_pressed_looked_at_and_listened_to(session: BrowserSession, open_site: Site) -> None:
    open_site.has("/audio.wav", AUDIO, "audio/wav")
    open_site.has("/shadow", pages.SHADOW)
    assert session.open(f"{open_site.url}/shadow") == f"{open_site.url}/shadow"
    assert "# An episode" in session.text()
    assert "Shady words" in session.text()
    assert not session.press("Subscribe")
    assert session.press("play")
    assert session.wait_for_audio(0, 5)
    until = time.monotonic() + 10
    while not session.heard() and time.monotonic() < until:  # the element may be there before its audio is asked for
        session.settle(0.2)
    assert f"{open_site.url}/audio.wav" in [one.url for one in session.heard()]
    assert session.screenshot().startswith(b"\xff\xd8")


def test_a_point_of_the_picture_can_be_pressed(session: BrowserSession, open_site: Site) -> None:
    open_site.has(
        "/point", pages.page('<h1 style="position:fixed;inset:0" onclick="this.innerText = 1 + 1">press</h1>')
    )
    session.open(f"{open_site.url}/point")
    session.press_at(200, 200)
    assert "## 2" in session.text()


def test_a_long_page_is_cut(session: BrowserSession, open_site: Site) -> None:
    open_site.has("/long", pages.page("<p>" + "word " * 20_000))
    session.open(f"{open_site.url}/long")
    assert len(session.text()) == 30_000


# -- ending


def test_no_process_is_left_after_the_end_nor_after_an_error(site: Site) -> None:
    before = children()
    site.has("/episode", pages.STATIC)
    with contextlib.suppress(ZeroDivisionError), BrowserSession(site.guard) as session:
        session.open(f"{site.url}/episode")
        assert len(children()) > len(before)
        raise ZeroDivisionError
    assert children() <= before


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_in_the_middle_of_a_call_ends_the_browser_at_once(site: Site) -> None:
    before, gate, hanging = children(), threading.Event(), threading.Event()

    def hang(_: Request) -> Response:
        hanging.set()
        gate.wait(20)
        return Response("late")

    site.answers("/episode", hang)
    interrupt = threading.Thread(target=lambda: hanging.wait(20) and os.kill(os.getpid(), signal.SIGINT))
    interrupt.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), BrowserSession(site.guard, seconds=30) as session:
        session.open(f"{site.url}/episode")
    interrupt.join()
    gate.set()
    assert time.monotonic() - started < 10
    assert children() <= before


def test_no_browser_outlives_a_process_that_is_killed() -> None:
    script = """
import time
from ragtime_assets.adapters.web.address_guard import AddressGuard
from ragtime_assets.adapters.browser.session import BrowserSession
with BrowserSession(AddressGuard()):
    print("ready", flush=True)
    time.sleep(60)
"""
    with running(script) as process:
        browser = children(process.pid)
        assert browser
    until = time.monotonic() + 10
    while (left := {pid for pid in browser if is_alive(pid)}) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == set()


# -- rules


@pytest.mark.parametrize(
    ("name", "purpose", "language"),
    [
        ("Play episode", "play", "en"),
        ("Folge abspielen", "play", "de-AT"),
        ("Réécouter l'épisode / Écouter", "play", "fr"),
        ("エピソードを再生する", "play", "ja"),
        ("Spill av", "play", "nb"),
        ("Bölümü dinle", "play", "tr"),
        ("Pobierz odcinek", "download", "pl"),
        ("Alle akzeptieren", "consent", "de"),
        ("Tümünü kabul et", "consent", None),
    ],
)
def test_a_control_is_known_by_its_words(name: str, purpose: labels.Purpose, language: str | None) -> None:
    assert labels.names(purpose, language).search(name)


@pytest.mark.parametrize("name", ["Playlist", "Display options", "Listener survey", "Hörerpost", "Share"])
def test_a_word_within_a_word_is_none(name: str) -> None:
    assert not labels.names("play").search(name)


def test_every_language_has_words_for_every_purpose() -> None:
    assert set(labels.LANGUAGES) == {"en", "de", "es", "fr", "it", "pt", "sv", "da", "no", "nl", "pl", "fi", "ja", "tr"}
    assert all(words.consent and words.play and words.download for words in labels.LANGUAGES.values())


def test_the_most_likely_audio_comes_first() -> None:
    near = FoundAudio("near", "element", duration=1_790)
    long = FoundAudio("long", "element", duration=7_200)
    big = FoundAudio("big", "network", length=90_000_000)
    live = FoundAudio("live", "network", duration=float("inf"))
    untold = FoundAudio("untold", "link")
    small = FoundAudio("small", "network", length=40_000)
    found = [untold, live, small, big, long, near]
    assert ranked(found, 1_800) == [near, long, big, untold, live]
    assert ranked(found, None) == [long, near, big, small, untold, live]


@pytest.mark.parametrize("url", ["http://a/x.m3u8?t=1", "http://a/x.mpd", "http://a/X.M3U8"])
def test_a_manifest_is_known_by_its_ending(url: str) -> None:
    assert is_manifest(url)
