"""The fourth tier: the episode's page in a real browser, without anybody who thinks.

What belongs here: in which order things are tried, and what is told of it. What each of them is: `session.py`.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ragtime_assets.adapters.browser import labels
from ragtime_assets.adapters.browser.chromium import Lookup
from ragtime_assets.adapters.browser.controls import Reach
from ragtime_assets.adapters.browser.found import FoundAudio, is_long, is_near, is_plausible, ranked
from ragtime_assets.adapters.browser.session import BrowserSession
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.figures import plural
from ragtime_assets.errors import AudioNotFound, RagtimeError, SourceUnavailable, TimedOut

if TYPE_CHECKING:
    from ragtime_assets.adapters.web.address_guard import AddressGuard
    from ragtime_assets.domain.artifacts.audio_file import Tier
    from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
    from ragtime_assets.domain.episode.trace import OpenStep, Trace
    from ragtime_assets.ports import Blobs

_PRESSES: dict[labels.Purpose, int] = {"consent": 2, "play": 5, "download": 5}
_PAUSE = 1.0
"""Seconds after which a page is looked through again for what it did not show before."""
_PATIENCE = 3.0
"""Seconds that a page gets to show audio after it was opened or pressed."""


class BrowserAudioFinder:
    """Opens the page, agrees to its banners, presses play, and listens to what the page fetches; an `AudioFinder`."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        seconds: float = 60,
        blobs: Blobs | None = None,
        patience: float = _PATIENCE,
        which: Lookup = shutil.which,
    ) -> None:
        """`blobs` keeps a screenshot of each step."""
        self._guard = guard
        self._seconds = seconds
        self._blobs = blobs
        self._patience = patience
        self._which = which

    @property
    def tier(self) -> Tier:
        """The browser's."""
        return "browser"

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """What the page gave away, the most likely first, the browser closed before; AudioNotFound if it is nothing."""
        if details.own_page is None:
            trace.note("browser open", "not opened: the episode has no page of its own", url=details.page_url)
            return
        with BrowserSession(
            self._guard, seconds=self._seconds, language=details.language, which=self._which
        ) as session:
            links = _Search(session, details, trace, self._blobs, self._patience).run()
        yield from links


class _Search:
    """One search through one page."""

    def __init__(
        self, session: BrowserSession, details: EpisodeDetails, trace: Trace, blobs: Blobs | None, patience: float
    ) -> None:
        self._session = session
        self._details = details
        self._trace = trace
        self._blobs = blobs
        self._patience = patience
        self._language = details.language
        self._presses_left = dict(_PRESSES)

    def run(self) -> list[AudioLink]:
        """Open, agree, press play, press download; while nothing is found, wait for controls that come late."""
        self._open()
        # Whatever fails from here on, time running out too, what was found so far still counts.
        with contextlib.suppress(TimedOut, SourceUnavailable):
            self._press_all()
            while not self._found() and not self._session.streams:
                self._session.wait_for_audio(len(self._session.found), _PAUSE)
                self._press_all()
        return self._told(self._found())

    def _found(self) -> list[FoundAudio]:
        return ranked(self._session.found, self._details.duration)

    def _press_all(self) -> None:
        self._press("consent")
        for purpose in ("play", "download"):
            if not self._is_enough():
                self._press(purpose)

    def _open(self) -> None:
        url = self._details.page_url
        with self._trace.step("browser open", url=url) as taken:
            here = self._session.open(url)
            self._language = self._session.language() or self._language
            self._session.settle(self._patience)
            taken.output = f"opened {here}; {self._count()}"
            self._picture(taken)

    def _press(self, purpose: labels.Purpose) -> None:
        """Press controls for `purpose`, those in the page's language first."""
        for language in dict.fromkeys((self._language, None)):
            names = labels.names(purpose, language)
            while self._presses_left[purpose] and (purpose == "consent" or not self._is_enough()):
                if not self._press_one(purpose, names):
                    break
                self._presses_left[purpose] -= 1

    def _press_one(self, purpose: labels.Purpose, names: re.Pattern[str]) -> bool:
        known = len(self._session.media())
        reach: Reach = "document" if purpose == "consent" else "site"
        name = self._session.press_matching(names, reach)
        if name is None:
            return False
        tool = "browser consent" if purpose == "consent" else "browser press"
        with self._trace.step(tool, name=name, purpose=purpose) as taken:
            self._session.wait_for_audio(known, self._patience / 3 if purpose == "consent" else self._patience)
            taken.output = self._count()
            self._picture(taken)
        return True

    def _is_enough(self) -> bool:
        """Whether something was found that need not be doubted: links alone may be those of other episodes."""
        wanted = self._details.duration
        heard = [one for one in self._session.media() if one.way != "link" and is_plausible(one, wanted)]
        if wanted is None:
            return any(is_long(one) for one in heard)
        return any(one.duration is None or is_near(one.duration, wanted) for one in heard)

    def _told(self, found: list[FoundAudio]) -> list[AudioLink]:
        session, links = self._session, []
        for one in found:
            facts = (
                one.way,
                one.media_type,
                one.length and f"{one.length} bytes",
                one.duration and f"{one.duration:g} s",
            )
            self._trace.note("browser media", ", ".join(str(fact) for fact in facts if fact), url=one.url)
            links.append(AudioLink(one.url, headers=session.headers_for(one.url)))
        for url in session.streams:
            self._trace.note("browser media", "a stream in pieces (HLS or DASH), which is no file to download", url=url)
        for url in session.popups:
            self._trace.note("browser popup", "closed", url=url)
        if not links:
            raise AudioNotFound(self._nothing(), url=self._details.page_url)
        return links

    def _nothing(self) -> str:
        pressed = sum(_PRESSES.values()) - sum(self._presses_left.values())
        seen = f"the browser showed {self._details.page_url}, pressed {plural(pressed, 'control')}"
        if self._session.streams:
            return f"{seen}, and the page plays a stream in pieces (HLS or DASH), which is no file to download"
        return f"{seen}, and no audio turned up before its {self._session.seconds:g} seconds were over"

    def _count(self) -> str:
        return f"{len(self._session.found)} audio addresses so far"

    def _picture(self, taken: OpenStep) -> None:
        """Keep what the page shows; a picture that fails spoils nothing."""
        if self._blobs:
            with contextlib.suppress(RagtimeError):
                taken.screenshot = self._blobs.put_bytes(self._session.screenshot())
