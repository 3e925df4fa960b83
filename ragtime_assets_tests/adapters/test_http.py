"""The one way to the web, against real servers on this machine."""

from __future__ import annotations

import gzip
import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import httpcore
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.web.address_guard import AddressGuard
from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits
from ragtime_assets.adapters.web.http_answers import retry_after
from ragtime_assets.adapters.web.pinned_transport import PinnedBackend
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.errors import (
    BlockedAddress,
    InvalidContent,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    StorageFull,
    TimedOut,
    TooLarge,
)
from ragtime_assets_tests.adapters.addresses import NOT_PUBLIC, SPELLINGS
from ragtime_assets_tests.adapters.wire import PUBLIC, Wire
from ragtime_assets_tests.fakes import silent
from ragtime_assets_tests.raw_server import RawServer, served

AUDIO = b"ID3" + bytes(range(256)) * 2_000
OK = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n"


@pytest.fixture
def raw() -> Iterator[RawServer]:
    with served(RawServer) as server:
        yield server


def web(waits: list[float] | None = None, **limits: float) -> GuardedHttp:
    return GuardedHttp(
        ["127.0.0.1", "localhost"],
        user_agent="ragtime-assets/test",
        limits=HttpLimits(**limits),
        retry_wait=(waits if waits is not None else []).append,
    )


# -- where it may go


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_a_redirect_to_an_address_that_is_not_public_is_refused(httpserver: HTTPServer, address: str) -> None:
    target = f"http://[{address.replace('%', '%25')}]/" if ":" in address else f"http://{address}:9/"
    if address == "127.0.0.1":
        target = "http://localhost.:9/"
    httpserver.expect_request("/").respond_with_response(Response(status=302, headers={"Location": target}))
    wire = Wire(httpserver.port)
    http = GuardedHttp(
        user_agent="t", resolver=lambda host, _: {"pod.example": [PUBLIC]}.get(host, [address]), wire=wire
    )
    with pytest.raises(BlockedAddress):
        http.fetch("http://pod.example/")
    assert wire.addresses == [PUBLIC]


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_redirect_to_an_odd_spelling_of_loopback_is_refused(httpserver: HTTPServer, host: str) -> None:
    httpserver.expect_request("/").respond_with_response(Response(status=301, headers={"Location": f"http://{host}/"}))
    wire = Wire(httpserver.port)
    http = GuardedHttp(user_agent="t", resolver=lambda _host, _port: [PUBLIC], wire=wire)
    with pytest.raises(BlockedAddress):
        http.fetch("http://pod.example/")
    assert wire.addresses == [PUBLIC]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:text/html,hello", "http://[::1"])
def test_a_redirect_to_what_is_not_http_is_refused(raw: RawServer, target: str) -> None:
    raw.says(f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {target}\r\n\r\n".encode())
    with pytest.raises(BlockedAddress):
        web().fetch(raw.url)
    assert len(raw.requests) == 1


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:text/html,hello", "http://169.254.169.254/"]
)
def test_neither_fetch_nor_download_goes_where_it_may_not(url: str, tmp_path: Path) -> None:
    for act in (lambda: web().fetch(url), lambda: web().download(url, tmp_path / "a", silent)):
        with pytest.raises(BlockedAddress):
            act()
    assert list(tmp_path.iterdir()) == []


def test_a_private_server_is_not_even_connected_to(raw: RawServer) -> None:
    with pytest.raises(BlockedAddress):
        GuardedHttp(user_agent="t").fetch(raw.url)
    assert raw.requests == []


