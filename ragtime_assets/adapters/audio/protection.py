"""Whether an MP4 file is locked by its seller, or has lost the index that its sound is found by.

FFmpeg decodes a locked file to noise, or does not say why it cannot; the boxes of the file say it plainly.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ragtime_assets.errors import InvalidAudio

_PATH = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_LOCKED = frozenset({b"drms", b"enca"})
_STSD_HEAD = 8
"""Bytes of version and count before the entries of a sample description."""
_MOST_BOXES = 10_000


class _Box(NamedTuple):
    kind: bytes
    start: int
    end: int


def refuse_protected(path: Path) -> None:
    """Raise InvalidAudio for an MP4 file that is encrypted or has no index; of other files nothing is said."""
    with path.open("rb") as file:
        if file.read(8)[4:] != b"ftyp":
            return
        whole = _Box(b"", 0, path.stat().st_size)
        if not any(box.kind == b"moov" for box in _boxes(file, whole)):
            raise InvalidAudio("the MP4 file is cut off: the index that its sound is found by is missing")
        if any(entry.kind in _LOCKED for entry in _entries(file, whole, _PATH)):
            raise InvalidAudio(
                "the file is protected (DRM): its sound is encrypted, and only its seller's player can decode it",
                remedy="Submit the episode's public feed or page; a protected copy cannot be heard.",
            )


def _entries(file: BinaryIO, box: _Box, path: tuple[bytes, ...]) -> Iterator[_Box]:
    """The boxes at the end of the path inside `box`."""
    for inner in _boxes(file, box):
        if path and inner.kind == path[0]:
            skipped = _STSD_HEAD if len(path) == 1 else 0
            yield from _entries(file, inner._replace(start=inner.start + skipped), path[1:])
        elif not path:
            yield inner


def _boxes(file: BinaryIO, box: _Box) -> Iterator[_Box]:
    """What is directly inside a box, as far as it is there."""
    at = box.start
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if at + 8 > box.end or len(head) < 8:
            return
        size, kind, body = int.from_bytes(head[:4]), head[4:8], at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16]), at + 16
        end = box.end if size == 0 else at + size
        if end < body:
            return
        yield _Box(kind, body, min(end, box.end))
        at = end
