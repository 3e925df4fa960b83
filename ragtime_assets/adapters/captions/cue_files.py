"""WebVTT and SubRip through webvtt-py: each cue, cut where a voice tag changes the speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from ragtime_assets.adapters.captions.cues import Cue, plain
from ragtime_assets.domain.language.spelling import shares
from ragtime_assets.domain.language.words import says_something
from ragtime_assets.errors import InvalidCaptions

if TYPE_CHECKING:
    from webvtt.models import Caption, Timestamp

_TIME = r"(?:(\d{1,6}):)?(\d{1,3}):(\d{1,2})(?:[.,] ?(\d+))?"
_SRT_START = re.compile(rf"(?:\d+[ \t]*\n\s*)?{_TIME}\s*-->")
_TIMES = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?=\s|$)")
_ANNOUNCES = re.compile(r"\s*-?\d\S*\s*-->")
"""A line that would have the times of a cue, whether they can be read or not."""
_NOT_SAID = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")
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

    lines = text.split("\n")
    try:
        found = webvtt.WebVTT.from_string("\n".join(_as_written(lines, is_vtt=is_vtt(text)))).captions
    except (MalformedFileError, MalformedCaptionError) as error:
        raise InvalidCaptions(f"the captions cannot be read: {error}") from error
    announced = sum(_ANNOUNCES.match(line) is not None for line in lines)
    if len(found) < _READABLE * announced:
        raise InvalidCaptions(f"only {len(found)} of {announced} cues can be read")
    return [cue for caption in found for cue in _spoken(caption)]


def _as_written(lines: Sequence[str], *, is_vtt: bool) -> Iterator[str]:
    """The cues as WebVTT wants them, whichever of the two the file is: what stands below its times is said.

    Readers end a cue at an empty line; files of machines have such lines inside of cues, and the rest would be lost.
    """
    timed = [(place, match) for place, line in enumerate(lines) if (match := _TIMES.match(line))]
    is_numbered = bool(timed) and _is_number(next(filter(str.strip, reversed(lines[: timed[0][0]])), ""))
    yield "WEBVTT"
    after = [place for place, _ in timed[1:]]
    for (place, match), until in zip_longest(timed, after):
        said = _said(lines[place + 1 : until], is_vtt=is_vtt, is_numbered=is_numbered and until is not None)
        begins, ends = match.groups()[:4], match.groups()[4:]
        yield from ("", f"{_time(*begins)} --> {_time(*ends)}", *(line.replace("-->", "\u2192") for line in said))


def _said(below: Sequence[str], *, is_vtt: bool, is_numbered: bool) -> Iterator[str]:
    """The lines that are said of those below the times of a cue: without what the next cue is called, and notes."""
    blocks = [list(block) for is_empty, block in groupby(below, lambda line: not line.strip()) if not is_empty]
    if is_numbered and blocks and _is_number(blocks[-1][-1]):
        del blocks[-1][-1]
    elif is_vtt and len(blocks) > 1 and len(blocks[-1]) == 1 and below[-1].strip():
        del blocks[-1]
    for place, block in enumerate(blocks):
        if not (is_vtt and place and block and _NOT_SAID.match(block[0])):
            yield from (line for line in block if not _ANNOUNCES.match(line))


def _is_number(line: str) -> bool:
    return line.strip().isdecimal()


def _time(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> str:
    more, left = divmod(int(minutes), 60)
    return f"{int(hours or 0) + more:02}:{left:02}:{seconds:0>2}.{(fraction or '')[:3]:0<3}"


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
