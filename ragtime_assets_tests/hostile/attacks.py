"""What publishers may do to us, one entry each, and the error that it has to end in."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass

from ragtime_assets.domain.identity import Submission, page_submission
from ragtime_assets.errors import (
    AudioNotFound,
    BlockedAddress,
    ExtractionFailed,
    InvalidFeed,
    NotAnEpisode,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    TimedOut,
    TooLarge,
)
from ragtime_assets.samples.server import sample
from ragtime_assets_tests.hostile.web import GUID, Web, feed_xml, head
from ragtime_assets_tests.shows import audio

MP3 = sample("hot-club-of-paris.mp3")
LOGIN = "<!doctype html><html><body>Please log in</body></html>"
BOMB = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(9))
MEMORY = gzip.compress(b"<p>" + bytes(50_000_000))

Prepare = Callable[[Web, Web], Submission]


@dataclass(frozen=True)
class Attack:
    """One attack that has to end in an error: of which class, at which phase, and in which words."""

    name: str
    prepare: Prepare
    phase: str
    error: type[RagtimeError]
    says: str
    seconds: float = 10.0


def _page(path: str, html: str) -> Prepare:
    return lambda web, _: web.page(path, html)


def _says(name: str, *pieces: bytes, pause: float = 0.0, endless: bool = False) -> Prepare:
    """The page says this."""
    return lambda web, _: page_submission(web.says(f"/{name}", *pieces, pause=pause, endless=endless))


def _sent_on(name: str, target: Callable[[Web], str]) -> Prepare:
    return lambda web, canary: page_submission(web.sends_on(f"/{name}", target(canary)))


def _feed(name: str, xml: bytes | str) -> Prepare:
    return lambda web, _: web.feed(name, xml)


def _audio(name: str, *pieces: bytes, pause: float = 0.0, endless: bool = False) -> Prepare:
    """The audio says this."""
    return lambda web, _: web.item(name, audio=web.says(f"/{name}/a", *pieces, pause=pause, endless=endless))


def sound(name: str, body: bytes, media_type: str = "audio/mpeg", length: int | None = None) -> Prepare:
    """The audio is this."""
    return lambda web, _: web.item(name, audio=web.serves(f"/{name}/a", body, media_type, length=length))


def _external(web: Web, canary: Web) -> Submission:
    xml = feed_xml(web.base, "external", "&secret;", GUID, web.audio("external"), web.captions("external"))
    return web.feed("external", f'<!DOCTYPE rss [<!ENTITY secret SYSTEM "{canary.base}/etc/passwd">]>{xml}')


def _parameter(web: Web, canary: Web) -> Submission:
    xml = feed_xml(web.base, "parameter", "Night", GUID, web.audio("parameter"), web.captions("parameter"))
    return web.feed("parameter", f'<!DOCTYPE rss [<!ENTITY % all SYSTEM "{canary.base}/evil.dtd"> %all;]>{xml}')


ATTACKS = (
    Attack(
        "a page that is no episode",
        _page("about", "<html><title>About us</title><p>We are a bakery.</p></html>"),
        "episode_details",
        NotAnEpisode,
        "/about was read and holds no podcast episode",
    ),
    Attack(
        "a page with an episode's title and no audio",
        _page("silent", "<html><meta property='og:title' content='Night 1'><h1>Night 1</h1></html>"),
        "episode_details",
        NotAnEpisode,
        "/silent was read and holds no podcast episode",
    ),
    Attack(
        "a page that is not there",
        _says("gone", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        "episode_details",
        SourceGone,
        "/gone answered 404",
    ),
    Attack(
        "a page behind a login",
        _says("login", b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
        "episode_details",
        SourceGone,
        "/login answered 401",
    ),
    Attack(
        "a page that redirects to this machine",
        _sent_on("inside", lambda canary: f"{canary.base}/admin"),
        "episode_details",
        BlockedAddress,
        "127.0.0.1 leads to 127.0.0.1, which is not a public address",
    ),
    Attack(
        "a page that redirects to a metadata service",
        _sent_on("metadata", lambda _: "http://169.254.169.254/latest/meta-data/"),
        "episode_details",
        BlockedAddress,
        "169.254.169.254",
    ),
    Attack(
        "a page that redirects to a file",
        _sent_on("file", lambda _: "file:///etc/passwd"),
        "episode_details",
        BlockedAddress,
        "file:///etc/passwd",
    ),
    Attack(
        "a page that redirects to itself",
        _sent_on("loop", lambda _: "/loop"),
        "episode_details",
        SourceGone,
        "/loop redirects more than 10 times",
    ),
    Attack(
        "a page that is a gzip bomb",
        _says(
            "bomb", head("Content-Type: text/html", "Content-Encoding: gzip", f"Content-Length: {len(MEMORY)}"), MEMORY
        ),
        "episode_details",
        TooLarge,
        "/bomb is longer than the 200000 bytes",
    ),
    Attack(
        "a page without end",
        _says("endless", head("Content-Type: text/html"), b"<p>more</p>" * 500, endless=True),
        "episode_details",
        TooLarge,
        "/endless is longer than the 200000 bytes",
    ),
    Attack(
        "a page that drips",
        _says("drip", head("Content-Type: text/html"), b"<", pause=0.05, endless=True),
        "episode_details",
        TimedOut,
        "/drip did not arrive within 1 seconds",
        seconds=1,
    ),
    Attack(
        "headers that drip",
        _says("headers", b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", pause=0.05, endless=True),
        "episode_details",
        TimedOut,
        "/headers did not arrive within 1 seconds",
        seconds=1,
    ),
    Attack(
        "a feed that is not XML",
        _feed("text", "Sorry, the feed has moved."),
        "episode_details",
        InvalidFeed,
        "/text/feed.xml is not well-formed XML",
    ),
    Attack(
        "a feed that is a web page",
        _feed("html", LOGIN),
        "episode_details",
        InvalidFeed,
        "/html/feed.xml is a web page",
    ),
    Attack(
        "a feed that is an entity bomb",
        _feed(
            "entities", f"<!DOCTYPE rss [<!ENTITY e0 'boom'>{BOMB}]><rss><channel><title>&e9;</title></channel></rss>"
        ),
        "episode_details",
        InvalidFeed,
        "/entities/feed.xml declares entities",
    ),
    Attack(
        "a feed with an external entity",
        _external,
        "episode_details",
        InvalidFeed,
        "/external/feed.xml declares entities",
    ),
    Attack(
        "a feed with an external parameter entity",
        _parameter,
        "episode_details",
        InvalidFeed,
        "/parameter/feed.xml declares entities",
    ),
    Attack(
        "a title of control characters alone",
        lambda web, _: web.item("untitled", title="\x1b\x07\x00"),
        "episode_details",
        ExtractionFailed,
        "/untitled/feed.xml has no title",
    ),
    Attack(
        "audio that is not there",
        lambda web, _: web.item("lost", audio=f"{web.base}/no-such-audio"),
        "audio_file",
        AudioNotFound,
        "/no-such-audio: SourceGone:",
    ),
    Attack(
        "audio that is a web page",
        sound("page", LOGIN.encode()),
        "audio_file",
        AudioNotFound,
        "/page/a: InvalidAudio: the server sent a web page instead of audio",
    ),
    Attack(
        "audio that is empty",
        sound("empty", b""),
        "audio_file",
        AudioNotFound,
        "/empty/a: InvalidAudio: the server sent an empty file",
    ),
    Attack(
        "audio of ten bytes",
        sound("ten", MP3[:10]),
        "audio_file",
        AudioNotFound,
        "/ten/a: InvalidAudio: the file cannot be read as audio",
    ),
    Attack(
        "audio that is a playlist of our files",
        sound("playlist", b"#EXTM3U\n#EXTINF:3\nfile:///etc/passwd\n"),
        "audio_file",
        AudioNotFound,
        "/playlist/a: InvalidAudio: the file is not audio: it looks like a playlist",
    ),
    Attack(
        "audio longer than announced",
        sound("long", audio(1), length=len(audio(1)) - 1_000),
        "audio_file",
        SourceUnavailable,
        "/long/a: SourceUnavailable:",
    ),
    Attack(
        "audio shorter than announced",
        sound("short", audio(2), length=len(audio(2)) + 1_000),
        "audio_file",
        SourceUnavailable,
        "/short/a: SourceUnavailable:",
    ),
    Attack(
        "audio announced too large",
        sound("huge", audio(3), length=2_000_000),
        "audio_file",
        AudioNotFound,
        "/huge/a: TooLarge:",
    ),
    Attack(
        "audio without end",
        _audio("forever", head("Content-Type: audio/mpeg"), MP3[:60_000], endless=True),
        "audio_file",
        AudioNotFound,
        "RAGTIME_MAX_AUDIO_BYTES",
    ),
    Attack(
        "audio that drips",
        _audio("trickle", head("Content-Type: audio/mpeg"), b"\xff", pause=0.05, endless=True),
        "audio_file",
        SourceUnavailable,
        "/trickle/a: TimedOut:",
        seconds=1,
    ),
    Attack(
        "audio packed though nobody asked",
        _audio("packed", head("Content-Type: audio/mpeg", "Content-Encoding: br"), MP3[:6_000]),
        "audio_file",
        AudioNotFound,
        "/packed/a: InvalidContent:",
    ),
    Attack(
        "audio on this machine",
        lambda web, canary: web.item("local", audio=f"{canary.base}/a.mp3"),
        "audio_file",
        AudioNotFound,
        "BlockedAddress: 127.0.0.1 leads to 127.0.0.1",
    ),
    Attack(
        "audio that redirects to this machine",
        lambda web, canary: web.item("away", audio=web.sends_on("/away/a", f"{canary.base}/a.mp3")),
        "audio_file",
        AudioNotFound,
        "/away/a: BlockedAddress:",
    ),
)
