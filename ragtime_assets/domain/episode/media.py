"""Telling audio, feeds and web pages apart by their first bytes, for headers lie; and audio by its address.

Only enough to route a document; whether audio can be decoded is the probe's to say.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HEAD = 2_048
"""How many bytes of a document are enough to tell."""

_AUDIO_ENDINGS = (".mp3", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus", ".flac", ".wav", ".mka", ".weba")
_PREVIEW = re.compile(r"/(?:\w+-)?previews?/")
_AUDIO_MAGIC = (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FORM")
_MPEG_FRAME = re.compile(rb"\xff[\xe2\xe3\xf0-\xfd]")
_FEED = re.compile(rb"<(?:[a-z]+:)?(?:rss|feed|RDF)[\s>]")
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def has_audio_ending(url: str) -> bool:
    """Whether an address looks like that of an audio file."""
    return urlsplit(url).path.lower().endswith(_AUDIO_ENDINGS)


def is_preview(url: str) -> bool:
    """Whether an address says that it leads to half a minute of an episode, as a player shows it to guests."""
    return _PREVIEW.search(urlsplit(url).path) is not None


def is_audio(media_type: str, head: bytes) -> bool:
    """Whether a document is audio or video, by its bytes or else by what its server says."""
    if is_web_page(head) or is_feed(head):
        return False
    if media_type.startswith(("audio/", "video/")) or media_type == "application/ogg":
        return True
    return head.startswith(_AUDIO_MAGIC) or bool(_MPEG_FRAME.match(head)) or _is_container(head)


def is_feed(head: bytes) -> bool:
    """Whether a document begins like RSS or Atom."""
    return _first_match(_FEED, head) < _first_match(_WEB_PAGE, head)


def is_web_page(head: bytes) -> bool:
    """Whether a document begins like HTML."""
    return _first_match(_WEB_PAGE, head) < _first_match(_FEED, head)


def _first_match(pattern: re.Pattern[bytes], head: bytes) -> int:
    found = pattern.search(head[:HEAD].replace(b"\x00", b""))  # without the zeros, UTF-16 reads like ASCII
    return found.start() if found else HEAD


def _is_container(head: bytes) -> bool:
    return head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] == b"WAVE")
