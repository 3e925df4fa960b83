"""Servers that asked to be left alone for longer than anybody waits: until then this process asks them nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ragtime_assets.adapters.web.address_guard import place
from ragtime_assets.domain.retries import LONGEST_WAIT
from ragtime_assets.errors import SourceUnavailable


class QuietHosts:
    """Which hosts are left alone, and until when."""

    def __init__(self) -> None:
        """None yet."""
        self._until: dict[tuple[str, int], float] = {}

    @contextmanager
    def respected(self, url: str) -> Iterator[None]:
        """Raise SourceUnavailable at once if the host of `url` asked for it, and listen if one asks now."""
        host, port = place(url)
        left = self._until.get((host, port), 0.0) - time.monotonic()
        if left > 0:
            raise SourceUnavailable(f"{url} was not asked for: {host} wants to be left alone", retry_after=left)
        try:
            yield
        except SourceUnavailable as error:
            if error.retry_after and error.retry_after > LONGEST_WAIT:
                asking = place(str(error.details.get("url", url)))
                self._until[asking] = time.monotonic() + error.retry_after
            raise
