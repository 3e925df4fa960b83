"""A publisher's show on a server that says exactly the bytes it is told to."""

from __future__ import annotations

import zlib
from xml.sax.saxutils import escape, quoteattr

from ragtime_assets.domain.episode.identity import Submission, item_submission, page_submission
from ragtime_assets_tests.raw_server import RawServer
from ragtime_assets_tests.shows import audio, captions

GUID = "the-only-item"


class Web(RawServer):
    """A server with pages, feeds and episodes of a publisher's."""

    def serves(self, path: str, body: bytes | str, media_type: str, *headers: str, length: int | None = None) -> str:
        """Answer `path` as a server should, but for a `length` that is a lie; its URL."""
        body = body.encode() if isinstance(body, str) else body
        size = len(body) if length is None else length
        return self.says(head(f"Content-Type: {media_type}", f"Content-Length: {size}", *headers), body, path=path)

    def sends_on(self, path: str, location: str) -> str:
        """Redirect `path`; its URL."""
        return self.says(f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode(), path=path)

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
