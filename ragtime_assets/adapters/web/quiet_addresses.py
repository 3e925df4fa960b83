"""Addresses whose server asked for more patience than anybody has: until then this process does not ask for them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from ragtime_assets.domain.retries import LONGEST_WAIT
from ragtime_assets.errors import SourceUnavailable


class QuietAddresses:
    """Which addresses are left alone, and until when; whoever shares their host does not suffer for it."""

    def __init__(self) -> None:
        """None yet."""
        self._until: dict[str, float] = {}

    @contextmanager
    def respected(self, url: str) -> Iterator[None]:
        """Raise SourceUnavailable at once if `url` is to be left alone, and listen whether its server asks so now."""
        left = self._until.get(_address(url), 0.0) - time.monotonic()
        if left > 0:
            raise SourceUnavailable(f"{url} was not asked for: its server wants to be left alone", retry_after=left)
        try:
            yield
        except SourceUnavailable as error:
            if error.retry_after and error.retry_after > LONGEST_WAIT:
                for asking in (url, str(error.details.get("url", url))):
                    self._until[_address(asking)] = time.monotonic() + error.retry_after
            raise


def _address(url: str) -> str:
    """The URL without its query, which may change from request to request."""
    return urlsplit(url)._replace(query="", fragment="").geturl()
