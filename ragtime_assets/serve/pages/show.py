"""`/shows` and `/shows/show?name=`: the shows, and the episodes of one."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from ragtime_assets.serve.face import Face
from ragtime_assets.serve.faults import NOT_FOUND
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.parameters import number_in, word_in
from ragtime_assets.serve.views.show import show_view, shows_view

_PER_PAGE = 48


def shows(face: Face, request: Request) -> Page:
    """A page of them."""
    return Page(shows_view(face.shows(), number_in(request.query_params, "page", 1)), "shows.html")


def show(face: Face, request: Request) -> Page:
    """One of them, by its name as its episodes have it."""
    name, page = word_in(request.query_params, "name"), number_in(request.query_params, "page", 1, 100_000)
    if name is None:
        raise HTTPException(NOT_FOUND)
    found, total = face.studio.catalogue.episodes(name, limit=_PER_PAGE, offset=(page - 1) * _PER_PAGE)
    if not total:
        raise HTTPException(NOT_FOUND)
    return Page(show_view(name, found, total, page, _PER_PAGE), "show.html")
