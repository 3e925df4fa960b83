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

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d+))?"
_SRT_START = re.compile(rf"(?:\d+[ \t]*\r?\n\s*)?{_TIME}\s*-->")
_TIMES = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?=\s|$)", re.MULTILINE)
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
        found = webvtt.WebVTT.from_string(_as_vtt(text)).captions
    except (MalformedFileError, MalformedCaptionError) as error:
        raise InvalidCaptions(f"the captions cannot be read: {error}") from error
    announced = text.count("-->")
    if len(found) < _READABLE * announced:
        raise InvalidCaptions(f"only {len(found)} of {announced} cues can be read")
    return [cue for caption in found for cue in _spoken(caption)]


def _as_vtt(text: str) -> str:
    """SubRip as WebVTT, and WebVTT whose times are written as in SubRip or shorter than it wants them."""
    timed = _TIMES.sub(lambda line: f"{_time(*line.groups()[:4])} --> {_time(*line.groups()[4:])}", text)
    return timed if is_vtt(text) else f"WEBVTT\n\n{timed}"


def _time(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> str:
    return f"{int(hours or 0):02}:{minutes:0>2}:{seconds:0>2}.{(fraction or '')[:3]:0<3}"


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
