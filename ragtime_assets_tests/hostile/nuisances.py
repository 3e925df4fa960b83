"""What publishers may do that is borne, one entry each, and what has to hold afterwards."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.episode.identity import Submission
from ragtime_assets_tests.hostile.attacks import LOGIN, MP3, Prepare, sound
from ragtime_assets_tests.hostile.web import Web, head, number
from ragtime_assets_tests.house import House
from ragtime_assets_tests.shows import captions

BYTES_PER_SECOND = 6_000


@dataclass(frozen=True)
class Nuisance:
    """Something that is borne: the episode gets its transcript, and `check` holds of it."""

    name: str
    prepare: Prepare
    check: Callable[[House, str], None]


def _words(name: str, body: bytes | str) -> Prepare:
    """The captions are this."""
    return lambda web, _: web.item(name, captions=web.serves(f"/{name}/c.vtt", body, "text/vtt"))


def _three_hours() -> bytes:
    """Three seconds of sound under a header that claims three hours."""
    lie = bytearray(MP3[: 3 * BYTES_PER_SECOND])
    struct.pack_into(">I", lie, max(lie.find(b"Xing"), lie.find(b"Info")) + 8, 3 * 3600 * 44_100 // 1152)
    return bytes(lie)


def _out_of_order(name: str) -> str:
    first, *cues = captions(number(name)).strip().split("\n\n")
    return "\n\n".join([first, *reversed(cues)])


def _unsafe_page(web: Web, canary: Web) -> Submission:
    """A page whose audio is good, and whose every other address is not."""
    return web.page(
        "mixed",
        "<html><head><title>Night</title>"
        f"<meta property='og:audio' content='{web.audio('mixed')}'>"
        f"<meta property='og:image' content='{canary.base}/image.png'>"
        f"<link rel='alternate' type='application/rss+xml' href='{canary.base}/feed.xml'>"
        "<link rel='canonical' href='file:///etc/passwd'></head></html>",
    )


def _unsafe_item(web: Web, canary: Web) -> Submission:
    """An item whose audio is good, and whose every other address is not."""
    return web.item(
        "unsafe",
        captions=f"{canary.base}/captions.vtt",
        extra=f"<podcast:chapters url='{canary.base}/chapters.json' type='application/json+chapters'/>"
        f"<itunes:image href='{canary.base}/image.png'/>"
        f"<podcast:person img='{canary.base}/face.png' href='{canary.base}/'>Somebody</podcast:person>",
    )


def _engine(engine: str, *notes: str) -> Callable[[House, str], None]:
    """The transcript is from this engine, and tells why nothing better was used."""

    def check(house: House, key: str) -> None:
        transcript, _ = house.studio.store.load(Transcript, key)
        assert transcript.engine == engine, transcript.notes
        told = "\n".join(transcript.notes)
        assert all(note in told for note in notes), told

    return check


def _heard(text: str) -> Callable[[House, str], None]:
    """The publisher's captions were read, and say this."""

    def check(house: House, key: str) -> None:
        transcript, _ = house.studio.store.load(Transcript, key)
        assert transcript.engine == "publisher vtt", transcript.notes
        assert text in transcript.text
        starts = [segment.start for segment in transcript.segments]
        assert starts == sorted(starts)

    return check


def _titled(title: str) -> Callable[[House, str], None]:
    def check(house: House, key: str) -> None:
        details, _ = house.studio.store.load(EpisodeDetails, key)
        assert details.title == title

    return check


def _lasts(seconds: float) -> Callable[[House, str], None]:
    def check(house: House, key: str) -> None:
        found, _ = house.studio.store.load(AudioFile, key)
        assert abs(found.facts.duration - seconds) < 0.5

    return check


def _keyed(guid: str) -> Callable[[House, str], None]:
    """The guid is kept as the opaque text that it is, and names no file."""

    def check(house: House, key: str) -> None:
        details, _ = house.studio.store.load(EpisodeDetails, key)
        assert details.guid == guid
        assert ".." not in key
        assert "/" not in key

    return check


_LONG_TITLE = "Night " * 2_000
_CAFE = "WEBVTT\n\n00:00.000 --> 00:30.000\nOn night one the trumpeter spoke in a café in Orléans."

NUISANCES = (
    Nuisance(
        "a title of 10,000 characters",
        lambda web, _: web.item("title", title=_LONG_TITLE),
        _titled(_LONG_TITLE[:499].rstrip() + "…"),
    ),
    Nuisance(
        "control characters in a title",
        lambda web, _: web.item("control", title="Ni\x00ght\x1b]0;owned\x07 \u202eevil\u0085"),
        _titled("Night]0;owned evil"),
    ),
    Nuisance(
        "markup in a title",
        lambda web, _: web.item("markup", title="<![CDATA[<script>x()</script><b>Night</b>]]>"),
        _titled("Night"),
    ),
    Nuisance("a path in a guid", lambda web, _: web.item("guid", guid="../../etc/passwd"), _keyed("../../etc/passwd")),
    Nuisance("truncated audio", sound("half", MP3[:60_000]), _lasts(10)),
    Nuisance(
        "a three-hour header on a three-second file",
        lambda web, _: web.item(
            "hours",
            audio=web.serves("/hours/a", _three_hours(), "audio/mpeg"),
            extra="<itunes:duration>3:00:00</itunes:duration>",
        ),
        _lasts(3),
    ),
    Nuisance("captions in another encoding", _words("cp1252", _CAFE.encode("cp1252")), _heard("café in Orléans")),
    Nuisance(
        "captions in UTF-16 without a mark", _words("utf-16", _CAFE.encode("utf-16-le")), _heard("café in Orléans")
    ),
    Nuisance("captions out of order", _words("order", _out_of_order("order")), _heard("On night")),
    Nuisance(
        "captions that run backwards",
        _words("back", "WEBVTT\n\n00:20.000 --> 00:10.000\nbackwards\n"),
        _engine("scripted", "/back/c.vtt passed over"),
    ),
    Nuisance(
        "captions that are a web page", _words("vtt", LOGIN), _engine("scripted", "/vtt/c.vtt passed over", "HTML")
    ),
    Nuisance(
        "captions without end",
        lambda web, _: web.item("wordy", captions=web.says(head(), b"WEBVTT\n\n" * 900, path="/wordy/c", endless=True)),
        _engine("scripted", "/wordy/c passed over", "200000 bytes"),
    ),
    Nuisance(
        "captions, chapters and pictures on this machine",
        _unsafe_item,
        _engine("scripted", "/captions.vtt passed over", "/chapters.json passed over", "not a public address"),
    ),
    Nuisance("a page whose feed, picture and own address lead inside", _unsafe_page, _engine("scripted")),
)
