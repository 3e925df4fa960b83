"""No page over 150 KB, whatever the corpus holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from ragtime_assets.corpus.catalogue import ListedEpisode, ListedShow
from ragtime_assets.corpus.registry.browsing import Companion, InList
from ragtime_assets.corpus.registry.entities import Shown
from ragtime_assets.corpus.registry.finding import Moment
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.searching.found import NOTHING_FOUND, Found, RankedPassage
from ragtime_assets.serve.app import PAGES
from ragtime_assets.serve.page import View
from ragtime_assets.serve.views.entity import entity_view, listed_view
from ragtime_assets.serve.views.episode import OpenEpisode
from ragtime_assets.serve.views.home import home_view
from ragtime_assets.serve.views.keep import keep_view
from ragtime_assets.serve.views.results import MOST_HITS, results_view
from ragtime_assets.serve.views.show import show_view, shows_view
from ragtime_assets.serve.views.spoken import InParts
from ragtime_assets.serve.views.standing import Standing
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.rendered import unheard
from ragtime_assets_tests.serve.conftest import html_of_view
from ragtime_assets_tests.serve.talks import talk

LARGEST_PAGE = 150_000
LONG = "A long title of an episode " * 6
EPISODES = [
    ListedEpisode(f"episode-{number:04}", LONG, LONG, f"{1950 + number % 80}-01-31", "en", "https://show.example/")
    for number in range(1_000)
]
SHOWS = [ListedShow(f"Show {number} {'of names' * 10}", number, "2026-01-31") for number in range(2_000)]
ENTITY = KnownEntity(
    type="musician", name=LONG, entity_id="e", aliases=tuple(f"{n} {'alias ' * 20}" for n in range(500))
)
MOMENTS = [Moment(one.key, second, float(second), "said", "A", "musician") for one in EPISODES for second in range(100)]
STANDINGS = [
    Standing(
        key=one.key,
        title=one.title[:500],
        show="Show",
        state="failed",
        means=None,
        phase="audio_file",
        error="SourceGone",
        why="the server says gone " * 45,
        remedy="Open it in a browser. " * 45,
        run="http://127.0.0.1:3000/runs/0123456789",
        actions=("retry",),
    )
    for one in EPISODES
]


def long_episode(part: int) -> View:
    transcript = talk(3 * 3600)
    return OpenEpisode(Contents("k", details_of(), transcript)).view(part, None, has_report=True)


def hits(ranked: RankedPassage) -> Found:
    """As many as a page takes, each of another episode and a minute of quick talk long."""
    text = "a word that is said " * 40
    found = tuple(
        replace(ranked, passage=ranked.passage.model_copy(update={"episode_key": one.key, "text": text, "show": LONG}))
        for one in EPISODES[:MOST_HITS]
    )
    return Found(found, NOTHING_FOUND)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("path", [path for path in PAGES if "{" not in path])
def test_no_page_of_the_sample_corpus_is_too_large(face: TestClient, path: str, language: str) -> None:
    answer = face.get(path, params={"q": "jazz", "name": "The Long Chorus"}, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert len(answer.content) < LARGEST_PAGE


@pytest.mark.parametrize(
    ("template", "view"),
    [
        ("home.html", home_view(EPISODES[:9], len(EPISODES), SHOWS, 6)),
        ("shows.html", shows_view(SHOWS)),
        ("show.html", show_view("Show", EPISODES[:48], len(EPISODES), 1, 48)),
        ("keep.html", keep_view(STANDINGS, "failed", unwatched=None, web_ui="")),
        ("keep.html", keep_view(STANDINGS, None, unwatched=None, web_ui="")),
        (
            "entity.html",
            entity_view(
                Shown(ENTITY, None, len(EPISODES), (), (), (), (), MOMENTS),
                {one.key: one for one in EPISODES},
                [Companion(f"e{number}", LONG, "musician", 9) for number in range(12)],
                {},
            ),
        ),
        (
            "entities.html",
            listed_view(
                [InList(f"e{number}", LONG[:100], "musician", LONG[:60]) for number in range(200)],
                10_000,
                1,
                kind=None,
                initial=None,
                types=["musician"] * 20,
                initials=[chr(65 + n) for n in range(400)],
                per_page=200,
            ),
        ),
        *(("episode.html", long_episode(part)) for part in (1, 4, 7)),
    ],
    ids=["home", "shows", "show", "keep of a state", "keep", "entity", "entities", *("episode " + n for n in "147")],
)
def test_no_page_of_a_large_corpus_is_too_large(template: str, view: View) -> None:
    assert len(html_of_view(template, view, "de").encode()) < LARGEST_PAGE


def test_as_many_results_as_a_page_takes_are_not_too_large(ranked: RankedPassage) -> None:
    view = results_view("word said", {}, hits(ranked), unheard, MOST_HITS, shows=[one.name for one in SHOWS[:200]])
    assert len(view.hits) == MOST_HITS
    assert len(html_of_view("results.html", view).encode()) < LARGEST_PAGE


def test_what_does_not_fit_on_a_page_is_on_the_next() -> None:
    seen: list[str] = []
    page: int | None = 1
    while page:
        view = keep_view(STANDINGS, "failed", unwatched=None, web_ui="", page=page)
        seen += [one.key for one in view.states[0].episodes]
        page = view.next_page
    assert seen == [one.key for one in STANDINGS]


def test_the_words_of_a_part_are_the_same_whether_all_were_read_or_only_they() -> None:
    whole = talk(3 * 3600)
    kept = [[word.model_dump() for word in one.words] for one in whole.segments]
    bare = whole.model_copy(update={"segments": tuple(one.model_copy(update={"words": ()}) for one in whole.segments)})
    for number in (1, 3, 7):
        assert InParts(bare, kept).spoken(number) == InParts(whole).spoken(number)
