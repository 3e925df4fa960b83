"""Looks into audio files: what they are, how long they really are, which chapters they carry.

A file is believed by what can be decoded and demuxed from it, never by its header alone.
"""

from __future__ import annotations

from array import array
from itertools import islice
from pathlib import Path
from statistics import median_low
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio.protection import refuse_protected
from ragtime_assets.adapters.audio.stream import Lost, decoded, opened
from ragtime_assets.domain.artifacts.audio_file import AudioFacts
from ragtime_assets.domain.artifacts.episode_details import MOST_CHAPTERS, Chapter
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidAudio

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

_FRAMES_TRIED = 200
_TIMED = 0.9
"""The part of the packets that must come later than the one before, if their times are to be believed."""
_JUMP = 20
"""Times as long as others: no packet is, it is the time until a timestamp that jumps."""
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
        refuse_protected(path)
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
    """Seconds of sound: from one packet to the next, but where a timestamp jumps; else what the packets say."""
    if stream.time_base is None:
        return 0.0
    gaps, lengths, packets, before = array("q"), array("q"), 0, None
    for packet in container.demux(stream):
        if not packet.size:
            continue
        packets += 1
        if packet.duration:
            lengths.append(packet.duration)
        if packet.pts is not None:
            if before is not None and packet.pts > before:
                gaps.append(packet.pts - before)
            before = packet.pts
    # Lengths are rounded in some containers, packet by packet; times are not.
    told = gaps if len(gaps) + 1 >= _TIMED * packets or not lengths else lengths
    usual = median_low(told or lengths or [0])
    if told is gaps and len(lengths) == packets:
        told.append(lengths[-1])
    whole = sum(length if length <= _JUMP * usual else usual for length in told) + (packets - len(told)) * usual
    return float(whole * stream.time_base)


def _name(container: InputContainer) -> str:
    first = container.format.name.split(",")[0]
    return _NAMES.get(first, first)


def _chapters(container: InputContainer, duration: float) -> tuple[Chapter, ...]:
    found: list[Chapter] = []
    for number, chapter in enumerate(container.chapters(), start=1):
        unit = chapter["time_base"] or 0
        start, end = float(chapter["start"] * unit), float(chapter["end"] * unit)
        if 0 <= start < duration:
            title = one_line(chapter["metadata"].get("title")) or f"Chapter {number}"
            found.append(Chapter(start=start, end=end, title=title))
    return tuple(found[:MOST_CHAPTERS])
