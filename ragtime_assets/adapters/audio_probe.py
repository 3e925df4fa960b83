"""Looks into audio files: what they are, how long they really are, which chapters they carry.

A file is believed by what can be decoded and demuxed from it, never by its header alone.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio_stream import Lost, decoded, opened
from ragtime_assets.domain.audio_file import AudioFacts
from ragtime_assets.domain.episode_details import Chapter
from ragtime_assets.errors import InvalidAudio

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

_FRAMES_TRIED = 200
_NAMES = {"mov": "mp4"}
_SIGNS = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "XML, perhaps a feed"),
    (b"<rss", "a feed"),
    (b"#extm3u", "a playlist"),
    (b"webvtt", "captions"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"%pdf", "a PDF document"),
    (b"pk\x03\x04", "a ZIP archive"),
    (b"\x89png", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


class AvAudioProbe:
    """Probes with PyAV: opens, decodes the beginning, then walks over all packets to the real end."""

    def probe(self, path: Path) -> AudioFacts:
        """The facts of the file; raises InvalidAudio."""
        refuse_other_content(path)
        with opened(path) as (container, stream):
            _decode_the_beginning(container, stream)
        # A second opening, because not every container can go back to its start.
        with opened(path) as (container, stream):
            duration = _measured(container, stream)
            if duration <= 0:
                raise InvalidAudio("the file has a header of audio, but no sound follows it")
            return AudioFacts(
                container=_name(container),
                codec=stream.codec_context.codec.canonical_name,
                duration=round(duration, 3),
                sample_rate=stream.codec_context.sample_rate,
                channels=stream.codec_context.channels,
                chapters=_chapters(container, duration),
            )


def refuse_other_content(path: Path) -> None:
    """Raise InvalidAudio, in words, when the file plainly is something else."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise InvalidAudio("the file is empty")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for sign, what in _SIGNS:
        if start.startswith(sign):
            raise InvalidAudio(f"the file is not audio: it looks like {what}")
    if head.isascii() and b"\0" not in head:
        raise InvalidAudio("the file is not audio: it looks like text")


def _decode_the_beginning(container: InputContainer, stream: av.AudioStream) -> None:
    frames = list(islice(decoded(container, stream), _FRAMES_TRIED))
    good = sum(1 for frame in frames if not isinstance(frame, Lost) and frame.samples)
    if not good or good < len(frames) / 2:
        raise InvalidAudio(
            f"the file says it is {_name(container)}, but {len(frames) - good} of its first {len(frames)} "
            "frames cannot be decoded: it is cut off, damaged or not audio"
        )


def _measured(container: InputContainer, stream: av.AudioStream) -> float:
    """Seconds of sound: the sum of all packets, or where the last one ends if they do not say how long they are."""
    if stream.time_base is None:
        return 0.0
    total, first, last, silent = 0, None, 0, False
    for packet in container.demux(stream):
        if not packet.size:
            continue
        total += packet.duration or 0
        silent = silent or not packet.duration
        if packet.pts is not None:
            first = packet.pts if first is None else first
            last = max(last, packet.pts + (packet.duration or 0))
    return float((last - (first or 0) if silent else total) * stream.time_base)


def _name(container: InputContainer) -> str:
    first = container.format.name.split(",")[0]
    return _NAMES.get(first, first)


def _chapters(container: InputContainer, duration: float) -> tuple[Chapter, ...]:
    found: list[Chapter] = []
    for number, chapter in enumerate(container.chapters(), start=1):
        unit = chapter["time_base"] or 0
        start, end = float(chapter["start"] * unit), float(chapter["end"] * unit)
        if 0 <= start < duration:
            found.append(Chapter(start=start, end=end, title=chapter["metadata"].get("title") or f"Chapter {number}"))
    return tuple(found)
