"""Finding what can be pressed, by role and accessible name, and pressing it; words are in `labels.py`."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urldefrag, urlsplit

if TYPE_CHECKING:
    from playwright.async_api import Frame, Locator, Page

Reach = Literal["document", "site", "anywhere"]
"""How far a press may lead: a link to beyond it is left alone."""

_FRAME_SECONDS = 2
_CLICK_MILLISECONDS = 1_500
# A control that was pressed is marked, so that a player whose button now says "Pause" does not shift the others.
_LOOK = """(elements) => elements.map((one) => ({
  name: (one.ariaLabel || one.innerText || one.title || one.value || '').trim().slice(0, 120),
  href: one.closest('a[href]')?.href ?? '',
  download: !!one.closest('a[download]'),
  visible: one.checkVisibility({checkOpacity: false, checkVisibilityCSS: true}) && one.getClientRects().length > 0,
  pressed: !!one.ragtimePressed,
}))"""


@dataclass(frozen=True)
class Control:
    """Something on the page that can be pressed."""

    name: str
    locator: Locator


async def press(page: Page, name: re.Pattern[str], reach: Reach) -> str | None:
    """Press the first visible control that matches `name` and was not pressed yet; its name, None without one."""
    async for control in _controls(page, name, reach):
        if await _pressed(control):
            return control.name
    return None


async def _controls(page: Page, name: re.Pattern[str], reach: Reach) -> AsyncIterator[Control]:
    """Buttons before links before whatever else carries such a name, each in the order of the page."""
    for kind in (_buttons, _links, _labelled):
        for frame in page.frames:
            here = frame.url if frame.url.startswith("http") else page.url
            found = kind(frame, name)
            for number, look in enumerate(await _looked_at(found)):
                if look["visible"] and not look["pressed"] and _is_within(reach, here, look):
                    yield Control(look["name"], found.nth(number))


def _buttons(frame: Frame, name: re.Pattern[str]) -> Locator:
    return frame.get_by_role("button", name=name)


def _links(frame: Frame, name: re.Pattern[str]) -> Locator:
    return frame.get_by_role("link", name=name)


def _labelled(frame: Frame, name: re.Pattern[str]) -> Locator:
    return frame.get_by_label(name).or_(frame.get_by_title(name)).or_(frame.get_by_alt_text(name))


async def _looked_at(found: Locator) -> list[dict[str, Any]]:
    from playwright.async_api import Error

    with contextlib.suppress(Error, TimeoutError):
        return await asyncio.wait_for(found.evaluate_all(_LOOK), _FRAME_SECONDS)
    return []


async def _pressed(control: Control) -> bool:
    """Whether the press arrived; what covers a control does not keep it from being pressed."""
    from playwright.async_api import Error

    tries: tuple[Callable[[], Any], ...] = (
        lambda: control.locator.click(timeout=_CLICK_MILLISECONDS),
        lambda: control.locator.dispatch_event("click", timeout=_CLICK_MILLISECONDS),
    )
    with contextlib.suppress(Error):
        await control.locator.evaluate("(one) => { one.ragtimePressed = true; }", timeout=_CLICK_MILLISECONDS)
    for attempt in tries:
        with contextlib.suppress(Error):
            await attempt()
            return True
    return False


def _is_within(reach: Reach, here: str, look: dict[str, Any]) -> bool:
    link = urlsplit(look["href"])
    if reach == "anywhere" or look["download"] or link.scheme not in ("http", "https"):
        return True
    if urldefrag(look["href"])[0] == urldefrag(here)[0]:
        return True
    return reach == "site" and link.hostname == urlsplit(here).hostname
