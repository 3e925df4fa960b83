"""`/keep`: where every episode stands. What is done there writes requests and decisions; the sensor does the rest."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.domain.episode.corrections import checked_corrections
from ragtime_assets.domain.episode.identity import item_submission, page_submission
from ragtime_assets.domain.graph import PHASES, redone_for
from ragtime_assets.domain.states import READY
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.orchestration.looking import Seen, look
from ragtime_assets.orchestration.run_page import run_page
from ragtime_assets.serve.face import ALL_STANDING, STANDING, Face, Fields, wants_json
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.parameters import number_in, word_in
from ragtime_assets.serve.views.keep import DoneView, keep_view
from ragtime_assets.serve.views.standing import standing_view
from ragtime_assets.studio.taught import teach

BY = "ragtime serve"
"""Who asked, as far as the tables tell, where no proxy names the reader: whoever may open the page."""


def keep(face: Face, request: Request) -> Page:
    """The episodes by state."""
    studio, given = face.studio, request.query_params
    only = word_in(given, "state", 40)
    name, counted = (ALL_STANDING, ()) if only == READY else (STANDING, (READY,))
    seen: Seen = face.shortly.get(name, lambda: look(studio, None, counted=counted))
    settings, asked = studio.settings, {one.key: one for one in studio.approvals.waiting()}
    view = keep_view(
        [
            standing_view(one, run_page(settings, one.run_id) if one.run_id else None, asked.get(one.key))
            for one in seen.episodes
        ],
        only,
        unwatched=seen.unreachable.message if seen.unreachable else seen.unwatched,
        web_ui=run_page(settings, "").removesuffix("/"),
        page=number_in(given, "page", 1),
        others=seen.others,
    )
    return Page(view, "keep.html")


def submit(face: Face, request: Request, fields: Fields) -> Page | Response:
    """An episode's page, its audio, or an item of a feed: its key comes back at once."""
    url, guid = word_in(fields, "url") or "", word_in(fields, "guid")
    wanted = item_submission(url, guid) if guid else page_submission(url)
    (receipt,) = face.studio.submissions.submit([wanted], by=_by(face, request))
    return _done(face, request, "submitted" if receipt.new else "known", receipt.key, new=receipt.new)


def approve(face: Face, request: Request, fields: Fields) -> Page | Response:
    """A yes."""
    return _decided(face, request, fields, Decision.APPROVED)


def reject(face: Face, request: Request, fields: Fields) -> Page | Response:
    """A no."""
    return _decided(face, request, fields, Decision.REJECTED)


def retry(face: Face, request: Request, fields: Fields) -> Page | Response:
    """What is outstanding of the episode is asked for again."""
    key = _key(face, fields)
    face.studio.submissions.request([key], by=_by(face, request))
    return _done(face, request, "retried", key)


def correct_title(face: Face, request: Request, fields: Fields) -> Page | Response:
    """The episode is called otherwise."""
    key = _key(face, fields)
    said = checked_corrections({"title": word_in(fields, "title", 500) or ""})
    redone = redone_for(["title"])
    face.studio.corrections.correct(key, said, _by(face, request), again=[asset for asset in PHASES if asset in redone])
    return _done(face, request, "corrected", key)


def correct_name(face: Face, request: Request, fields: Fields) -> Page | Response:
    """A name is written otherwise than it is heard, in every transcript."""
    heard, written = word_in(fields, "heard", 200), word_in(fields, "written", 200)
    if not heard or not written:
        raise InvalidSubmission("a name is missing", remedy="Say how it is heard and how it is written.")
    teach(face.studio, heard, written, _by(face, request))
    return _done(face, request, "taught", None)


def _decided(face: Face, request: Request, fields: Fields, decision: Decision) -> Page | Response:
    key = _key(face, fields)
    face.studio.approvals.decide([key], decision, _by(face, request), word_in(fields, "note", 500))
    return _done(face, request, decision.value, key)


def _by(face: Face, request: Request) -> str:
    return face.doors.who(request.headers) or BY


def _key(face: Face, fields: Fields) -> str:
    """The episode that is meant; raises InvalidSubmission for one that is unknown or forgotten."""
    return face.studio.submissions.episode(fields.get("key", "")).key


def _done(face: Face, request: Request, done: str, key: str | None, *, new: bool | None = None) -> Page | Response:
    """To programs what was done; people go back to where they were, which tells them."""
    face.did_something(key)
    if wants_json(request):
        return Page(DoneView(done=done, key=key, new=new), "keep.html", 202)
    back = urlsplit(request.headers.get("referer", "")).path
    there = back if back.startswith("/episodes/") else "/keep"
    return RedirectResponse(f"{there}?{urlencode({'done': done})}", status_code=303)
