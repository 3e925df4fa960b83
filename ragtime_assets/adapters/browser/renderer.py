"""Pages as a browser shows them: for those that are empty until their scripts have run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ragtime_assets.adapters.browser.chromium import Lookup
from ragtime_assets.adapters.browser.session import BrowserSession
from ragtime_assets.domain.episode.fetched import Document

if TYPE_CHECKING:
    from ragtime_assets.adapters.web.address_guard import AddressGuard

_PATIENCE = 5.0
"""Seconds that a page gets to fill itself."""


class BrowserPageRenderer:
    """Opens a page in a guarded browser and takes what it has become; a `PageRenderer`."""

    def __init__(self, guard: AddressGuard, *, seconds: float = 30, which: Lookup = shutil.which) -> None:
        """`seconds` from opening the page to the end; `which` finds the system's programs."""
        self._guard = guard
        self._seconds = seconds
        self._which = which

    def render(self, url: str) -> Document:
        """The page at `url` as HTML, once it shows audio, its network is quiet, or its patience is over."""
        with BrowserSession(self._guard, seconds=self._seconds, which=self._which) as session:
            here = session.open(url)
            session.settle(_PATIENCE)
            return Document(here, session.html().encode(), "text/html", "utf-8")
