"""The one way to the web for everything whose address came from outside.

What belongs here: redirects, limits, retries, resuming. What does not: which addresses may be visited
(`address_guard.py`), and how a connection is pinned to them (`pinned_transport.py`).
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin

from ragtime_assets.adapters.web.address_guard import AddressGuard, Resolver, place, system_resolver
from ragtime_assets.adapters.web.http_answers import (
    check_length,
    content,
    media_type,
    refusal,
    strong_etag,
    whole_size,
)
from ragtime_assets.adapters.web.partial_file import PartialFile, storage_errors
from ragtime_assets.domain.episode.fetched import Document, Download
from ragtime_assets.domain.episode.media import HEAD, is_audio
from ragtime_assets.domain.retries import Retries, retried
from ragtime_assets.errors import BlockedAddress, SourceGone, SourceUnavailable, TimedOut, TooLarge
from ragtime_assets.ports import Progress

if TYPE_CHECKING:
    import httpcore
    import httpx

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_NOT_MODIFIED, _GONE = 304, 410

T = TypeVar("T")


@dataclass(frozen=True)
class HttpLimits:
    """How much of the web is taken at a time; the seconds include every retry."""

    document_bytes: int = 10_000_000
    document_seconds: float = 60
    download_bytes: int = 2_000_000_000
    download_seconds: float = 3_600
    stall_seconds: float = 30
    redirects: int = 10
    attempts: int = 3


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float) -> None:
        """The moment `seconds` from now."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the deadline; negative when it is over."""
        return self._end - time.monotonic()


@dataclass(frozen=True)
class _Wanted:
    """What is asked for, until when, and what only its own host may hear."""

    url: str
    deadline: Deadline
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Revisit:
    """What a server says of a document that was fetched before."""

    url: str
    """Where the document is from now on: what permanent redirects alone lead to."""
    document: Document | None
    """None when it is as it was."""
    headers: Mapping[str, str]


@dataclass(frozen=True)
class _Arrival:
    """The answer after all redirects, its body not yet read."""

    answer: httpx.Response
    here: str
    lasting: str
    """How far permanent redirects alone lead."""


