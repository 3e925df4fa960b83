"""The application: which address leads to which page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from ragtime_assets.errors import RagtimeError
from ragtime_assets.serve import files
from ragtime_assets.serve.doors import Doors, Guard
from ragtime_assets.serve.face import Action, Face, Handler, action, failed, json_address, page
from ragtime_assets.serve.openapi import openapi
from ragtime_assets.serve.pages.ask import agui, answer, ask, stream
from ragtime_assets.serve.pages.enter import enter, entered
from ragtime_assets.serve.pages.entity import entities, entity
from ragtime_assets.serve.pages.episode import episode
from ragtime_assets.serve.pages.home import home
from ragtime_assets.serve.pages.keep import approve, correct_name, correct_title, keep, reject, retry, submit
from ragtime_assets.serve.pages.report import report
from ragtime_assets.serve.pages.results import results
from ragtime_assets.serve.pages.show import show, shows
from ragtime_assets.serve.reconcile import reconcile
from ragtime_assets.serve.statics import Statics

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio

PAGES: Mapping[str, Handler] = {
    "/": home,
    "/search": results,
    "/ask": ask,
    "/shows": shows,
    "/shows/show": show,
    "/entities": entities,
    "/entities/{id}": entity,
    "/episodes/{key}": episode,
    "/episodes/{key}/report": report,
    "/keep": keep,
    "/enter": enter,
}
"""Every page, by its address; with .json behind it, the same for programs."""
ACTIONS: Mapping[str, Action] = {
    "/ask": answer,
    "/ask/stream": stream,
    "/enter": entered,
    "/keep/submit": submit,
    "/keep/approve": approve,
    "/keep/reject": reject,
    "/keep/retry": retry,
    "/keep/title": correct_title,
    "/keep/name": correct_name,
}
"""What forms do, and programs that post JSON."""
FILES: Mapping[str, Callable[[Studio, Request], Response]] = {
    "/artifacts/{asset}/{key}": files.artifact,
    "/episodes/{key}/audio": files.audio_of,
    "/blobs/{sha256}": files.blob,
}
"""What is handed out as it is kept."""

_ZIPPED = [Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)]
"""Pages and what belongs to them; a part of an audio file has to stay what it is."""


def build_app(studio: Studio, doors: Doors) -> ASGIApp:
    """The application over this corpus, for those whom the doors let in."""
    from ragtime_assets.mcp.serving import guarded_elsewhere

    face, agents = Face(studio, doors), guarded_elsewhere(studio)
    routes = [
        *(Route(path, partial(handler, studio)) for path, handler in FILES.items()),
        *(Route(path, action(face, handler), methods=["POST"]) for path, handler in ACTIONS.items()),
        Route("/openapi.json", partial(openapi, face)),
        Route("/agui", partial(agui, face), methods=["POST"]),
        Route("/reconcile", partial(reconcile, face), methods=["GET", "POST"]),
        *agents.routes,
        *(Route(json_address(path), page(face, handler), middleware=_ZIPPED) for path, handler in PAGES.items()),
        *(Route(path, page(face, handler), middleware=_ZIPPED) for path, handler in PAGES.items()),
        Mount("/static", Statics(), middleware=_ZIPPED),
    ]

    def fault(request: Request, error: Exception) -> Response:
        return failed(face, request, error)

    handlers = {RagtimeError: fault, HTTPException: fault, Exception: fault}
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=agents.router.lifespan_context)
    return Guard(app, doors)
