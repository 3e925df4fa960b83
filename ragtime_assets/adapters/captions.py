"""Reads publishers' captions, WebVTT and SubRip, whatever their server calls them.

What belongs here: bytes to segments. Whether the captions fit the audio is for `phases/transcript.py` to say.
"""

from __future__ import annotations

import codecs
import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ragtime_assets.domain.transcript import Segment, Word
from ragtime_assets.errors import InvalidCaptions
from ragtime_assets.ports import Document

if TYPE_CHECKING:
    from webvtt.models import Caption, Timestamp

_SRT_TYPES = frozenset({"application/x-subrip", "application/srt", "application/x-srt", "text/srt"})
_VTT_TYPES = frozenset({"text/vtt"})
_SRT_START = re.compile(r"\s*\d+[ \t]*\r?\n\s*\d+:\d+:\d+[,.]\d+\s*-->")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)*\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^>]*>|\{\\[^}]*\}")
_NAME = r"(?:[A-Z\u00c0-\u00de][\w.'\u2019-]*|\d+)"
_LABEL = re.compile(rf"(?:[-\u2013]\s*)?({_NAME}(?: {_NAME}){{0,3}}):(?:\s+|$)")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_READABLE = 0.9
"""The part of the cues that must be readable; fewer would drop speech silently."""


class _Cue(NamedTuple):
    start: float
    end: float
    text: str
    speaker: str | None


class PublisherCaptionReader:
    """Reads WebVTT and SubRip through webvtt-py."""

    def read(self, captions: Document, media_type: str) -> tuple[Segment, ...]:
        """One segment per cue and speaker, in order of time; raises InvalidCaptions."""
        text = decoded(captions.body, captions.charset)
        cues = [cue for caption in _parsed(text, media_type) for cue in _spoken(caption)]
        cues = sorted(_labelled(cues), key=lambda cue: cue.start)
        if not cues:
            raise InvalidCaptions(f"the captions at {captions.url} hold no words")
        return tuple(
            Segment(start=cue.start, end=cue.end, text=cue.text, speaker=cue.speaker, words=_words(cue)) for cue in cues
        )


def decoded(body: bytes, charset: str | None) -> str:
    """The bytes as text: by their mark, as UTF-8, as the server says, as old Windows files are."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    if body[:200].count(b"\0") > len(body[:200]) // 4:
        return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", errors="replace")
    for encoding in ("utf-8", charset or "utf-8"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1252", errors="replace")


def _parsed(text: str, media_type: str) -> list[Caption]:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    text = text.lstrip("\ufeff \t\r\n")
    try:
        if _is_vtt(text, media_type):
            found = webvtt.WebVTT.from_string(text).captions
        else:
            found = webvtt.WebVTT.from_buffer(io.StringIO(text), format="srt").captions
    except (MalformedFileError, MalformedCaptionError) as error:
        raise InvalidCaptions(f"the captions cannot be read: {error}") from error
    announced = text.count("-->")
    if len(found) < _READABLE * announced:
        raise InvalidCaptions(f"only {len(found)} of {announced} cues can be read")
    for caption in found:
        if _seconds(caption.end_time) < _seconds(caption.start_time):
            raise InvalidCaptions(f"a cue ends at {caption.end}, before it starts at {caption.start}")
    return found


def _is_vtt(text: str, media_type: str) -> bool:
    """What the content is; its media type decides nothing, it only has to be a kind of captions."""
    if text.startswith("WEBVTT"):
        return True
    if _SRT_START.match(text):
        return False
    kind = "WebVTT" if media_type in _VTT_TYPES else "SubRip" if media_type in _SRT_TYPES else "captions"
    looks = "HTML" if text[:1] == "<" else "JSON" if text[:1] in ("{", "[") else "neither WebVTT nor SubRip"
    raise InvalidCaptions(f"the file is offered as {kind} ({media_type}), but looks like {looks}")


def _spoken(caption: Caption) -> Iterator[_Cue]:
    """The cue, cut where a voice tag changes the speaker; each part gets its share of the time."""
    pieces = _VOICE.split(" ".join(caption.raw_text.split()))
    parts = [(None, pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    texts = [(speaker and _plain(speaker), _plain(text)) for speaker, text in parts]
    texts = [(speaker, text) for speaker, text in texts if any(letter.isalnum() for letter in text)]
    start, end = _seconds(caption.start_time), _seconds(caption.end_time)
    shares = _shares(start, end, [text for _, text in texts])
    for (speaker, text), (begin, stop) in zip(texts, shares, strict=True):
        yield _Cue(begin, stop, text, speaker)


def _labelled(cues: list[_Cue]) -> Iterator[_Cue]:
    """Speakers from "Name: " at the start of cues, kept until the next name; only where no voice tags are."""
    if any(cue.speaker for cue in cues):
        yield from cues
        return
    names = _names(cue.text for cue in cues)
    speaker: str | None = None
    for cue in cues:
        label = _LABEL.match(cue.text)
        if label and label[1] in names:
            speaker = label[1]
            rest = cue.text[label.end() :]
            if rest:
                yield cue._replace(text=rest, speaker=speaker)
        else:
            yield cue._replace(speaker=speaker)


def _names(texts: Iterable[str]) -> frozenset[str]:
    """The labels that are speakers: they come again, open the file, or have the shape of a full name."""
    labels = [label[1] if (label := _LABEL.match(text)) else None for text in texts]
    seen = Counter(label for label in labels if label)
    return frozenset(label for label, times in seen.items() if times > 1 or label == labels[0] or " " in label)


def _words(cue: _Cue) -> tuple[Word, ...]:
    texts = cue.text.split()
    times = _shares(cue.start, cue.end, texts)
    return tuple(
        Word(start=start, end=end, text=text, interpolated=True)
        for text, (start, end) in zip(texts, times, strict=True)
    )


def _shares(start: float, end: float, texts: list[str]) -> list[tuple[float, float]]:
    """The time between `start` and `end`, dealt out by the length of the texts."""
    whole = sum(len(text) for text in texts) or 1
    bounds, passed = [start], 0
    for text in texts:
        passed += len(text)
        bounds.append(round(start + (end - start) * passed / whole, 3))
    return list(zip(bounds, bounds[1:], strict=False))


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def _seconds(time: Timestamp) -> float:
    return time.in_milliseconds() / 1000
