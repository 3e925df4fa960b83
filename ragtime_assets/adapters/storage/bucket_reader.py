"""Reading one object from any place of it, as a file: each stretch that is read on is one request with a range."""

from __future__ import annotations

import io
import os
from typing import Any

from ragtime_assets.adapters.storage.bucket_errors import bucket_errors_named


class BucketReader(io.RawIOBase):
    """Bytes are asked for when the first of them is read."""

    def __init__(self, client: Any, at: dict[str, str], size: int, place: str) -> None:
        """Read what is `at` a bucket and key; `place` is what errors call it."""
        self._client = client
        self._at = at
        self._size = size
        self._place = place
        self._position = 0
        self._stream: Any = None

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte is."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go there; the next read asks anew."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        target = max(0, base + offset)
        if target != self._position:
            self._drop()
        self._position = target
        return target

    def readinto(self, buffer: Any, /) -> int:
        """The next bytes; none at the end."""
        if self._position >= self._size:
            return 0
        with bucket_errors_named(self._place):
            if self._stream is None:
                asked = f"bytes={self._position}-"
                self._stream = self._client.get_object(**self._at, Range=asked)["Body"]
            piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Let go of the connection."""
        self._drop()
        super().close()

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
