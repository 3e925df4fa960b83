"""`/search`: passages that fit, narrowed by what the address says."""

from __future__ import annotations

from starlette.requests import Request

from ragtime_assets.domain.language.words import says_something
from ragtime_assets.domain.searching.found import NOTHING_FOUND, Found
from ragtime_assets.domain.searching.narrowing import Narrowing
from ragtime_assets.serve.face import Face
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.parameters import narrowings_in, number_in, word_in
from ragtime_assets.serve.views.results import MOST_HITS, results_view
from ragtime_assets.studio.narrowing import filters_of

_HITS = 10
_MOST_SPEAKERS = 300


def results(face: Face, request: Request) -> Page:
    """The results; without a query, what they can be narrowed by."""
    studio, given = face.studio, request.query_params
    query = word_in(given, "q") or ""
    filters = narrowings_in(given)
    limit = number_in(given, "n", _HITS, MOST_HITS)
    narrowed = filters_of(studio, Narrowing(**filters))
    per_episode = None if "episode" in filters else 2
    found = (
        studio.index.look(query, limit, narrowed, per_episode=per_episode)
        if says_something(query)
        else Found((), NOTHING_FOUND)
    )
    view = results_view(
        query,
        filters,
        found,
        face.heard({one.passage.episode_key for one in found.passages}),
        limit,
        by_words_alone=says_something(query) and studio.index.missing_from(found, "hybrid") is not None,
        shows=[one.name for one in face.shows()],
        languages=face.shortly.get("languages", studio.passages.languages),
        types=face.shortly.get("types", studio.entities.types),
        speakers=face.shortly.get("speakers", studio.passages.speakers)[:_MOST_SPEAKERS],
    )
    return Page(view, "results.html")
