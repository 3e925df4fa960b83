"""Publishes the sample show on this machine, as a real host would: media types, ranges, HEAD.

Standard library only, so that it costs nothing to import. The text files name `PLACEHOLDER` as their
address; the server puts its own in its place. Nothing but the show's files is served.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

PLACEHOLDER = "http://samples.invalid"
FEED_PATH = "/feed.xml"

_MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "xml": "application/rss+xml; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "json": "application/json+chapters",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
}
_TEXTS = frozenset({"html", "xml", "json"})
_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9]+)*")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class SampleEpisode(NamedTuple):
    """One episode of the sample show."""

    slug: str
    guid: str
    title: str
    audio: str
    captions: str | None = None
    chapters: str | None = None

    @property
    def page(self) -> str:
        """Path of the page that people read."""
        return f"/{self.slug}"


EPISODES = (
    SampleEpisode(
        slug="hot-club-of-paris",
        guid="the-long-chorus-1",
        title="Django Reinhardt, Stéphane Grappelli and the Hot Club of Paris",
        audio="/hot-club-of-paris.mp3",
        captions="/hot-club-of-paris.vtt",
        chapters="/hot-club-of-paris.chapters.json",
    ),
    SampleEpisode(
        slug="kind-of-blue",
        guid="the-long-chorus-2",
        title="Kind of Blue: Miles Davis, John Coltrane and Bill Evans in 1959",
        audio="/kind-of-blue.m4a",
    ),
)
"""The show, first episode first."""


def sample(name: str) -> bytes:
    """The content of one of the show's files, `PLACEHOLDER` still in it."""
    return resources.files("ragtime_assets.samples").joinpath(name.removeprefix("/")).read_bytes()


def reference(slug: str) -> str:
    """What is said in the episode, as it was written: neither speakers nor chapter titles."""
    lines = sample(f"{slug}.txt").decode().splitlines()
    return " ".join(line.partition(": ")[2] for line in lines if not line.startswith("#"))


REFERENCE = {episode.slug: reference(episode.slug) for episode in EPISODES}
"""The true transcript of each episode by slug, for measuring word error rates."""


@contextmanager
def serve_samples(port: int = 0) -> Iterator[str]:
    """Serve the show on 127.0.0.1 while the context is open; its base URL."""
    with serving(_Handler, port) as base:
        yield base


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """Serve whatever the handler does on 127.0.0.1: many visitors at once, and gone at once; its base URL."""
    server = _Server(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who hangs up early is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo's own output is what people should see."""

    def _answer(self) -> None:
        name = _file_name(unquote(urlsplit(self.path).path))
        suffix = name.rpartition(".")[2]
        try:
            body = sample(name) if suffix in _MEDIA_TYPES and _NAME.fullmatch(name) else None
        except FileNotFoundError:
            body = None
        if body is None:
            self._send(HTTPStatus.NOT_FOUND, b"no such file\n", {"Content-Type": "text/plain"})
            return
        if suffix in _TEXTS:
            host, port = self.connection.getsockname()[:2]
            here = f"http://{host}:{port}"
            body = body.replace(PLACEHOLDER.encode(), here.encode())
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": _MEDIA_TYPES[suffix], "Accept-Ranges": "bytes", "ETag": etag}
        wanted = _RANGE.fullmatch(self.headers.get("Range", "").strip())
        if wanted is None or self.headers.get("If-Range", etag) != etag:
            self._send(HTTPStatus.OK, body, headers)
            return
        part = _part(wanted, len(body))
        if part is None:
            headers["Content-Range"] = f"bytes */{len(body)}"
            self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", headers)
            return
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(body)}"
        self._send(HTTPStatus.PARTIAL_CONTENT, body[part.start : part.stop], headers)

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _file_name(path: str) -> str:
    name = path.removeprefix("/") or FEED_PATH.removeprefix("/")
    return name if "." in name else f"{name}.html"


def _part(asked: re.Match[str], length: int) -> range | None:
    """The bytes that a Range header asks for; None when there are none such."""
    if asked[1]:
        start, stop = int(asked[1]), min(length, int(asked[2]) + 1) if asked[2] else length
    else:
        start, stop = max(0, length - int(asked[2] or 0)), length
    return range(start, stop) if start < stop else None
