"""What every page has at hand: the corpus, who is let in, and how views become answers."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.episode.identity import PARTITION_KEY
from ragtime_assets.serve.doors import Doors
from ragtime_assets.serve.faults import FORGOTTEN, NOT_FOUND, fault
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.parameters import is_json, sent
from ragtime_assets.serve.rendering import rendered
from ragtime_assets.serve.shelf import Shelf
from ragtime_assets.serve.shortly import Shortly
from ragtime_assets.serve.wording import LANGUAGES, language_of, wording
from ragtime_assets.studio.heard import NOTHING, Said, heard_by, said_in

if TYPE_CHECKING:
    from ragtime_assets.corpus.catalogue import ListedShow
    from ragtime_assets.corpus.submissions import SubmittedEpisode
    from ragtime_assets.domain.searching.excerpts import Heard
    from ragtime_assets.serve.views.episode import OpenEpisode
    from ragtime_assets.serve.views.standing import Standing
    from ragtime_assets.studio import Studio

JSON = ".json"
STANDING, ALL_STANDING = "standing", "all standing"
"""What is remembered of where episodes stand: those that are ready only counted, and with each of them."""
_QUESTIONS_AT_ONCE = 4
_PAGES_AT_ONCE = 4
"""More would only share the same processors: each page would take longer, and all be done at the end."""
_OPEN_EPISODES = 4
_HEARD_EPISODES = 200
"""Of so many the times of all words are at hand: an hour's take some 300 KB, and 10 ms to read."""
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Face:
    """The corpus as readers meet it."""

    studio: Studio
    doors: Doors
    shortly: Shortly = field(default_factory=Shortly)
    """What may be half a minute old."""
    open_episodes: Shelf[OpenEpisode] = field(default_factory=lambda: Shelf(_OPEN_EPISODES))
    """Those that are read just now."""
    said: Shelf[Said] = field(default_factory=lambda: Shelf(_HEARD_EPISODES))
    """What is said when, of episodes that were found of late."""
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_PAGES_AT_ONCE))
    """Places for pages that are being made."""
    asking: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_QUESTIONS_AT_ONCE))
    """Places for questions that are being answered."""

    def episode(self, request: Request) -> SubmittedEpisode:
        """The episode of the address; there is no such page where it is unknown or forgotten."""
        key = request.path_params["key"]
        if PARTITION_KEY.fullmatch(key):
            for episode in self.studio.submissions.episodes(key):
                return episode
            if self.studio.tombstones.there(key):
                raise HTTPException(FORGOTTEN)
        raise HTTPException(NOT_FOUND)

    def shows(self) -> list[ListedShow]:
        """The shows of the corpus."""
        return self.shortly.get("shows", self.studio.catalogue.shows)

    def heard(self, keys: Collection[str]) -> Heard:
        """When the words of these episodes are said."""
        digests = self.studio.artifact_index.digests(Transcript.asset, keys)

        def said(key: str) -> Said:
            if key not in digests:
                return NOTHING
            return self.said.get(key, digests[key], partial(said_in, self.studio, key))

        return heard_by(said)

    def standing(self, key: str, find: Callable[[], Standing]) -> Standing:
        """Where an episode stands, at most half a minute ago."""
        return self.shortly.get((STANDING, key), find)

    def did_something(self, key: str | None) -> None:
        """Nothing stands as it did: an action was taken, on this episode or on all."""
        for name in (STANDING, ALL_STANDING, (STANDING, key)):
            self.shortly.forget(name)

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
            base=self.studio.settings.serve_url,
            path=request.url.path,
            mark=self.doors.form_mark,
            query=request.query_params.get("q", "")[:500],
            done=said.known("done", request.query_params.get("done")),
        )
        answer = HTMLResponse(html, page.status, {**varies, "Content-Language": said.language})
        if request.query_params.get("lang") == said.language:
            answer.set_cookie("lang", said.language, max_age=_YEAR, samesite="lax", httponly=True)
        return answer


Handler = Callable[[Face, Request], Page]


Fields = Mapping[str, str]
Action = Callable[[Face, Request, Fields], Page | Response]


def action(face: Face, handler: Action) -> Callable[[Request], Awaitable[Response]]:
    """What a form does, or a program that sends JSON; a form brings back the mark that this server put into it."""

    async def answered(request: Request) -> Response:
        fields = await sent(request)
        if not is_json(request) and not face.doors.is_own_form(fields.get("mark", "")):
            raise HTTPException(403, "This form is not of this server, or it is older than the server is up.")
        answer = await run_in_threadpool(handler, face, request, fields)
        return answer if isinstance(answer, Response) else await run_in_threadpool(face.shown, request, answer)

    return answered


def page(face: Face, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler as the router calls it, in a thread: the corpus is read there without holding up others."""

    async def answered(request: Request) -> Response:
        async with face.places:
            return await run_in_threadpool(_answered, face, handler, request)

    return answered


def json_address(path: str) -> str:
    """Where the JSON of a page is."""
    return f"{'/index' if path == '/' else path}{JSON}"


def wants_json(request: Request) -> bool:
    """Whether a program asks."""
    accepts = request.headers.get("accept", "")
    return request.url.path.endswith(JSON) or ("application/json" in accepts and "text/html" not in accepts)


def _answered(face: Face, handler: Handler, request: Request) -> Response:
    return _unless_known(request, face.shown(request, handler(face, request)))


def _unless_known(request: Request, answer: Response) -> Response:
    """The page; only that it is what it was, to a browser that still has it."""
    if answer.status_code != 200:
        return answer
    answer.headers["ETag"] = f'W/"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    if answer.headers["ETag"] not in request.headers.get("if-none-match", ""):
        return answer
    return Response(status_code=304, headers={name: answer.headers[name] for name in ("ETag", "Vary")})


def failed(face: Face, request: Request, error: Exception) -> Response:
    """What went wrong, as a page or as JSON."""
    return face.shown(request, fault(error))


def _in_language(request: Request, language: str) -> str:
    """The address of this page in another language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', language)])}"
