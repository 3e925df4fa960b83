"""Who may come in, and what every answer carries: decided before anything listens, checked before anything is read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ragtime_assets.adapters.web.listening import hosts, is_bearer, is_everywhere, is_loopback, reached_from_elsewhere
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.settings import Settings, revealed

COOKIE = "ragtime"
_LONGEST_NAME = 100
ENTRANCE = "/enter"
_OPEN_TO_ALL = (ENTRANCE, "/static/")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Doors:
    """What is checked of every request."""

    hosts: Sequence[str]
    token: str | None = None
    user_header: str | None = None
    """The header in which a proxy names the reader."""
    is_secure: bool = False
    """Whether readers come by https, so that their cookie goes no other way."""
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """What the forms of this process are signed with."""

    @classmethod
    def of(cls, settings: Settings, host: str) -> Doors:
        """As the settings say for a server on this address; raises ConfigurationError where anybody could come in."""
        url, token, header = settings.serve_url, revealed(settings.serve_token), settings.serve_user_header
        if token and header:
            raise ConfigurationError(
                "RAGTIME_SERVE_TOKEN and RAGTIME_SERVE_USER_HEADER are two ways in", remedy="Set one of them."
            )
        if header and not is_loopback(host):
            raise ConfigurationError(
                f"whoever reaches --host {host or 'every address'} could say in {header} to be anybody",
                remedy="Listen on 127.0.0.1, where the proxy is, and nobody else comes to it.",
            )
        reached = reached_from_elsewhere(host, url)
        if reached is not None and not (token or header):
            raise ConfigurationError(
                f"a server at {reached or 'every address'} is reached from elsewhere, and nothing says who may come in",
                remedy="Set RAGTIME_SERVE_TOKEN, or RAGTIME_SERVE_USER_HEADER behind a proxy; or stay on 127.0.0.1, "
                "with RAGTIME_SERVE_URL there too.",
            )
        if is_everywhere(host) and reached_from_elsewhere("127.0.0.1", url) is None:
            raise ConfigurationError(
                f"--host {host} listens on every address, and nothing says by which name it is reached",
                remedy="Set RAGTIME_SERVE_URL to the address under which readers reach this server.",
            )
        return cls(hosts(host, url), token, header, urlsplit(url).scheme == "https")

    def knows(self, host: str) -> bool:
        """Whether this Host header calls the server by one of its names, with any port."""
        return any(
            host == name or (host.startswith(f"{name}:") and host[len(name) + 1 :].isdigit()) for name in self.hosts
        )

    def lets_in(self, headers: Headers) -> bool:
        """Whether the request brings the token, the cookie that was given for it, or the name that a proxy gave."""
        if self.user_header is not None:
            return self.who(headers) is not None
        if self.token is None:
            return True
        return is_bearer(headers.get("authorization", ""), self.token) or _same(_cookie(headers), self.pass_for_token)

    def who(self, headers: Headers) -> str | None:
        """Whom a proxy names as the reader."""
        return one_line(headers.get(self.user_header or "", ""), _LONGEST_NAME) or None

    @property
    def pass_for_token(self) -> str:
        """What a reader's cookie holds once the token was said: it opens, and does not tell the token."""
        return hmac.new((self.token or "").encode(), b"reader of ragtime serve", hashlib.sha256).hexdigest()

    @property
    def form_mark(self) -> str:
        """What a form of this server brings back, and no page of another site can know."""
        return hmac.new(self.secret, b"form of ragtime serve", hashlib.sha256).hexdigest()

    def is_own_form(self, mark: str) -> bool:
        """Whether a form of this server was sent."""
        return _same(mark, self.form_mark)


def is_from_here(headers: Headers) -> bool:
    """Whether a request that writes comes from a page of this server, or from a program that is no browser."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


class Guard:
    """Turns away who may not come in, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        """Guard this application."""
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, sending)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), str(scope["path"])
        if not self._doors.knows(headers.get("host", "")):
            return PlainTextResponse("This server is not called so.", status_code=421)
        if scope["method"] not in _READS and not is_from_here(headers):
            return PlainTextResponse("Another site may not write here.", status_code=403)
        if path.startswith(_OPEN_TO_ALL) or self._doors.lets_in(headers):
            return None
        if self._doors.token and "text/html" in headers.get("accept", "") and scope["method"] in _READS:
            return RedirectResponse(f"{ENTRANCE}?to={quote(path)}", status_code=303)
        asked = self._doors.user_header or "RAGTIME_SERVE_TOKEN"
        told = {"error": "invalid_token", "error_description": f"This server asks for {asked}."}
        return JSONResponse(told, status_code=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
