"""Takes the pictures in docs/ anew, of Dagster's UI as `ragtime up` shows the demo's corpus.

make demo
RAGTIME_HOME=.ragtime-demo make up        in another terminal
python -m benchmarks.pictures [http://127.0.0.1:3000]
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from ragtime_assets.adapters.browser.chromium import executable
from ragtime_assets.settings import WEB_PORT

DOCS = Path(__file__).parents[1] / "docs"
_PATIENCE = 60_000
_RUNS = "{ runsOrError(limit: 50) { ... on Runs { results { runId status tags { key value } } } } }"


def main() -> None:
    """Take them all."""
    base = sys.argv[1] if len(sys.argv) > 1 else f"http://127.0.0.1:{WEB_PORT}"
    run_id, key, show = _finished_run(base)
    with sync_playwright() as playwright:
        path = executable(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        take = _Camera(browser, base).take
        take("/asset-groups", "asset-graph", 2400, 2300, _unfolded, scale=0.5)
        take(f"/runs/{run_id}", "run-page", 1500, 900, _without_navigation)
        take(f"/runs?q[0]={quote(f'tag:ragtime/show={show}')}", "runs-of-a-show", 1500, 700)
        take(f"/assets/transcript?view=partitions&partition={key}", "partition-page", 1500, 900)
        take("/automation", "automation-page", 1500, 700)
        browser.close()


class _Camera:
    def __init__(self, browser: Browser, base: str) -> None:
        self._browser = browser
        self._base = base

    def take(
        self,
        path: str,
        name: str,
        width: int,
        height: int,
        prepare: Callable[[Page], None] = lambda page: None,
        scale: float = 1,
    ) -> None:
        page = self._browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.goto(self._base + path, timeout=_PATIENCE)
        _settled(page)
        prepare(page)
        page.screenshot(path=str(DOCS / f"{name}.png"))
        page.close()
        print(f"docs/{name}.png")


def _settled(page: Page) -> None:
    """Until nothing is loaded any more; the UI asks for news all the time, so a few quiet seconds have to do."""
    page.wait_for_load_state("domcontentloaded", timeout=_PATIENCE)
    page.wait_for_timeout(15_000)


def _without_navigation(page: Page) -> None:
    page.get_by_text("Hide navigation").click()
    page.wait_for_timeout(2_000)


def _unfolded(page: Page) -> None:
    """The lineage with every group open, all of it in the picture."""
    _without_navigation(page)
    page.keyboard.press("Alt+KeyE")
    _settled(page)


def _finished_run(base: str) -> tuple[str, str, str]:
    """A run that went through, its episode and its show."""
    asked = json.dumps({"query": _RUNS}).encode()
    request = urllib.request.Request(f"{base}/graphql", data=asked, headers={"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the address is the user's own
        runs: list[dict[str, Any]] = json.load(answer)["data"]["runsOrError"]["results"]
    for run in runs:
        tags = {one["key"]: one["value"] for one in run["tags"]}
        if run["status"] == "SUCCESS" and {"dagster/partition", "ragtime/show"} <= set(tags):
            return run["runId"], tags["dagster/partition"], tags["ragtime/show"]
    sys.exit(f"no run at {base} went through yet: make demo, and start `ragtime up` on its corpus")


if __name__ == "__main__":
    main()
