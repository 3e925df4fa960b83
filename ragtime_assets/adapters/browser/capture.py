"""What is heard on the network while a page is open: audio, streams in pieces, downloads, popups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragtime_assets.adapters.browser.found import WAYS, FoundAudio, is_audio_answer, is_manifest, may_be_audio_file

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Download, Page, Request, Response


class Capture:
    """Listens to one browser context; everything is in the order in which it was heard."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        """`page` is the one page that may stay open."""
        self._page = page
        self.audio: dict[str, FoundAudio] = {}
        """By address."""
        self.streams: list[str] = []
        """Manifests of streams in pieces: nobody can download these as a file."""
        self.popups: list[str] = []
        self.arrived: dict[str, str] = {}
        """Where an address led to, by redirects."""
        self.failed: str | None = None
        """The last document of the page that did not come."""
        context.on("response", self._response)
        context.on("page", self._popup)
        page.on("requestfailed", self._failure)
        page.on("download", self._download)

    def add(self, found: FoundAudio) -> None:
        """Keep what was found, together with what is already known of the same audio."""
        url = self.arrived.get(found.url, found.url)
        if url in self.streams:
            return
        known = self.audio.get(url, found)
        self.audio[url] = FoundAudio(
            url,
            min(known, found, key=lambda one: WAYS.index(one.way)).way,
            known.media_type or found.media_type,
            known.length or found.length,
            known.duration or found.duration,
        )

    def _response(self, response: Response) -> None:
        request, media_type = response.request, _media_type(response)
        if response.status not in (200, 206) or self._is_of_a_popup(request):
            return
        asked = request
        while asked.redirected_from:
            asked = asked.redirected_from
            self.arrived[asked.url] = response.url
        if is_manifest(response.url, media_type):
            self.streams.append(response.url)
            self.audio.pop(response.url, None)
            return
        if self.streams:
            return  # pieces of the stream; a file that the page has beside it is named by an element or a link
        if is_audio_answer(response.url, media_type, request.resource_type == "media"):
            self.add(FoundAudio(response.url, "network", media_type, _length(response)))

    def _is_of_a_popup(self, request: Request) -> bool:
        """Whether another window's page asked for it, before it was closed; a window opened on a file itself counts."""
        from playwright.async_api import Error

        if request.is_navigation_request():
            return False
        try:
            return request.frame.page is not self._page
        except Error:  # a service worker's has no frame
            return False

    def _failure(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self.failed = request.url

    async def _popup(self, popup: Page) -> None:
        if popup is self._page:
            return
        self.popups.append(popup.url)
        popup.on("download", self._download)
        await popup.close()

    async def _download(self, download: Download) -> None:
        if download.url.startswith(("http://", "https://")) and may_be_audio_file(
            download.url, download.suggested_filename
        ):
            self.add(FoundAudio(download.url, "download"))
        await download.cancel()


def _media_type(response: Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _length(response: Response) -> int | None:
    """How many bytes the whole file has, also when only a part was asked for."""
    headers = response.headers
    of = re.search(r"/(\d+)$", headers.get("content-range", ""))
    said = of[1] if of else headers.get("content-length", "") if response.status == 200 else ""
    return int(said) if said.isdigit() else None
