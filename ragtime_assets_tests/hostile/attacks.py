"""What publishers may do to us, one entry each, and the error that it has to end in."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass

from ragtime_assets.domain.episode.identity import Submission, page_submission
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
    return lambda web, _: page_submission(web.says(*pieces, path=f"/{name}", pause=pause, endless=endless))


def _sent_on(name: str, target: Callable[[Web], str]) -> Prepare:
    return lambda web, canary: page_submission(web.sends_on(f"/{name}", target(canary)))


def _feed(name: str, xml: bytes | str) -> Prepare:
    return lambda web, _: web.feed(name, xml)


def _audio(name: str, *pieces: bytes, pause: float = 0.0, endless: bool = False) -> Prepare:
    """The audio says this."""
    return lambda web, _: web.item(name, audio=web.says(*pieces, path=f"/{name}/a", pause=pause, endless=endless))


def sound(name: str, body: bytes, media_type: str = "audio/mpeg", length: int | None = None) -> Prepare:
    """The audio is this."""
    return lambda web, _: web.item(name, audio=web.serves(f"/{name}/a", body, media_type, length=length))


def _page_ends(name: str, prepare: Prepare, error: type[RagtimeError], says: str, seconds: float = 10.0) -> Attack:
    """The page or the feed is not read."""
    return Attack(name, prepare, "episode_details", error, says, seconds)


def _audio_is_refused(name: str, prepare: Prepare, says: str) -> Attack:
    """No address gives audio, and each says why."""
    return Attack(name, prepare, "audio_file", AudioNotFound, says)


def _gone(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


def _declaring(name: str, declaration: str, title: str) -> Prepare:
    """A feed that declares an entity, which `declaration` takes from the server that nobody may visit."""

    def prepare(web: Web, canary: Web) -> Submission:
        xml = feed_xml(web.base, name, title, GUID, web.audio(name), web.captions(name))
        return web.feed(name, f"<!DOCTYPE rss [{declaration.format(canary.base)}]>{xml}")

    return prepare


ATTACKS = (
    _page_ends(
        "a page that is no episode",
        _page("about", "<html><title>About us</title><p>We are a bakery.</p></html>"),
        NotAnEpisode,
        "/about was read and holds no podcast episode",
    ),
    _page_ends(
        "a page with an episode's title and no audio",
        _page("silent", "<html><meta property='og:title' content='Night 1'><h1>Night 1</h1></html>"),
        NotAnEpisode,
        "/silent was read and holds no podcast episode",
    ),
    _page_ends(
        "a page that is not there",
        _says("gone", _gone("404 Not Found")),
        SourceGone,
        "/gone answered 404",
    ),
    _page_ends(
        "a page behind a login",
        _says("login", _gone("401 Unauthorized")),
        SourceGone,
        "/login answered 401",
    ),
    _page_ends(
        "a page that redirects to this machine",
        _sent_on("inside", lambda canary: f"{canary.base}/admin"),
        BlockedAddress,
        "127.0.0.1 leads to 127.0.0.1, which is not a public address",
    ),
    _page_ends(
        "a page that redirects to a metadata service",
        _sent_on("metadata", lambda _: "http://169.254.169.254/latest/meta-data/"),
        BlockedAddress,
        "169.254.169.254",
    ),
    _page_ends(
        "a page that sends on to this machine by a tag",
        lambda web, canary: web.page("tag", f'<meta http-equiv="refresh" content="0; url={canary.base}/admin">'),
        BlockedAddress,
        "127.0.0.1 leads to 127.0.0.1, which is not a public address",
    ),
    _page_ends(
        "a page that redirects to a file",
        _sent_on("file", lambda _: "file:///etc/passwd"),
        BlockedAddress,
        "file:///etc/passwd",
    ),
    _page_ends(
        "a page that redirects to itself",
        _sent_on("loop", lambda _: "/loop"),
        SourceGone,
        "/loop redirects more than 10 times",
    ),
    _page_ends(
        "a page that is a gzip bomb",
        _says(
            "bomb", head("Content-Type: text/html", "Content-Encoding: gzip", f"Content-Length: {len(MEMORY)}"), MEMORY
        ),
        TooLarge,
        "/bomb is longer than 200000 bytes",
    ),
    _page_ends(
        "a page without end",
        _says("endless", head("Content-Type: text/html"), b"<p>more</p>" * 500, endless=True),
        TooLarge,
        "/endless is longer than 200000 bytes",
    ),
    _page_ends(
        "a page that drips",
        _says("drip", head("Content-Type: text/html"), b"<", pause=0.05, endless=True),
        TimedOut,
        "/drip did not arrive within 1 seconds",
        seconds=1,
    ),
    _page_ends(
        "headers that drip",
        _says("headers", b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", pause=0.05, endless=True),
        TimedOut,
        "/headers did not arrive within 1 seconds",
        seconds=1,
    ),
    _page_ends(
        "a feed that is not XML",
        _feed("text", "Sorry, the feed has moved."),
        InvalidFeed,
        "/text/feed.xml is not well-formed XML",
    ),
    _page_ends(
        "a feed that is a web page",
        _feed("html", LOGIN),
        InvalidFeed,
        "/html/feed.xml is a web page",
    ),
    _page_ends(
        "a feed that is an entity bomb",
        _feed(
            "entities", f"<!DOCTYPE rss [<!ENTITY e0 'boom'>{BOMB}]><rss><channel><title>&e9;</title></channel></rss>"
        ),
        InvalidFeed,
        "/entities/feed.xml declares entities",
    ),
    _page_ends(
        "a feed with an external entity",
        _declaring("external", "<!ENTITY secret SYSTEM '{}/etc/passwd'>", "&secret;"),
        InvalidFeed,
        "/external/feed.xml declares entities",
    ),
    _page_ends(
        "a feed with an external parameter entity",
        _declaring("parameter", "<!ENTITY % all SYSTEM '{}/evil.dtd'> %all;", "Night"),
        InvalidFeed,
        "/parameter/feed.xml declares entities",
    ),
    _page_ends(
        "a title of control characters alone",
        lambda web, _: web.item("untitled", title="\x1b\x07\x00"),
        ExtractionFailed,
        "/untitled/feed.xml has no title",
    ),
    _audio_is_refused(
        "audio that is not there",
        lambda web, _: web.item("lost", audio=f"{web.base}/no-such-audio"),
        "/no-such-audio: SourceGone:",
    ),
    _audio_is_refused(
        "audio that is a web page",
        sound("page", LOGIN.encode()),
        "/page/a: InvalidAudio: the server sent a web page instead of audio",
    ),
    _audio_is_refused(
        "audio that is empty",
        sound("empty", b""),
        "/empty/a: InvalidAudio: the server sent an empty file",
    ),
    _audio_is_refused(
        "audio of ten bytes",
        sound("ten", MP3[:10]),
        "/ten/a: InvalidAudio: the file cannot be read as audio",
    ),
    _audio_is_refused(
        "audio that is a playlist of our files",
        sound("playlist", b"#EXTM3U\n#EXTINF:3\nfile:///etc/passwd\n"),
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
    _audio_is_refused(
        "audio announced too large",
        sound("huge", audio(3), length=2_000_000),
        "/huge/a: TooLarge:",
    ),
    _audio_is_refused(
        "audio without end",
        _audio("forever", head("Content-Type: audio/mpeg"), MP3[:60_000], endless=True),
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
    _audio_is_refused(
        "audio packed though nobody asked",
        _audio("packed", head("Content-Type: audio/mpeg", "Content-Encoding: br"), MP3[:6_000]),
        "/packed/a: InvalidContent:",
    ),
    _audio_is_refused(
        "audio on this machine",
        lambda web, canary: web.item("local", audio=f"{canary.base}/a.mp3"),
        "BlockedAddress: 127.0.0.1 leads to 127.0.0.1",
    ),
    _audio_is_refused(
        "audio that redirects to this machine",
        lambda web, canary: web.item("away", audio=web.sends_on("/away/a", f"{canary.base}/a.mp3")),
        "/away/a: BlockedAddress:",
    ),
)