class GuardedHttp:
    """Fetches documents and downloads files from public addresses; a `Fetcher`."""

    def __init__(
        self,
        allow_private_hosts: Iterable[str] = (),
        *,
        user_agent: str,
        limits: HttpLimits | None = None,
        resolver: Resolver = system_resolver,
        retry_wait: Callable[[float], None] = time.sleep,
        wire: httpcore.NetworkBackend | None = None,
    ) -> None:
        """`resolver`, `retry_wait` and `wire` are seams for tests: names, waiting and connecting."""
        self.guard = AddressGuard(allow_private_hosts, resolver)
        self._user_agent = user_agent
        self._limits = limits or HttpLimits()
        self._retry_wait = retry_wait
        self._wire = wire

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
        """The document at `url`; of audio and video only the beginning, for nobody reads them as documents."""
        wanted = _Wanted(url, Deadline(self._limits.document_seconds), headers or {})
        return self._retried(wanted.deadline, lambda: self._document(wanted))

    def revisit(self, url: str, validators: Mapping[str, str]) -> Revisit:
        """The document at `url` unless it is as it was, by one attempt; a SourceGone is `lasting` after a 410."""
        wanted = _Wanted(url, Deadline(self._limits.document_seconds), {})
        with self._arrived(wanted, {"Accept-Encoding": "gzip, deflate", **validators}) as arrival:
            answer, lasting = arrival.answer, arrival.lasting
            if validators and answer.status_code == _NOT_MODIFIED:
                return Revisit(lasting, None, answer.headers)
            if answer.status_code == _GONE and lasting == arrival.here:
                raise SourceGone(f"{lasting} answered 410: it was withdrawn", status=_GONE, url=url, lasting=True)
            return Revisit(lasting, self._body(_accepted(answer, arrival.here), url), answer.headers)

    def download(self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None) -> Download:
        """Stream the file at `url` to the path `to`, which is removed again when that fails."""
        wanted = _Wanted(url, Deadline(self._limits.download_seconds), headers or {})
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(to.unlink, missing_ok=True)
            with storage_errors(to), to.open("wb") as file:
                part = PartialFile(file)
                final_url = self._retried(wanted.deadline, lambda: self._receive(wanted, part, progress))
            on_failure.pop_all()
        return Download(url=final_url, path=to, bytes=part.bytes, sha256=part.sha256)

    def _document(self, wanted: _Wanted) -> Document:
        with self._answer(wanted, {"Accept-Encoding": "gzip, deflate"}) as answer:
            return self._body(answer, wanted.url)

    def _body(self, answer: httpx.Response, url: str) -> Document:
        kind, body, limit = media_type(answer), bytearray(), self._limits.document_bytes
        for piece in content(answer):
            body += piece
            if body and is_audio(kind, bytes(body[:HEAD])):
                break
            if len(body) > limit:
                raise TooLarge(f"{url} is longer than {limit} bytes (RAGTIME_MAX_DOCUMENT_BYTES)", url=url, limit=limit)
        else:
            check_length(answer)
        return Document(str(answer.url), bytes(body), kind, answer.charset_encoding)

    def _receive(self, wanted: _Wanted, part: PartialFile, progress: Progress) -> str:
        url = wanted.url
        with self._answer(wanted, {"Accept-Encoding": "identity"} | part.resume_headers()) as answer:
            part.begin(answer.status_code, answer.headers.get("content-range"), strong_etag(answer))
            part.total = whole_size(answer, part.bytes)
            self._check_size(url, part.total or 0)
            for piece in content(answer):
                self._check_size(url, part.bytes + len(piece))
                part.write(piece)
                progress(part.bytes, part.total, "downloading")
            check_length(answer)
            return str(answer.url)

    def _check_size(self, url: str, size: int) -> None:
        limit = self._limits.download_bytes
        if size > limit:
            raise TooLarge(f"{url} is larger than {limit} bytes (RAGTIME_MAX_AUDIO_BYTES)", url=url, limit=limit)

    def _retried(self, deadline: Deadline, attempt: Callable[[], T]) -> T:
        return retried(attempt, Retries(self._limits.attempts, left=deadline.left), self._retry_wait)

    @contextlib.contextmanager
    def _answer(self, wanted: _Wanted, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The good answer at the end of all redirects, its body not yet read."""
        with self._arrived(wanted, headers) as arrival:
            yield _accepted(arrival.answer, arrival.here)

    @contextlib.contextmanager
    def _arrived(self, wanted: _Wanted, headers: dict[str, str]) -> Iterator[_Arrival]:
        url = here = lasting = wanted.url
        with _our_errors(url, wanted.deadline), self._client(wanted.deadline) as client:
            for _ in range(self._limits.redirects + 1):
                own = wanted.headers if place(here) == place(url) else {}
                answer = client.send(client.build_request("GET", here, headers={**headers, **own}), stream=True)
                with contextlib.closing(answer):
                    if answer.status_code not in _REDIRECTS:
                        yield _Arrival(answer, here, lasting)
                        return
                there = _next_hop(answer, here)
                if lasting == here and answer.status_code in _PERMANENT:
                    lasting = there
                here = there
            raise SourceGone(f"{url} redirects more than {self._limits.redirects} times", url=url)

    def _client(self, deadline: Deadline) -> httpx.Client:
        import httpx

        from ragtime_assets.adapters.web.pinned_transport import PinnedTransport

        return httpx.Client(
            transport=PinnedTransport(self.guard, deadline.left, self._ssl_context, self._wire),
            headers={"User-Agent": self._user_agent},
            timeout=self._limits.stall_seconds,
            trust_env=False,
        )

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        import httpx

        return httpx.create_ssl_context(trust_env=False)


def _accepted(answer: httpx.Response, url: str) -> httpx.Response:
    error = refusal(answer, url)
    if error:
        raise error
    return answer


def _next_hop(answer: httpx.Response, here: str) -> str:
    location = answer.headers.get("location")
    if not location:
        raise SourceGone(f"{here} answered {answer.status_code} without saying where to", status=answer.status_code)
    try:
        return urljoin(here, location)
    except ValueError as error:
        raise BlockedAddress(f"{here} redirects to {location[:200]!r}, which is not a URL") from error


@contextlib.contextmanager
def _our_errors(url: str, deadline: Deadline) -> Iterator[None]:
    import httpcore
    import httpx

    try:
        yield
    except httpcore.TimeoutException as error:
        if deadline.left() <= 0:
            raise TimedOut(f"{url} did not arrive within {deadline.seconds:g} seconds", url=url) from error
        raise TimedOut(f"{url} stopped answering ({type(error).__name__})", url=url) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        reason = str(error) or type(error).__name__
        raise SourceUnavailable(f"{url} could not be read: {reason}", url=url) from error
    except (httpx.InvalidURL, httpx.RemoteProtocolError) as error:
        # Of its own accord httpx raises the second only for a redirect to what it cannot read as a URL.
        raise BlockedAddress(f"{url[:200]!r} is, or leads to, what is no URL: {error}", url=url) from error
