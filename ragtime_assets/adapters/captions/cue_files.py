"""WebVTT and SubRip through webvtt-py: each cue, cut where a voice tag changes the speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ragtime_assets.adapters.captions.cues import Cue, plain
from ragtime_assets.domain.language.spelling import shares
from ragtime_assets.domain.language.words import says_something
from ragtime_assets.errors import InvalidCaptions

if TYPE_CHECKING:
    from webvtt.models import Caption, Timestamp

_SRT_START = re.compile(r"(?:\d+[ \t]*\r?\n\s*)?\d+:\d+:\d+[,.]\d+\s*-->")
_SRT_TIMES = re.compile(r"^.*-->.*$", re.MULTILINE)
_FRACTION = re.compile(r"[,.](\d+)")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)*\s+([^>]+)>")
_READABLE = 0.9
"""The part of the cues that must be readable; fewer would drop speech silently."""


def is_vtt(text: str) -> bool:
    """Whether the file says that it is WebVTT."""
    return text.startswith("WEBVTT")


def is_srt(text: str) -> bool:
    """Whether the file starts as SubRip does, with a numbered cue or a bare one."""
    return _SRT_START.match(text) is not None


def read_cues(text: str) -> list[Cue]:
    """The cues in their order in the file; raises InvalidCaptions."""
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    try:
        found = webvtt.WebVTT.from_string(text if is_vtt(text) else _as_vtt(text)).captions
    except (MalformedFileError, MalformedCaptionError) as error:
        raise InvalidCaptions(f"the captions cannot be read: {error}") from error
    announced = text.count("-->")
    if len(found) < _READABLE * announced:
        raise InvalidCaptions(f"only {len(found)} of {announced} cues can be read")
    return [cue for caption in found for cue in _spoken(caption)]


def _as_vtt(srt: str) -> str:
    """SubRip as WebVTT: what differs is the header, and how fractions of seconds are written."""
    return "WEBVTT\n\n" + _SRT_TIMES.sub(lambda line: _FRACTION.sub(_milliseconds, line[0]), srt)


def _milliseconds(fraction: re.Match[str]) -> str:
    return f".{fraction[1][:3]:0<3}"


def _spoken(caption: Caption) -> Iterator[Cue]:
    """The cue, one part per voice; each part gets its share of the time."""
    start, end = _seconds(caption.start_time), _seconds(caption.end_time)
    if end < start:
        raise InvalidCaptions(f"a cue ends at {caption.end}, before it starts at {caption.start}")
    pieces = _VOICE.split(" ".join(caption.raw_text.split()))
    parts = [(None, pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    texts = [(speaker and plain(speaker), plain(text)) for speaker, text in parts]
    texts = [(speaker or None, text) for speaker, text in texts if says_something(text)]
    for (speaker, text), (begin, stop) in zip(texts, shares([text for _, text in texts], start, end), strict=True):
        yield Cue(begin, stop, text, speaker)


def _seconds(time: Timestamp) -> float:
    return time.in_milliseconds() / 1000
