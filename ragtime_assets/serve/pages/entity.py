"""`/entities` and `/entities/{id}`: who and what is named, from A to Z, and every moment of one."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from ragtime_assets.domain.language.words import says_something
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import NotOneEntity
from ragtime_assets.serve.face import Face
from ragtime_assets.serve.faults import NOT_FOUND
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.parameters import number_in, word_in
from ragtime_assets.serve.views.entity import entity_view, found_view, listed_view

_PER_PAGE = 200
_COMPANIONS = 12
_LONGEST = 500


def entities(face: Face, request: Request) -> Page:
    """Those who are called so; without a query, all of them by name."""
    registry, given = face.studio.entities, request.query_params
    query, kind = word_in(given, "q", _LONGEST) or "", word_in(given, "type", 40)
    types = face.shortly.get("types", registry.types)
    if says_something(query):
        return Page(found_view(query, kind, registry.find(query, kind), types), "entities.html")
    initial, page = word_in(given, "initial", 1), number_in(given, "page", 1)
    found, total = registry.listed(kind, initial, limit=_PER_PAGE, offset=(page - 1) * _PER_PAGE)
    view = listed_view(
        found,
        total,
        page,
        kind=kind,
        initial=initial,
        types=types,
        initials=face.shortly.get(("initials", kind), lambda: registry.initials(kind)),
        per_page=_PER_PAGE,
    )
    return Page(view, "entities.html")


def entity(face: Face, request: Request) -> Page:
    """One of them; an entity that was merged shows the one that it is now."""
    studio, words = face.studio, request.path_params["id"]
    try:
        shown = studio.entities.show(words)
        if shown.merged_into:
            shown = studio.entities.show(shown.merged_into)
    except NotOneEntity as error:
        raise HTTPException(NOT_FOUND) from error
    episodes = studio.catalogue.named({moment.key for moment in shown.moments})
    company = studio.entities.company(shown.entity.entity_id or "", _COMPANIONS)
    vocabulary = load_vocabulary(*studio.settings.vocabulary)
    kinds = {one.key: one.musicbrainz.table.replace("_", "-") for one in vocabulary.types if one.musicbrainz}
    return Page(entity_view(shown, episodes, company, kinds, number_in(request.query_params, "page", 1)), "entity.html")
