"""A server of one's own that says exactly the bytes it is told to, and a publisher's show on it."""

from __future__ import annotations

import socketserver
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from ragtime_assets.domain.episode.identity import Submission, item_submission, page_submission
from ragtime_assets_tests.shows import audio, captions

GUID = "the-only-item"


@dataclass
class Answer:
    """Raw bytes, pause by pause; the last piece for ever if it is endless."""

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    endless: bool = False


@dataclass
class Web:
    """What each path says, and who came."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"http://{self.host}"

    def says(self, path: str, *pieces: bytes, pause: float = 0.0, endless: bool = False) -> str:
        """Answer `path` with these very bytes; its URL."""
        self.answers[path] = Answer(pieces, pause, endless)
        return self.base + path

    def serves(self, path: str, body: bytes | str, media_type: str, *headers: str, length: int | None = None) -> str:
        """Answer `path` as a server should, but for a `length` that is a lie; its URL."""
        body = body.encode() if isinstance(body, str) else body
        size = len(body) if length is None else length
        return self.says(path, head(f"Content-Type: {media_type}", f"Content-Length: {size}", *headers), body)

    def sends_on(self, path: str, location: str) -> str:
        """Redirect `path`; its URL."""
        return self.says(
            path, b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + f"Location: {location}\r\n\r\n".encode()
        )

    def page(self, name: str, html: str) -> Submission:
        """A page, submitted."""
        return page_submission(self.serves(f"/{name}", html, "text/html; charset=utf-8"))

    def feed(self, name: str, xml: bytes | str, guid: str = GUID) -> Submission:
        """A feed, with one of its items submitted."""
        return item_submission(self.serves(f"/{name}/feed.xml", xml, "application/rss+xml"), guid)

    def item(
        self,
        name: str,
        *,
        title: str = "Night",
        guid: str = GUID,
        audio: str | None = None,
        captions: str | None = None,
        extra: str = "",
    ) -> Submission:
        """An item of a feed with honest audio and captions, unless an address of others is given."""
        audio = audio or self.audio(name)
        captions = captions or self.captions(name)
        return self.feed(name, feed_xml(self.base, name, title, guid, audio, captions, extra), guid)

    def audio(self, name: str) -> str:
        """Honest audio that nobody else has."""
        return self.serves(f"/{name}/audio.wav", audio(number(name)), "audio/wav")

    def captions(self, name: str) -> str:
        """Honest captions."""
        return self.serves(f"/{name}/captions.vtt", captions(number(name)), "text/vtt")


def head(*headers: str) -> bytes:
    """The head of a good answer."""
    return ("\r\n".join(("HTTP/1.1 200 OK", *headers, "Connection: close")) + "\r\n\r\n").encode()


def number(name: str) -> int:
    """A number of one's own."""
    return zlib.crc32(name.encode()) % 100_000


def feed_xml(base: str, name: str, title: str, guid: str, audio: str, captions: str, extra: str = "") -> str:
    """A feed of one item."""
    return (
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
        "xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel><title>A Thousand Nights</title>"
        f"<link>{base}</link><language>en</language><item><title>{title}</title>"
        f"<guid isPermaLink='false'>{escape(guid)}</guid><link>{base}/{name}/page</link>"
        f"<enclosure url={quoteattr(audio)} type='audio/wav' length='1'/>"
        f"<podcast:transcript url={quoteattr(captions)} type='text/vtt'/>{extra}</item></channel></rss>"
    )


@contextmanager
def served() -> Iterator[Web]:
    """A server on a port of its own."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().decode("latin-1").split(" ")[1:2]
            web.visited.append("".join(path))
            while self.rfile.readline().strip():
                pass
            answer = web.answers.get("".join(path), Answer((b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",)))
            for piece in answer.pieces:
                self.wfile.write(piece)
                time.sleep(answer.pause)
            while answer.endless:
                self.wfile.write(answer.pieces[-1])
                time.sleep(answer.pause)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A visitor who hangs up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    web = Web(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
