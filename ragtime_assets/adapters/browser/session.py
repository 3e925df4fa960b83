"""One page in one browser, for synchronous callers: a few small things to do with it, all before one deadline."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urldefrag, urlsplit

from ragtime_assets.adapters.browser import controls, page_reading
from ragtime_assets.adapters.browser.capture import Capture
from ragtime_assets.adapters.browser.chromium import Lookup, context_of, executable, launch, user_agent
from ragtime_assets.adapters.browser.controls import Reach
from ragtime_assets.adapters.browser.found import FoundAudio, ranked
from ragtime_assets.adapters.browser.guarded_proxy import GuardedProxy
from ragtime_assets.adapters.browser.loop_thread import LoopThread
from ragtime_assets.adapters.storage.leftovers import TEMPORARY, ours
from ragtime_assets.adapters.web.address_guard import AddressGuard
from ragtime_assets.adapters.web.http import Deadline
from ragtime_assets.errors import SourceGone, SourceUnavailable, TimedOut

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright, Response

_START_SECONDS = 30
_CLOSE_SECONDS = 5
_READY_SECONDS = 15
_INTERRUPTED = "interrupted by another navigation"
_MOMENT_SECONDS = 3
"""What a press may take until audio turns up, before the one who pressed looks again."""
_POLL_SECONDS = 0.1
_GONE = frozenset({404, 410})
_ASK_AGAIN = frozenset({408, 425, 429})

T = TypeVar("T")


class BrowserSession:
    """A headless Chromium with one page, which may be used from any thread; it ends with its context."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        seconds: float = 60,
        language: str | None = None,
        which: Lookup = shutil.which,
    ) -> None:
        """`seconds` from entering the context to the end of everything; `which` finds the system's programs."""
        self._guard = guard
        self.seconds = seconds
        self._language = language
        self._which = which
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opened:
            self._proxy = opened.enter_context(GuardedProxy(self._guard))
            named = TEMPORARY + ours(is_shared=False)
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix=named, ignore_cleanup_errors=True))
            self._thread = opened.enter_context(LoopThread())
            self._driver: asyncio.Future[Playwright] | None = None
            self._browser: Browser | None = None
            opened.callback(self._stop)
            self._deadline = Deadline(_START_SECONDS)
            self._run(self._start(Path(folder)), "starting the browser")
            self._deadline = Deadline(self.seconds)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def found(self) -> tuple[FoundAudio, ...]:
        """The audio found so far, without looking again."""
        return tuple(self._capture.audio.values())

    @property
    def popups(self) -> tuple[str, ...]:
        """Addresses of the windows that the page tried to open."""
        return tuple(self._capture.popups)

    @property
    def streams(self) -> tuple[str, ...]:
        """Manifests of streams in pieces, which are no files to download."""
        return tuple(dict.fromkeys(self._capture.streams))

    def open(self, url: str) -> str:
        """Open the page at `url`; where that was in the end."""
        self._guard.check(url)
        return self._run(self._goto(url), f"opening {url}")

    def text(self) -> str:
        """Title, headings and visible text of the page, at most 30,000 characters."""
        return self._run(page_reading.text_of(self._page), "reading the page")

    def html(self) -> str:
        """The document as it stands, whatever its scripts made of it."""
        return self._run(self._page.content(), "reading the page")

    def language(self) -> str | None:
        """The language that the page says it is in."""
        return self._run(page_reading.language_of(self._page), "reading the page")

    def media(self) -> tuple[FoundAudio, ...]:
        """All audio found so far: heard on the network, named by elements and links."""
        return self._run(self._media(), "looking for audio")

    def addresses(self) -> tuple[str, ...]:
        """Addresses of all audio found so far, the most likely first."""
        return tuple(one.url for one in ranked(self.media(), None))

    def heard(self) -> tuple[FoundAudio, ...]:
        """The audio that the browser itself asked the network for, so far."""
        return tuple(one for one in self.found if one.way in ("network", "download"))

    def press(self, name: str) -> bool:
        """Press the first control whose accessible name contains `name`, and wait a moment; whether there was one."""
        pattern = re.compile(re.escape(name), re.IGNORECASE)
        known = len(self.media())
        pressed = self._run(controls.press(self._page, pattern, "anywhere"), f"pressing {name!r}") is not None
        if pressed:
            self.wait_for_audio(known, _MOMENT_SECONDS)
        return pressed

    def press_matching(self, name: re.Pattern[str], reach: Reach) -> str | None:
        """Press the next control within `reach` whose accessible name matches; the name, None without one."""
        return self._run(controls.press(self._page, name, reach), "pressing a control")

    def press_at(self, x: float, y: float) -> None:
        """Press whatever is at this point of the screenshot, and give it a moment."""
        known = len(self.media())
        self._run(self._page.mouse.click(x, y), f"pressing at {x:g}, {y:g}")
        self.wait_for_audio(known, _MOMENT_SECONDS)

    def settle(self, seconds: float) -> None:
        """Wait until there is audio, or the network is quiet, or `seconds` are over."""
        self._run(self._settled(seconds), "waiting for the page")

    def wait_for_audio(self, known: int, seconds: float) -> bool:
        """Whether more audio than the `known` number turns up within `seconds`."""
        return self._run(self._more_audio(known, seconds), "waiting for audio")

    def screenshot(self) -> bytes:
        """What the page shows now, as JPEG."""
        return self._run(self._page.screenshot(type="jpeg", quality=50, timeout=5_000), "taking a screenshot")

    def headers_for(self, url: str) -> dict[str, str]:
        """What the browser would send along when it asks for `url`; told also when the page's time is over."""
        cookies = self._run(self._page.context.cookies(url), "reading cookies", least=_CLOSE_SECONDS)
        headers = {"User-Agent": user_agent(self._version)}
        if cookies:
            headers["Cookie"] = "; ".join(f"{cookie.get('name')}={cookie.get('value')}" for cookie in cookies)
        here = urlsplit(self._page.url)
        if here.scheme in ("http", "https") and not (here.scheme == "https" and url.startswith("http:")):
            headers["Referer"] = urldefrag(self._page.url)[0]
        return headers

    async def _start(self, folder: Path) -> None:
        from playwright.async_api import async_playwright

        # A driver whose start is interrupted goes on starting; `_end` waits for it, and stops it.
        self._driver = asyncio.ensure_future(async_playwright().start())
        playwright = await asyncio.shield(self._driver)
        path = executable(playwright.chromium.executable_path, self._which)
        self._browser = await launch(playwright, path, self._proxy.url, folder)
        self._version = self._browser.version
        context = await context_of(self._browser, self._language)
        self._page: Page = await context.new_page()
        self._capture = Capture(context, self._page)

    def _stop(self) -> None:
        with contextlib.suppress(TimeoutError):
            self._thread.run(self._end(), 3 * _CLOSE_SECONDS)

    async def _end(self) -> None:
        """Close the browser, and then its driver, which ends a browser that did not close."""
        from playwright.async_api import Error

        if self._browser:
            with contextlib.suppress(Error, TimeoutError):
                await asyncio.wait_for(self._browser.close(), _CLOSE_SECONDS)
        if self._driver:
            with contextlib.suppress(Error):
                await (await self._driver).stop()

    async def _goto(self, url: str) -> str:
        from playwright.async_api import Error

        self._capture.failed = None
        try:
            answer = await self._arrive(url)
        except Error as error:
            if "Download is starting" in error.message:
                return url
            refused = self._proxy.refusal(self._capture.failed or url)
            raise refused or SourceUnavailable(f"{url} does not load: {_first_line(error)}", url=url) from error
        if answer is not None:
            _check(answer, url)
        with contextlib.suppress(Error):  # a script that never comes must not keep the rest from being read
            await self._page.wait_for_load_state("domcontentloaded", timeout=_READY_SECONDS * 1_000)
        return self._page.url

    async def _arrive(self, url: str) -> Response | None:
        """The answer for the page, once Chromium is done with what the page before it began, if only an error."""
        from playwright.async_api import Error

        while True:
            try:
                return await self._page.goto(url, wait_until="commit", timeout=0)
            except Error as error:
                if _INTERRUPTED not in error.message:
                    raise

    async def _media(self) -> tuple[FoundAudio, ...]:
        for found in await page_reading.media_of(self._page):
            self._capture.add(found)
        return tuple(self._capture.audio.values())

    async def _settled(self, seconds: float) -> None:
        quiet = self._page.wait_for_load_state("networkidle", timeout=0)
        tasks = [asyncio.ensure_future(one) for one in (quiet, self._more_audio(0, seconds))]
        try:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _more_audio(self, known: int, seconds: float) -> bool:
        until = Deadline(seconds)
        while len(await self._media()) <= known:
            if until.left() <= 0:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    def _run(self, work: Coroutine[Any, Any, T], doing: str, least: float = 0.001) -> T:
        from playwright.async_api import Error

        try:
            return self._thread.run(work, max(self._deadline.left(), least))
        except TimeoutError as error:
            raise TimedOut(f"{doing} took longer than the {self._deadline.seconds:g} seconds of a page") from error
        except Error as error:
            raise SourceUnavailable(f"{doing} failed: {_first_line(error)}") from error


def _check(answer: Response, url: str) -> None:
    """Raise what the status stands for, where waiting or looking closer cannot help."""
    if answer.status in _GONE:
        raise SourceGone(f"{url} answered {answer.status}", status=answer.status, url=url)
    if answer.status in _ASK_AGAIN or answer.status >= 500:
        raise SourceUnavailable(f"{url} answered {answer.status}", status=answer.status, url=url)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
