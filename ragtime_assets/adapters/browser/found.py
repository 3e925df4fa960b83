"""What a page gave away of its audio, and which of it is most likely the episode: rules only, no browser."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, get_args
from urllib.parse import unquote, urlsplit

Way = Literal["network", "download", "element", "link"]
WAYS: tuple[Way, ...] = get_args(Way)
"""The surest first: what the browser fetched is there, what a link names may be anything."""

_AUDIO_ENDINGS = frozenset({".mp3", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac", ".mka", ".weba"})
_VIDEO_ENDINGS = frozenset({".mp4", ".m4v", ".webm", ".mov"})
_MANIFEST_ENDINGS = frozenset({".m3u8", ".m3u", ".mpd", ".pls"})
_MANIFEST_TYPES = re.compile(r"mpegurl|dash\+xml|x-scpls")
_UNTOLD_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/binary"})
_NEAR = 0.1
_LEAST_BYTES_PER_SECOND = 1_000
_BYTES_PER_SECOND = 8_000
_LONGEST_JINGLE = 120


@dataclass(frozen=True)
class FoundAudio:
    """An address of audio, and what the page and the network said of it."""

    url: str
    way: Way
    media_type: str = ""
    length: int | None = None
    duration: float | None = None
    """Infinite when it is live, or its server does not say how long it is."""


def ending(url: str) -> str:
    """The file ending of a URL's path or of a file name, in lower case."""
    return PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()


def is_manifest(url: str, media_type: str = "") -> bool:
    """Whether it lists the pieces of a stream (HLS, DASH) instead of being audio."""
    return bool(_MANIFEST_TYPES.search(media_type)) or ending(url) in _MANIFEST_ENDINGS


def is_audio_answer(url: str, media_type: str, for_player: bool) -> bool:
    """Whether an answer from the network is audio; `for_player` says that a media element asked for it."""
    if not url.startswith(("http://", "https://")) or is_manifest(url, media_type):
        return False
    if media_type.startswith("audio/"):
        return True
    if for_player:
        return media_type.startswith("video/") or media_type in _UNTOLD_TYPES or media_type == "application/ogg"
    return media_type in _UNTOLD_TYPES and has_audio_ending(url)


def has_audio_ending(url: str) -> bool:
    """Whether the address looks like a file of audio."""
    return ending(url) in _AUDIO_ENDINGS


def may_be_audio_file(url: str, name: str) -> bool:
    """Whether a file offered for download, under `name` if it has one, may be audio."""
    return ending(name or url) in _AUDIO_ENDINGS | _VIDEO_ENDINGS | {""}


def is_near(duration: float | None, wanted: float | None) -> bool:
    """Whether audio lasts about as long as the episode is said to."""
    return duration is not None and wanted is not None and abs(duration - wanted) <= _NEAR * min(wanted, duration)


def is_plausible(found: FoundAudio, wanted: float | None) -> bool:
    """Whether it may be an episode of `wanted` seconds: not a jingle, a click or a preview."""
    if wanted is None:
        return True
    if found.duration is not None:
        return found.duration >= wanted / 2
    return found.length is None or found.length >= wanted * _LEAST_BYTES_PER_SECOND


def is_long(found: FoundAudio) -> bool:
    """Whether it is too long to be a jingle, for pages of which nobody knows how long their episode is."""
    if found.duration is not None:
        return found.duration >= _LONGEST_JINGLE
    return found.length is not None and found.length >= _LONGEST_JINGLE * _BYTES_PER_SECOND


def ranked(found: Iterable[FoundAudio], wanted: float | None) -> list[FoundAudio]:
    """The plausible ones, the most likely first: as long as the episode, or else the longest."""

    def likelihood(one: FoundAudio) -> tuple[bool, float, int]:
        known = one.duration if one.duration and math.isfinite(one.duration) else 0
        return not is_near(one.duration, wanted), -known, -(one.length or 0)

    return sorted((one for one in found if is_plausible(one, wanted)), key=likelihood)
