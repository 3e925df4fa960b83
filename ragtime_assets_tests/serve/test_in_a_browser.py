"""The pages in a real Chromium: they can be used by everybody, fit on a phone, and play the second that is clicked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from ragtime_assets.adapters.browser.chromium import executable
from ragtime_assets.adapters.web.listening import listening
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.serve.app import build_app
from ragtime_assets.serve.doors import Doors
from ragtime_assets.serve.views.episode import OpenEpisode
from ragtime_assets.studio import Studio
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.openai_server import OpenAIServer, output, tool_call
from ragtime_assets_tests.serve.conftest import html_of_view, with_a_model
from ragtime_assets_tests.serve.talks import talk

PHONE: ViewportSize = {"width": 360, "height": 780}
DESK: ViewportSize = {"width": 1600, "height": 900}
PAGES = [
    "/",
    "/search?q=caravan+fire",
    "/ask?q=Where+did+Django+Reinhardt+play%3F",
    "/episodes/{key}",
    "/episodes/{key}/report",
    "/entities",
    "/entities?q=Django",
    "/shows",
    "/keep",
    "/nothing-here",
]
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]
SETTLES = 300
"""Milliseconds, in which scripts run and the player appears."""
MOVED = """new Promise((told) => {
  const moved = [];
  new PerformanceObserver((seen) => {
    for (const one of seen.getEntries()) moved.push(...one.sources.map((source) => source.node?.outerHTML));
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(moved), 50);
})"""
PLAYS = "!document.querySelector('#audio').paused && document.querySelector('#audio').currentTime > {}"


@contextmanager
def served(studio: Studio) -> Iterator[str]:
    """The pages of a corpus on a real port."""
    listens = listening("127.0.0.1", 0)
    config = uvicorn.Config(build_app(studio, Doors.of(studio.settings, "127.0.0.1")), log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listens]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listens.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def site(library: Studio) -> Iterator[str]:
    """The pages without a model."""
    with served(library) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = executable(playwright.chromium.executable_path)
        arguments = ["--no-sandbox", "--mute-audio", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def said() -> list[str]:
    """What pages complained of: scripts that failed, files that were refused."""
    return []


@pytest.fixture
def page(browser: Browser, said: list[str]) -> Iterator[Page]:
    page = browser.new_page(viewport=DESK, reduced_motion="reduce")
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    yield page
    page.close()


def until(page: Page, expression: str) -> None:
    """Look until it is so; Playwright's own waiting evaluates strings, which the pages forbid."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {expression}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_used_by_everybody_and_fits_on_a_phone(
    page: Page, site: str, key: str, path: str, scheme: Literal["light", "dark"], said: list[str]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(site + path.format(key=key))
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert [one for one in said if "404" not in one] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_moves_by_itself(page: Page, site: str, key: str, path: str) -> None:
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        page.goto(site + path.format(key=key))
        page.wait_for_timeout(SETTLES)
        assert page.evaluate(MOVED) == []


def test_a_report_on_a_phone_has_no_word_cut_into_letters(page: Page, site: str, key: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/episodes/{key}/report")
    line = page.evaluate("parseFloat(getComputedStyle(document.querySelector('th')).lineHeight)")
    head = page.locator(".report table").first.locator("th", has_text="attempts")
    assert head.evaluate("one => one.getClientRects()[0].height") < 2 * line


def test_a_click_on_a_word_plays_it_and_lights_it_up(page: Page, site: str, key: str, said: list[str]) -> None:
    page.goto(f"{site}/episodes/{key}")
    page.locator(".said").nth(1).click(position={"x": 150, "y": 12})
    until(page, PLAYS.format(7))
    until(page, "CSS.highlights.get('word')?.size === 1")
    lit = page.evaluate("[...CSS.highlights.get('word')][0].toString()")
    assert lit in page.locator(".turn.now .said").inner_text()
    page.keyboard.press("Space")
    until(page, "document.querySelector('#audio').paused")
    assert said == []


def test_an_address_opens_its_second_and_a_chapter_plays_from_its_beginning(page: Page, site: str, key: str) -> None:
    page.goto(f"{site}/episodes/{key}#t=60")
    until(page, "document.querySelector('#audio').currentTime === 60")
    assert page.locator(".turn.now .time").inner_text() == "0:56"
    page.locator(".moments .moment").nth(1).click()
    until(page, PLAYS.format(53))


def test_a_passage_plays_in_place_and_goes_on_being_there_on_the_next_page(page: Page, site: str, key: str) -> None:
    page.goto(f"{site}/search?q=caravan+fire")
    page.locator(".hit .moment").first.click()
    until(page, PLAYS.format(0))
    assert "/search" in page.url
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.goto(f"{site}/shows")
    assert page.locator("#player-title").get_attribute("href") == f"/episodes/{key}"
    assert page.locator("#player").is_visible()


def test_what_is_said_is_found_within_the_episode(page: Page, site: str, key: str) -> None:
    page.goto(f"{site}/episodes/{key}")
    page.fill("#within", "GUITAR")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#within-found').textContent.startsWith('1 / ')")


def test_the_keyboard_goes_through_a_page_in_the_order_in_which_it_is_read_and_shows_where_it_is(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/search?q=caravan+fire")
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        reached.append(page.evaluate("document.activeElement.innerText || document.activeElement.value"))
    assert reached[:5] == ["Skip to the content", "Ragtime", "caravan fire", "Search", "Ask"]
    assert reached[5:8] == ["Shows", "Names", "Keep"]


def test_escape_leaves_the_field_and_what_is_written_in_it(page: Page, site: str, key: str) -> None:
    page.goto(f"{site}/episodes/{key}")
    page.keyboard.press("/")
    page.keyboard.type("slow / line")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    assert page.locator(".bar .field input").input_value() == "slow / line"
    page.keyboard.press("Space")
    until(page, PLAYS.format(0))


@pytest.mark.parametrize(("wish", "scrolls"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_nothing_glides_for_those_who_want_no_motion(
    page: Page, site: str, wish: Literal["reduce", "no-preference"], scrolls: str
) -> None:
    page.emulate_media(reduced_motion=wish)
    page.goto(site)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == scrolls


def test_an_episode_without_audio_summary_or_names_is_read_and_searched(page: Page, site: str, said: list[str]) -> None:
    bare = OpenEpisode(Contents("bare", details_of(), talk(60))).view(1, None, has_report=False)
    page.route("**/episodes/bare", lambda route: route.fulfill(body=html_of_view("episode.html", bare)))
    page.goto(f"{site}/episodes/bare")
    page.locator(".said").first.click()
    page.fill("#within", "trumpet")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#within-found').textContent.startsWith('1 / ')")
    assert not page.locator("#player, .follow, .play").filter(visible=True).count()
    assert said == []


def test_without_scripts_everything_is_there_to_read_and_to_search(browser: Browser, site: str, key: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/episodes/{key}")
    assert page.locator("noscript audio").count() == 1
    assert page.locator(".scripted").count() == 2
    assert page.locator(".scripted").filter(visible=True).count() == 0
    page.fill(".field input", "caravan")
    page.click(".field button")
    assert page.locator("mark").first.inner_text() == "caravan"
    context.close()


def test_an_answer_streams_into_the_page_and_its_number_opens_the_quote_and_plays_it(
    page: Page, library: Studio, model: OpenAIServer, said: list[str]
) -> None:
    (passage, *_) = library.index.search.look("Django Reinhardt Grappelli").passages
    sentence = f'The episode says "{" ".join(passage.passage.text.split()[5:25])}" [1].'
    model.script(tool_call("search_passages", query="Django Reinhardt Grappelli"), output({"answer": sentence}))
    studio = with_a_model(library, model)
    with served(studio) as address:
        page.goto(address)
        page.fill(".field input", "Where did Django Reinhardt meet Stéphane Grappelli?")
        page.click("[data-ask]")
        until(page, "document.querySelectorAll('.cited li').length === 1")
        assert "The episode says" in page.locator("#answer-text .text").inner_text()
        page.click("[data-cite='1']")
        until(page, PLAYS.format(0))
        assert page.locator(".cited li.open").count() == 1
        assert page.locator("a[download='answer.json']").count() == 1
    studio.database.close()
    assert said == []
