"""yt-dlp's only way out: its requests, sent to checked addresses and to nothing else.

The classes here extend those of yt-dlp: import this module only inside functions.
"""

from __future__ import annotations

import io
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx  # noqa: TID253 - this module is imported lazily
from yt_dlp import YoutubeDL  # noqa: TID253 - its classes are extended here
from yt_dlp.networking import Request, RequestDirector, RequestHandler, Response  # noqa: TID253
from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError  # noqa: TID253

from ragtime_assets.adapters.web.http_answers import content, media_type
from ragtime_assets.adapters.web.pinned_transport import PinnedTransport
from ragtime_assets.adapters.web.visit import translated
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.media import HEAD, is_audio
from ragtime_assets.errors import RagtimeError, TooLarge, TransientError

if TYPE_CHECKING:
    from ragtime_assets.adapters.web.address_guard import AddressGuard

MOST_REQUESTS = 30
MOST_BYTES = 10_000_000
_STALL_SECONDS = 20
_REDIRECTS = 10
_FAILED = 400


@dataclass(frozen=True)
class WayOut:
    """Where requests may go, and until when."""

    guard: AddressGuard
    deadline: Deadline
    user_agent: str


class GuardedYoutubeDL(YoutubeDL):
    """A YoutubeDL that knows one handler of requests: ours."""

    def __init__(self, params: Any, way_out: WayOut) -> None:
        """Whatever yt-dlp would take from the machine is left out by `params`; where requests go is `way_out`'s."""
        self._way_out = way_out
        self._logger = params["logger"]
        super().__init__(params)

    def build_request_director(self, handlers: object, preferences: object = None) -> RequestDirector:
        """A director that knows no other handler, whatever is installed."""
        director = RequestDirector(logger=self._logger)
        director.add_handler(GuardedRH(self._way_out, logger=self._logger))
        return director


class GuardedRH(RequestHandler):
    """Sends a request of yt-dlp's by the rules of `address_guard.py`: no cookie, no proxy, no file, bounded in all."""

    _SUPPORTED_URL_SCHEMES = ("http", "https")
    _SUPPORTED_PROXY_SCHEMES = None
    _SUPPORTED_FEATURES = None

    def __init__(self, way_out: WayOut, **named: Any) -> None:
        """At most `MOST_REQUESTS` requests from now on."""
        super().__init__(**named)
        self._way_out = way_out
        self._requests_left = MOST_REQUESTS
        self._tls: ssl.SSLContext = httpx.create_ssl_context(trust_env=False)

    def _check_extensions(self, extensions: dict[str, Any]) -> None:
        extensions.clear()  # what they ask for beside the request itself, such as a browser's fingerprint, is left out

    def _send(self, request: Request) -> Response:
        try:
            with translated(request.url, self._way_out.deadline):
                return self._answer(request)
        except RagtimeError as error:
            kind = TransportError if isinstance(error, TransientError) else RequestError
            raise kind(error.message, cause=error) from error
        except httpx.TooManyRedirects as error:
            raise RequestError(f"{request.url} redirects more than {_REDIRECTS} times", cause=error) from error

    def _answer(self, request: Request) -> Response:
        self._requests_left -= 1
        if self._requests_left < 0:
            raise TooLarge(f"yt-dlp wanted more than the {MOST_REQUESTS} requests that it may make")
        headers = {
            **request.headers,
            "User-Agent": self._way_out.user_agent,
            "Accept-Encoding": "gzip, deflate",
        }
        data = request.data if isinstance(request.data, bytes | None) else b"".join(request.data)
        with (
            self._client() as client,
            client.stream(request.method, request.url, headers=headers, content=data, follow_redirects=True) as answer,
        ):
            response = Response(io.BytesIO(_body(answer)), str(answer.url), dict(answer.headers), answer.status_code)
        if answer.status_code >= _FAILED:
            raise HTTPError(response)
        return response

    def _client(self) -> httpx.Client:
        way_out = self._way_out
        return httpx.Client(
            transport=PinnedTransport(way_out.guard, way_out.deadline.left, self._tls),
            timeout=_STALL_SECONDS,
            max_redirects=_REDIRECTS,
            trust_env=False,
        )


def _body(answer: httpx.Response) -> bytes:
    """What is read of a document; of media the beginning, for nobody downloads here."""
    body = bytearray()
    for piece in content(answer, str(answer.url), MOST_BYTES):
        body += piece
        if body and is_audio(media_type(answer), bytes(body[:HEAD])):
            break
        if len(body) > MOST_BYTES:
            raise TooLarge(f"{answer.url} is longer than the {MOST_BYTES} bytes that a document may have")
    return bytes(body)
