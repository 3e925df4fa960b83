"""Which Chromium is started, and how it is kept small, silent and shut in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.errors import EngineUnavailable

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

Lookup = Callable[[str], str | None]
"""The executable of the system that has this name, None when there is none."""

_SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--mute-audio",
    "--no-first-run",
    # Nothing is asked for on the browser's own behalf, by what the switches above leave.
    "--component-updater=url-source=http://127.0.0.1:9/",
    "--gaia-url=http://127.0.0.1:9/",
    # Nothing goes past the proxy: no name is resolved here, and no UDP is sent.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
)
_NO_WEBRTC = "delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection; delete window.WebTransport;"


def executable(own: str, which: Lookup = shutil.which) -> str:
    """Playwright's `own` Chromium if it is installed, else the system's; raises EngineUnavailable."""
    found = own if Path(own).exists() else next(filter(None, map(which, _SYSTEM_NAMES)), None)
    if found is None:
        raise EngineUnavailable(
            f"no Chromium is installed: looked for {own} and for {', '.join(_SYSTEM_NAMES)} on the PATH",
            remedy="Run `playwright install --with-deps chromium`, or install your system's Chromium.",
        )
    return found


def installed(folder: Path, which: Lookup = shutil.which) -> str | None:
    """A Chromium that is there: one that Playwright keeps in this folder, or the system's; nothing is started."""
    own = sorted(folder.glob("chromium*"))
    return str(own[-1]) if own else next(filter(None, map(which, _SYSTEM_NAMES)), None)


async def launch(playwright: Playwright, path: str, proxy: str, downloads: Path) -> Browser:
    """A headless Chromium whose every connection goes through `proxy`; raises EngineUnavailable."""
    from playwright.async_api import Error

    try:
        return await playwright.chromium.launch(
            executable_path=path,
            args=_ARGUMENTS,
            # Without this, Chromium would go to the addresses of this machine directly.
            proxy={"server": proxy, "bypass": "<-loopback>"},
            # Chromium's own sandbox cannot be had as root.
            chromium_sandbox=os.geteuid() != 0,
            downloads_path=downloads,
        )
    except Error as error:
        reason = error.message.partition("\n")[0]
        raise EngineUnavailable(
            f"the Chromium at {path} does not start: {reason}",
            remedy="Start it by hand to see why, or run `playwright install --with-deps chromium`.",
        ) from error


async def context_of(browser: Browser, language: str | None) -> BrowserContext:
    """A fresh profile that looks like a person's, reading `language`."""
    context = await browser.new_context(
        user_agent=user_agent(browser.version), locale=language, service_workers="block", accept_downloads=True
    )
    await context.add_init_script(_NO_WEBRTC)
    return context


def user_agent(version: str) -> str:
    """What the browser calls itself, without the word that says that nobody is looking."""
    major = version.partition(".")[0]
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"
