"""`/`: one field that searches and asks, what is new, and the shows."""

from __future__ import annotations

from starlette.requests import Request

from ragtime_assets.serve.face import Face
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.views.home import home_view

_NEWEST = 9
_SHOWS = 6


def home(face: Face, request: Request) -> Page:
    """The first page."""
    catalogue = face.studio.catalogue
    newest, total = face.shortly.get("newest", lambda: catalogue.episodes(limit=_NEWEST))
    return Page(home_view(newest, total, face.shows(), _SHOWS), "home.html")