def test_a_name_that_changes_its_answer_is_asked_once_and_pinned(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("hello")
    answers = [[PUBLIC], ["127.0.0.1"]]
    wire = Wire(httpserver.port)
    http = GuardedHttp(user_agent="t", resolver=lambda _host, _port: answers.pop(0), wire=wire)
    assert http.fetch("http://rebind.example/").body == b"hello"
    assert wire.addresses == [PUBLIC]
    with pytest.raises(BlockedAddress, match=r"rebind\.example leads to 127\.0\.0\.1"):
        http.fetch("http://rebind.example/")
    assert wire.addresses == [PUBLIC]


def test_the_pinned_connection_still_names_the_host(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/", headers={"Host": "pod.example:81"}).respond_with_data("hello")
    http = GuardedHttp(user_agent="t", resolver=lambda _host, _port: [PUBLIC], wire=Wire(httpserver.port))
    document = http.fetch("http://pod.example:81/")
    assert (document.body, document.url) == (b"hello", "http://pod.example:81/")


def test_tls_asks_for_the_name_and_not_for_the_address() -> None:
    names: list[str | None] = []

    class Stream(httpcore.MockStream):
        def start_tls(self, ssl_context: object, server_hostname: str | None = None, timeout: object = None) -> Stream:
            names.append(server_hostname)
            return self

    class TlsWire(httpcore.MockBackend):
        def connect_tcp(self, *_: object, **__: object) -> Stream:
            return Stream([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"])

    http = GuardedHttp(user_agent="t", resolver=lambda _host, _port: [PUBLIC], wire=TlsWire([]))
    assert http.fetch("https://pod.example/").body == b"hi"
    assert names == ["pod.example"]


def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    tried: list[str] = []

    class HalfDead(httpcore.MockBackend):
        def connect_tcp(self, host: str, *rest: object, **named: object) -> httpcore.NetworkStream:
            tried.append(host)
            if len(tried) == 1:
                raise httpcore.ConnectError("refused")
            return httpcore.MockStream([])

    guard = AddressGuard(resolver=lambda _host, _port: ["2606:4700:4700::1111", PUBLIC])
    PinnedBackend(guard, lambda: 9.0, HalfDead([])).connect_tcp("pod.example", 80)
    assert tried == ["2606:4700:4700::1111", PUBLIC]


def test_a_proxy_in_the_environment_is_ignored(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    httpserver.expect_request("/").respond_with_data("direct")
    assert web().fetch(httpserver.url_for("/")).body == b"direct"


def test_ten_redirects_are_followed_and_eleven_are_not(httpserver: HTTPServer) -> None:
    def hop(request: Request) -> Response:
        left = int(request.path.strip("/"))
        return Response(status=302, headers={"Location": f"/{left - 1}"}) if left else Response("there")

    httpserver.expect_request("/10").respond_with_handler(hop)
    for left in range(12):
        httpserver.expect_request(f"/{left}").respond_with_handler(hop)
    document = web().fetch(httpserver.url_for("/10"))
    assert (document.body, document.url) == (b"there", httpserver.url_for("/0"))
    with pytest.raises(SourceGone, match="more than 10 times"):
        web().fetch(httpserver.url_for("/11"))


def test_a_redirect_to_nowhere_is_gone(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(status=302)
    with pytest.raises(SourceGone, match="without saying where to"):
        web().fetch(httpserver.url_for("/"))


# -- documents


def test_a_document_comes_with_its_type_charset_and_last_address(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/old").respond_with_response(Response(status=301, headers={"Location": "/new"}))
    httpserver.expect_request("/new").respond_with_data(
        "héllo".encode("latin-1"), content_type="Text/HTML; charset=latin-1"
    )
    document = web().fetch(httpserver.url_for("/old"))
    assert (document.url, document.media_type, document.charset) == (httpserver.url_for("/new"), "text/html", "latin-1")


def test_the_user_agent_is_ours(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/", headers={"User-Agent": "ragtime-assets/test"}).respond_with_data("seen")
    assert web().fetch(httpserver.url_for("/")).body == b"seen"


def test_a_packed_document_is_unpacked(httpserver: HTTPServer) -> None:
    packed = gzip.compress(b"feed " * 50_000)
    httpserver.expect_request("/").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    assert web().fetch(httpserver.url_for("/")).body == b"feed " * 50_000


def test_a_gzip_bomb_stops_at_the_cap(httpserver: HTTPServer) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    httpserver.expect_request("/").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge, match="10000000 bytes"):
        web().fetch(httpserver.url_for("/"))


@pytest.mark.parametrize(("encoding", "body"), [("gzip", b"not gzip"), ("br", b"x"), ("gzip, gzip", b"x")])
def test_a_body_that_cannot_be_unpacked_is_refused(httpserver: HTTPServer, encoding: str, body: bytes) -> None:
    httpserver.expect_request("/").respond_with_data(body, headers={"Content-Encoding": encoding})
    with pytest.raises(InvalidContent):
        web().fetch(httpserver.url_for("/"))


def test_every_member_of_a_packed_document_is_read_and_what_follows_them_is_not(httpserver: HTTPServer) -> None:
    packed = gzip.compress(b"Hello, ") + gzip.compress(b"world") + b"\x1f" + b"\0" * 100
    httpserver.expect_request("/").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    assert web().fetch(httpserver.url_for("/")).body == b"Hello, world"


@pytest.mark.parametrize("after", [b"junk" * 4_096, gzip.compress(b"") * 1_000], ids=["junk", "empty members"])
def test_bytes_without_end_after_a_packed_body_stop_at_the_cap(raw: RawServer, after: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    raw.says(head + gzip.compress(b"<p>one</p>"), after, endless=True)
    with pytest.raises(TooLarge, match="1000000 bytes"):
        web(document_bytes=1_000_000).fetch(raw.url)


def test_a_document_announced_too_large_is_refused_at_its_beginning(raw: RawServer) -> None:
    raw.says(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 2000001\r\n\r\n" + b"<rss>" * 2_000)
    with pytest.raises(TooLarge, match="2000000 bytes"):
        web(document_bytes=2_000_000).fetch(raw.url)
    assert len(raw.requests) == 1


def test_a_packed_body_cut_short_is_asked_for_again(httpserver: HTTPServer) -> None:
    packed = gzip.compress(b"feed " * 50_000)
    httpserver.expect_ordered_request("/").respond_with_data(packed[:-20], headers={"Content-Encoding": "gzip"})
    httpserver.expect_ordered_request("/").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    assert len(web().fetch(httpserver.url_for("/")).body) == 250_000


def test_an_endless_document_stops_at_the_cap(raw: RawServer) -> None:
    raw.says(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"<html>" * 10_000, endless=True)
    with pytest.raises(TooLarge):
        web(document_bytes=1_000_000).fetch(raw.url)


def test_of_audio_only_the_beginning_is_fetched_as_a_document(raw: RawServer) -> None:
    raw.says(OK + b"\r\n", AUDIO, endless=True)
    document = web(document_bytes=1_000_000).fetch(raw.url)
    assert document.media_type == "audio/mpeg"
    assert 0 < len(document.body) <= 1_000_000


# -- time


def test_a_slow_drip_of_a_body_ends_at_the_deadline(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"\r\n", b"x", pause=0.02, endless=True)
    with pytest.raises(TimedOut, match=r"within 0\.3 seconds"):
        web(download_seconds=0.3).download(raw.url, tmp_path / "a", silent)
    assert list(tmp_path.iterdir()) == []


def test_a_slow_drip_of_headers_ends_at_the_deadline(raw: RawServer) -> None:
    raw.says(b"HTTP/1.1 200 OK\r\nX: ", b"x", pause=0.02, endless=True)
    with pytest.raises(TimedOut, match=r"within 0\.3 seconds"):
        web(document_seconds=0.3).fetch(raw.url)


def test_a_server_that_falls_silent_times_out(raw: RawServer) -> None:
    raw.says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", pause=0.5)
    with pytest.raises(TimedOut, match="stopped answering"):
        web(stall_seconds=0.1, attempts=1).fetch(raw.url)


def test_a_download_that_drips_ends_after_a_stretch_and_is_not_begun_again(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b'ETag: "v1"\r\nContent-Length: 500000\r\n\r\n', b"x" * 10, pause=0.02, endless=True)
    with pytest.raises(TimedOut, match=r"slower than 8000 bytes a second .*RAGTIME_MIN_DOWNLOAD_SPEED"):
        web(download_speed=8_000, slow_seconds=0.4).download(raw.url, tmp_path / "a", silent)
    assert len(raw.requests) == 1


def test_a_download_as_fast_as_it_must_be_may_last_for_many_stretches(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"Content-Length: 60000\r\n\r\n", *[b"x" * 3_000] * 20, pause=0.05)
    got = web(download_speed=2_000, slow_seconds=0.3).download(raw.url, tmp_path / "a", silent)
    assert got.bytes == 60_000


def test_a_small_file_that_comes_slowly_is_taken_within_a_stretch(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"Content-Length: 20\r\n\r\n", b"x" * 10, b"x" * 10, pause=0.05)
    assert web(download_speed=8_000, slow_seconds=5).download(raw.url, tmp_path / "a", silent).bytes == 20


def test_all_requests_of_a_phase_end_at_its_one_deadline(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"\r\n", b"x", pause=0.02, endless=True)
    http = web().until(Deadline(0.5))
    for work in (lambda: http.download(raw.url, tmp_path / "a", silent), lambda: http.fetch(raw.url)) * 2:
        with pytest.raises(TimedOut, match=r"within 0\.5 seconds"):
            work()


# -- downloads


def test_a_download_is_streamed_hashed_and_reported(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/a.mp3").respond_with_data(AUDIO, content_type="audio/mpeg")
    heard: list[tuple[float, float | None]] = []
    got = web().download(
        httpserver.url_for("/a.mp3"), tmp_path / "a", lambda done, total, _: heard.append((done, total))
    )
    assert (got.bytes, got.sha256) == (len(AUDIO), hashlib.sha256(AUDIO).hexdigest())
    assert got.path.read_bytes() == AUDIO
    assert heard[-1] == (len(AUDIO), len(AUDIO))


@pytest.mark.parametrize("body", [b"", b"0123456789", b"<html>log in</html>"])
def test_a_small_body_is_handed_on_for_the_probe_to_judge(httpserver: HTTPServer, tmp_path: Path, body: bytes) -> None:
    httpserver.expect_request("/a.mp3").respond_with_data(body, content_type="audio/mpeg")
    got = web().download(httpserver.url_for("/a.mp3"), tmp_path / "a", silent)
    assert (got.bytes, got.path.read_bytes()) == (len(body), body)


def test_an_endless_download_stops_at_the_limit_and_leaves_nothing(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"\r\n", AUDIO, endless=True)
    with pytest.raises(TooLarge, match="RAGTIME_MAX_AUDIO_BYTES"):
        web(download_bytes=2_000_000).download(raw.url, tmp_path / "a", silent)
    assert list(tmp_path.iterdir()) == []


def test_a_download_announced_too_large_is_not_begun(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"Content-Length: 3000000\r\n\r\n")
    heard: list[float] = []
    with pytest.raises(TooLarge, match="RAGTIME_MAX_AUDIO_BYTES"):
        web(download_bytes=2_000_000).download(raw.url, tmp_path / "a", lambda done, *_: heard.append(done))
    assert (heard, len(raw.requests)) == ([], 1)


def test_a_body_shorter_than_announced_is_torn(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"Content-Length: 600000\r\n\r\n", AUDIO)
    with pytest.raises(SourceUnavailable) as caught:
        web().download(raw.url, tmp_path / "a", silent)
    assert (caught.value.details["attempts"], len(raw.requests)) == (3, 3)
    assert list(tmp_path.iterdir()) == []


def test_a_body_longer_than_announced_is_torn(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + b"Content-Length: 1000\r\n\r\n" + AUDIO)
    with pytest.raises(SourceUnavailable, match="announced 1000 bytes and sent"):
        web().download(raw.url, tmp_path / "a", silent)
    assert len(raw.requests) == 3
    assert list(tmp_path.iterdir()) == []


def test_an_interim_answer_is_not_counted_as_body(raw: RawServer) -> None:
    raw.says(b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    assert web().fetch(raw.url).body == b"hi"


def test_a_torn_download_goes_on_where_it_ended_when_the_etag_is_strong(raw: RawServer, tmp_path: Path) -> None:
    half, size = len(AUDIO) // 2, len(AUDIO)
    raw.says(OK + f'ETag: "v1"\r\nContent-Length: {size}\r\n\r\n'.encode(), AUDIO[:half])
    rest = f"Content-Range: bytes {half}-{size - 1}/{size}\r\nContent-Length: {size - half}\r\n\r\n"
    raw.then_says(b'HTTP/1.1 206 Partial Content\r\nETag: "v1"\r\n' + rest.encode(), AUDIO[half:])
    got = web().download(raw.url, tmp_path / "a", silent)
    assert f'Range: bytes={half}-\r\nIf-Range: "v1"'.encode().lower() in raw.requests[1].lower()
    assert got.sha256 == hashlib.sha256(got.path.read_bytes()).hexdigest() == hashlib.sha256(AUDIO).hexdigest()


def test_a_download_that_breaks_off_ten_times_is_through_while_each_time_brings_more(
    raw: RawServer, tmp_path: Path
) -> None:
    size = 500_000
    audio, part = AUDIO[:size], size // 10
    for start in range(0, size, part):
        head = b"HTTP/1.1 206 Partial Content\r\n" if start else OK
        where = f"Content-Range: bytes {start}-{size - 1}/{size}\r\n" if start else ""
        raw.then_says(
            head + f'ETag: "v1"\r\n{where}Content-Length: {size - start}\r\n\r\n'.encode(),
            audio[start : start + part],
        )
    got = web().download(raw.url, tmp_path / "a", silent)
    assert (got.path.read_bytes() == audio, len(raw.requests)) == (True, 10)


@pytest.mark.parametrize("etag", [b"", b'ETag: W/"v1"\r\n'])
def test_a_torn_download_starts_again_without_a_strong_etag(raw: RawServer, tmp_path: Path, etag: bytes) -> None:
    head = OK + etag + f"Content-Length: {len(AUDIO)}\r\n\r\n".encode()
    raw.says(head, AUDIO[:1000])
    raw.then_says(head, AUDIO)
    assert web().download(raw.url, tmp_path / "a", silent).path.read_bytes() == AUDIO
    assert b"range:" not in raw.requests[1].lower()


@pytest.mark.parametrize("second", ["changed", "wrong range"])
def test_another_file_is_never_appended_to_the_first(raw: RawServer, tmp_path: Path, second: str) -> None:
    other = b"ID3" + b"other" * 40_000
    raw.says(OK + f'ETag: "v1"\r\nContent-Length: {len(AUDIO)}\r\n\r\n'.encode(), AUDIO[:1000])
    if second == "wrong range":
        raw.then_says(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nabcde")
    raw.then_says(OK + f'ETag: "v2"\r\nContent-Length: {len(other)}\r\n\r\n'.encode(), other)
    assert web().download(raw.url, tmp_path / "a", silent).path.read_bytes() == other


def test_a_full_disk_is_said_and_not_retried(raw: RawServer, tmp_path: Path) -> None:
    raw.says(OK + f"Content-Length: {len(AUDIO)}\r\n\r\n".encode(), AUDIO)
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    with pytest.raises(StorageFull, match="no space is left"):
        web().download(raw.url, full, silent)
    assert len(raw.requests) == 1
    assert not full.is_symlink()


# -- asking again


def test_429_is_asked_again_after_the_time_it_names(httpserver: HTTPServer) -> None:
    waits: list[float] = []
    httpserver.expect_ordered_request("/").respond_with_data(status=429, headers={"Retry-After": "7"})
    httpserver.expect_ordered_request("/").respond_with_data("fine")
    assert web(waits).fetch(httpserver.url_for("/")).body == b"fine"
    assert waits == [7.0]


def test_a_server_that_asks_for_an_hour_is_not_waited_for_and_not_asked_again(httpserver: HTTPServer) -> None:
    waits: list[float] = []
    httpserver.expect_request("/").respond_with_data(status=503, headers={"Retry-After": "3600"})
    httpserver.expect_request("/other").respond_with_data("fine")
    http = web(waits)
    with pytest.raises(SourceUnavailable, match="503") as caught:
        http.fetch(httpserver.url_for("/"))
    assert (waits, caught.value.retry_after) == ([], 3600)
    assert "60 minutes" in caught.value.remedy
    for again in (lambda: http.fetch(httpserver.url_for("/?now")), lambda: http.revisit(httpserver.url_for("/"), {})):
        with pytest.raises(SourceUnavailable, match="wants to be left alone") as caught:
            again()
        assert 3590 < (caught.value.retry_after or 0) <= 3600
    assert len(httpserver.log) == 1
    assert http.fetch(httpserver.url_for("/other")).body == b"fine", "others on the host do not suffer for it"


def test_a_server_that_asks_for_half_a_minute_is_not_waited_for_past_the_deadline(httpserver: HTTPServer) -> None:
    waits: list[float] = []
    httpserver.expect_request("/").respond_with_data(status=503, headers={"Retry-After": "30"})
    with pytest.raises(SourceUnavailable):
        web(waits, document_seconds=20).fetch(httpserver.url_for("/"))
    assert waits == []


def test_500_twice_is_asked_a_third_time_with_growing_waits(httpserver: HTTPServer) -> None:
    waits: list[float] = []
    for status in (500, 500, 200):
        httpserver.expect_ordered_request("/").respond_with_data("fine", status=status)
    assert web(waits).fetch(httpserver.url_for("/")).body == b"fine"
    assert 0 < waits[0] <= 1 <= waits[1] <= 2


def test_an_answer_that_asks_who_we_are_says_that_it_needs_a_login(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/members").respond_with_data("who are you?", status=401)
    with pytest.raises(SourceGone, match="it needs a login") as caught:
        web().fetch(httpserver.url_for("/members"))
    assert "ragtime edit KEY --audio-url" in caught.value.remedy


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_what_is_gone_is_asked_for_once(httpserver: HTTPServer, tmp_path: Path, status: int) -> None:
    httpserver.expect_request("/").respond_with_data(status=status)
    with pytest.raises(SourceGone, match=str(status)) as caught:
        web().download(httpserver.url_for("/"), tmp_path / "a", silent)
    assert caught.value.details["status"] == status
    assert len(httpserver.log) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_refused_connection_is_unavailable_and_tried_three_times() -> None:
    waits: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(SourceUnavailable, match="could not be read"):
        web(waits).fetch(f"http://127.0.0.1:{port}/")
    assert len(waits) == 2


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"])
def test_whatever_a_server_says_ends_in_an_error_of_ours(raw: RawServer, said: bytes) -> None:
    raw.says(said)
    with pytest.raises(RagtimeError):
        web().fetch(raw.url)


@pytest.mark.parametrize(
    ("value", "seconds"), [("12", 12.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None), (None, None)]
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds
