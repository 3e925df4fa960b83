"""Takes a picture of every page of `ragtime serve`, at two widths and in two schemes, into docs/faces/.

make demo
RAGTIME_HOME=.ragtime-demo ragtime serve        in another terminal
python -m benchmarks.faces [http://127.0.0.1:8080]
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from ragtime_assets.adapters.browser.chromium import executable

DOCS = Path(__file__).parents[1] / "docs"
WIDTHS: Mapping[str, tuple[int, int]] = {"wide": (1280, 900), "phone": (360, 780)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SEARCH, QUESTION = "caravan+fire", "Where+did+Django+Reinhardt+and+St%C3%A9phane+Grappelli+play+together%3F"
_QUALITY = 60
_SETTLES = 500
"""Milliseconds."""


def main() -> None:
    """Take them all."""
    base = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
    pages = addresses(base)
    (DOCS / "faces").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        path = executable(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--mute-audio"])
        for width, size in WIDTHS.items():
            for scheme in SCHEMES:
                for name, address in pages.items():
                    page = opened(browser, base + address, size, scheme)
                    shot(page, f"faces/{name}-{width}-{scheme}.jpg")
        page = opened(browser, base + pages["episode"], WIDTHS["wide"], "light")
        page.locator(".said").nth(1).click(position={"x": 150, "y": 12})
        shot(page, "face-episode.png")
        browser.close()


def addresses(base: str) -> dict[str, str]:
    """The pages, with the newest episode whose search finds something, and somebody who is named in it."""
    hit = _json(f"{base}/search.json?q={SEARCH}")["hits"][0]
    named = _json(f"{base}/entities.json?q=Django+Reinhardt")["entities"][0]
    return {
        "home": "/",
        "results": f"/search?q={SEARCH}",
        "ask": f"/ask?q={QUESTION}",
        "episode": f"/episodes/{hit['key']}",
        "report": f"/episodes/{hit['key']}/report",
        "entity": f"/entities/{named['id']}",
        "entities": "/entities",
        "shows": "/shows",
        "keep": "/keep",
        "fault": "/nothing-here",
    }


def opened(browser: Browser, address: str, size: tuple[int, int], scheme: Literal["light", "dark"]) -> Page:
    """The page in a window of this size."""
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(address)
    page.wait_for_timeout(_SETTLES)
    return page


def shot(page: Page, name: str) -> None:
    """Its picture, as it is on the screen."""
    page.wait_for_timeout(_SETTLES)
    if name.endswith(".jpg"):
        page.screenshot(path=str(DOCS / name), type="jpeg", quality=_QUALITY)
    else:
        page.screenshot(path=str(DOCS / name))
    page.close()
    print(f"docs/{name}")


def _json(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - an address of this machine
        return json.load(answer)


if __name__ == "__main__":
    main()
