"""`/enter`: where a reader says the token once, and is remembered."""

from __future__ import annotations

import hmac

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ragtime_assets.serve.doors import COOKIE
from ragtime_assets.serve.face import Face, Fields
from ragtime_assets.serve.page import Page, View
from ragtime_assets.serve.parameters import word_in

_MONTH = 30 * 24 * 3600


class EnterView(View):
    """The form that asks for the token."""

    to: str
    """The page that was wanted."""
    wrong: bool


def enter(face: Face, request: Request) -> Page:
    """The form."""
    return Page(EnterView(to=_to(request.query_params.get("to", "")), wrong=False), "enter.html")


def entered(face: Face, request: Request, fields: Fields) -> Page | Response:
    """The token was said; the cookie that is given for it does not tell it."""
    doors, to = face.doors, _to(fields.get("to", ""))
    if doors.token is None:
        raise HTTPException(404)
    if not hmac.compare_digest((word_in(fields, "token") or "").encode(), doors.token.encode()):
        return Page(EnterView(to=to, wrong=True), "enter.html", 401)
    answer = RedirectResponse(to, status_code=303)
    answer.set_cookie(
        COOKIE, doors.pass_for_token, max_age=_MONTH, httponly=True, samesite="strict", secure=doors.is_secure
    )
    return answer


def _to(path: str) -> str:
    """A page of this server, whatever the address says."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path else "/"
