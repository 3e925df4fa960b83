"""How soon each page of `ragtime serve` is seen in real Chromium, whether it then moves, and how long ones scroll.

    python -m benchmarks painting

The corpus is an episode of the sample show, and one of three hours that is made of it. Every page is opened as readers
do, from another page of the corpus, and beside that in a window that knows nothing yet, for which the browser has to
start a process. What is timed begins with the click and ends with the first text on the screen, as browsers reckon it;
no graphics processor helps.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.faces import WIDTHS, addresses
from benchmarks.measurement import Measurement
from benchmarks.serving import serving
from ragtime_assets.adapters.browser.chromium import executable
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import ARTIFACTS
from ragtime_assets.samples.server import serve_samples
from ragtime_assets_tests.house import CAPTIONED, House
from ragtime_assets_tests.serve.talks import talk

TIMES = 5
MOST = 0.1
MOST_FRAME = 0.05
"""Seconds: what takes longer is seen as a halt."""
HOURS = 3
BARE = "/reconcile"
"""A line of text, which shows what opening a page takes, and the machine's other work."""
FIRST = "/shows"
"""Where readers come from."""
_STEP, _STEPS = 900, 120
_SETTLES = 600
"""Milliseconds, in which scripts run and the player appears."""
_PATIENCE = 200
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_MOVED = """new Promise((told) => {
  let moved = 0;
  new PerformanceObserver((seen) => {
    for (const one of seen.getEntries()) if (!one.hadRecentInput) moved += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(moved), 100);
})"""
_WATCH_FRAMES = """(() => {
  let last = performance.now();
  window.frames_ = [];
  const frame = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
})()"""


def measure() -> Iterator[Measurement]:
    """The first paint of each page, what moved, and the frames while three hours of talk pass by."""
    with tempfile.TemporaryDirectory() as folder, serve_samples() as samples:
        home, long = _corpus(Path(folder), samples)
        with serving(home) as base, sync_playwright() as playwright:
            path = executable(playwright.chromium.executable_path)
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--mute-audio"])
            pages = {**addresses(base), "three hours": f"/episodes/{long}"}
            _wait_until_warm(base, pages)
            bare, bare_apart = _first_paints(browser, base, BARE)
            for name, address in pages.items():
                painted, apart = _first_paints(browser, base, address)
                yield Measurement(
                    f"first paint, {name}",
                    painted,
                    1000 * MOST,
                    unit="ms",
                    ratio=painted / bare,
                    beside=f"a line of text, {bare:.0f} ms",
                    note=f"in a new window {apart:.0f} ms, the line {bare_apart:.0f}",
                )
            moved = {name: _moved(browser, base + address) for name, address in pages.items()}
            told = ", ".join(f"{name} {far:.4f}" for name, far in moved.items() if far)
            yield Measurement("pages that move by themselves", sum(map(bool, moved.values())), 0, unit="", note=told)
            yield _scrolled(browser, base + pages["three hours"])
            browser.close()


def _corpus(folder: Path, samples: str) -> tuple[Path, str]:
    """A corpus with the sample, and with the same in three hours, whose key is told."""
    with House.open(folder, samples) as house:
        (ready,) = house.submit(CAPTIONED.page)
        assert house.run(ready).success
        (long,) = house.submit("/three-hours.html")
        digests: dict[str, str] = {}
        for asset, kind in ARTIFACTS.items():
            made, envelope = house.studio.store.load(kind, ready)
            if isinstance(made, Transcript):
                made = talk(HOURS * 3600)
            elif isinstance(made, EpisodeDetails):
                made = made.model_copy(update={"title": f"{HOURS} hours"})
            inputs = {name: digests[name] for name in envelope.inputs}
            kept = house.studio.store.save(
                long, made, inputs=inputs, code_version=envelope.code_version, run_id="by hand", seconds=0
            )
            house.studio.artifact_index.record([kept])
            digests[asset] = kept.digest
        return house.studio.settings.home, long


def _wait_until_warm(base: str, pages: Mapping[str, str]) -> None:
    for address in pages.values():
        httpx.get(base + address, timeout=60)


def _first_paints(browser: Browser, base: str, address: str) -> tuple[float, float]:
    """The median from another page, and in a new window."""
    following, apart = (
        statistics.median(_painted(_opened(browser, *way)) for _ in range(TIMES))
        for way in ((base + FIRST, base + address), (base + address,))
    )
    return following, apart


def _painted(page: Page) -> float:
    """Milliseconds from the click to the first text."""
    for _ in range(_PATIENCE):
        if (told := page.evaluate(_PAINTED)) is not None:
            page.context.close()
            return told
        page.wait_for_timeout(50)
    raise SystemExit(f"{page.url} was never painted")


def _moved(browser: Browser, address: str) -> float:
    """How much of the page moved how far, as browsers reckon it."""
    page = _opened(browser, address)
    page.wait_for_timeout(_SETTLES)
    told = page.evaluate(_MOVED)
    page.context.close()
    return told


def _opened(browser: Browser, *addresses: str) -> Page:
    """One page after the other, in a window of their own."""
    width, height = WIDTHS["wide"]
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    for address in addresses:
        page.wait_for_timeout(_SETTLES)
        page.goto(address)
    return page


def _scrolled(browser: Browser, address: str) -> Measurement:
    """What 95 % of the frames stay under while somebody turns the wheel from the top to the bottom."""
    page = _opened(browser, address)
    page.wait_for_timeout(_SETTLES)
    width, height = WIDTHS["wide"]
    page.mouse.move(width / 3, height / 2)
    page.evaluate(_WATCH_FRAMES)
    for _ in range(_STEPS):
        page.mouse.wheel(0, _STEP)
        page.wait_for_timeout(16)
    frames: list[float] = page.evaluate("window.frames_")
    read, there = page.evaluate("[scrollY + innerHeight, document.documentElement.scrollHeight]")
    page.context.close()
    return Measurement(
        f"a frame while {HOURS} hours are scrolled through, 95 %",
        statistics.quantiles(frames, n=20)[18],
        1000 * MOST_FRAME,
        unit="ms",
        note=f"median {statistics.median(frames):.0f} ms, longest {max(frames):.0f} ms of {len(frames)}, "
        f"{read / there:.0%} of the page",
    )
