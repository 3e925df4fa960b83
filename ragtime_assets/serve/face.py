"""What every page has at hand: the corpus, who is let in, and how views become answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ragtime_assets.domain.episode.identity import PARTITION_KEY
from ragtime_assets.serve.doors import Doors
from ragtime_assets.serve.faults import NOT_FOUND, fault
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.rendering import rendered
from ragtime_assets.serve.shortly import Shortly
from ragtime_assets.serve.wording import LANGUAGES, language_of, wording

if TYPE_CHECKING:
    from ragtime_assets.corpus.submissions import SubmittedEpisode
    from ragtime_assets.studio import Studio

JSON = ".json"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Face:
    """The corpus as readers meet it."""

    studio: Studio
    doors: Doors
    shortly: Shortly = field(default_factory=Shortly)
    """What may be half a minute old."""

    def episode(self, request: Request) -> SubmittedEpisode:
        """The episode of the address; there is no such page where it is unknown or forgotten."""
        key = request.path_params["key"]
        if PARTITION_KEY.fullmatch(key):
            for episode in self.studio.submissions.episodes(key):
                return episode
        raise HTTPException(NOT_FOUND)

    def shown(self, request: Request, page: Page) -> Response:
        """The page as it is asked for: to programs as JSON, to people in their language."""
        varies = {"Vary": "Accept, Accept-Language, Cookie"}
        if wants_json(request):
            return Response(
                page.view.model_dump_json(), page.status, {**varies, "Vary": "Accept"}, media_type="application/json"
            )
        said = wording(language_of(request))
        html = rendered(
            page.template,
            view=page.view,
            t=said,
            languages={one: _in_language(request, one) for one in LANGUAGES},
            path=request.url.path,
            mark=self.doors.form_mark,
            query=request.query_params.get("q", "")[:500],
        )
        answer = HTMLResponse(html, page.status, {**varies, "Content-Language": said.language})
        if request.query_params.get("lang") == said.language:
            answer.set_cookie("lang", said.language, max_age=_YEAR, samesite="lax", httponly=True)
        return answer


Handler = Callable[[Face, Request], Page]


def page(face: Face, handler: Handler) -> Callable[[Request], Response]:
    """A handler as the router calls it, in a thread of its own: the corpus is read there without holding up others."""
    return partial(_answered, face, handler)


def wants_json(request: Request) -> bool:
    """Whether a program asks."""
    accepts = request.headers.get("accept", "")
    return request.url.path.endswith(JSON) or ("application/json" in accepts and "text/html" not in accepts)


def _answered(face: Face, handler: Handler, request: Request) -> Response:
    return face.shown(request, handler(face, request))


def failed(face: Face, request: Request, error: Exception) -> Response:
    """What went wrong, as a page or as JSON."""
    return face.shown(request, fault(error))


def _in_language(request: Request, language: str) -> str:
    """The address of this page in another language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', language)])}"
