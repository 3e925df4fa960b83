"""The one way to the web for everything whose address came from outside.

What belongs here: documents, downloads, limits, retries, resuming. What does not: a request and its redirects
(`visit.py`), and secrets (`credentials.py`).
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ragtime_assets.adapters.web.address_guard import AddressGuard, Resolver, system_resolver
from ragtime_assets.adapters.web.credentials import Credentials
from ragtime_assets.adapters.web.http_answers import (
    announced,
    check_length,
    content,
    media_type,
    strong_etag,
    whole_size,
)
from ragtime_assets.adapters.web.pace import Pace
from ragtime_assets.adapters.web.partial_file import PartialFile, storage_errors
from ragtime_assets.adapters.web.quiet_addresses import QuietAddresses
from ragtime_assets.adapters.web.visit import Arrival, Visitor, Wanted
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.fetched import Document, Download
from ragtime_assets.domain.episode.media import HEAD, is_audio
from ragtime_assets.domain.retries import Retries, retried
from ragtime_assets.errors import SourceGone, TooLarge
from ragtime_assets.ports import Progress

if TYPE_CHECKING:
    import httpcore

_PACKED = {"Accept-Encoding": "gzip, deflate"}
_NOT_MODIFIED, _GONE = 304, 410

T = TypeVar("T")


@dataclass(frozen=True)
class HttpLimits:
    """How much of the web is taken at a time; the seconds include every retry."""

    document_bytes: int = 10_000_000
    document_seconds: float = 60
    download_bytes: int = 2_000_000_000
    download_seconds: float = 3_600
    download_speed: float = 0
    """Bytes a second that a download brings at least, on the average of `slow_seconds`."""
    slow_seconds: float = 60
    stall_seconds: float = 30
    redirects: int = 10
    attempts: int = 3
    """In which a download gets no further; a document is asked for as often."""


@dataclass(frozen=True)
class Revisit:
    """What a server says of a document that was fetched before."""

    url: str
    """Where the document is from now on: what permanent redirects alone lead to."""
    document: Document | None
    """None when it is as it was."""
    headers: Mapping[str, str]


class GuardedHttp:
    """Fetches documents and downloads files from public addresses; a `Fetcher`."""

    def __init__(
        self,
        allow_private_hosts: Iterable[str] = (),
        *,
        user_agent: str,
        limits: HttpLimits | None = None,
        credentials: Credentials | None = None,
        resolver: Resolver = system_resolver,
        retry_wait: Callable[[float], None] = time.sleep,
        wire: httpcore.NetworkBackend | None = None,
    ) -> None:
        """`resolver`, `retry_wait` and `wire` are seams for tests: names, waiting and connecting."""
        self.guard = AddressGuard(allow_private_hosts, resolver)
        self._limits = limits or HttpLimits()
        self._credentials = credentials or Credentials()
        self._visitor = Visitor(
            self.guard, user_agent, self._credentials, self._limits.stall_seconds, self._limits.redirects, wire
        )
        self._quiet = QuietAddresses()
        self._retry_wait = retry_wait
        self._phase: Deadline | None = None

    def until(self, deadline: Deadline) -> GuardedHttp:
        """The same, for a phase that is over at `deadline`."""
        bounded = copy.copy(self)
        bounded._phase = deadline
        return bounded

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
        """The document at `url`; of audio and video only the beginning, for nobody reads them as documents."""
        wanted = self._wanted(url, self._deadline(self._limits.document_seconds), headers)
        with self._quiet.respected(wanted.url):
            return self._retried(wanted.deadline, lambda: self._document(wanted))

    def revisit(self, url: str, validators: Mapping[str, str]) -> Revisit:
        """The document at `url` unless it is as it was, by one attempt; a SourceGone is `lasting` after a 410."""
        wanted = self._wanted(url, self._deadline(self._limits.document_seconds))
        with self._quiet.respected(wanted.url), self._visitor.arrived(wanted, {**_PACKED, **validators}) as arrival:
            answer, lasting = arrival.answer, arrival.lasting
            if validators and answer.status_code == _NOT_MODIFIED:
                return Revisit(lasting, None, answer.headers)
            if answer.status_code == _GONE and lasting == arrival.url:
                raise SourceGone(f"{lasting} answered 410: it was withdrawn", status=_GONE, url=url, lasting=True)
            return Revisit(lasting, self._body(arrival.accepted()), answer.headers)

    def download(self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None) -> Download:
        """Stream the file at `url` to the path `to`, which is removed again when that fails."""
        limits = self._limits
        pace = Pace(self._deadline(limits.download_seconds), limits.download_speed, limits.slow_seconds)
        wanted = self._wanted(url, pace, headers)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(to.unlink, missing_ok=True)
            with self._quiet.respected(wanted.url), storage_errors(to), to.open("wb") as file:
                part = PartialFile(file)
                final_url = self._retried(
                    pace, lambda: self._receive(wanted, pace, part, progress), lambda: part.percent
                )
            on_failure.pop_all()
        return Download(url=final_url, path=to, bytes=part.bytes, sha256=part.sha256)

    def _wanted(self, url: str, deadline: Deadline, headers: Mapping[str, str] | None = None) -> Wanted:
        return Wanted(self._credentials.without(url), deadline, headers or {})

    def _deadline(self, seconds: float) -> Deadline:
        return Deadline(seconds, self._phase)

    def _document(self, wanted: Wanted) -> Document:
        with self._visitor.arrived(wanted, _PACKED) as arrival:
            return self._body(arrival.accepted())

    def _body(self, arrival: Arrival) -> Document:
        answer, limit = arrival.answer, self._limits.document_bytes
        kind, body, promised = media_type(answer), bytearray(), announced(answer) or 0
        for piece in content(answer, arrival.url, limit):
            body += piece
            if body and is_audio(kind, bytes(body[:HEAD])):
                break
            if len(body) > limit or (promised > limit and len(body) >= HEAD):
                told = f"{arrival.url} is longer than {limit} bytes (RAGTIME_MAX_DOCUMENT_BYTES)"
                raise TooLarge(told, url=arrival.url, limit=limit)
        else:
            check_length(answer, arrival.url)
        return Document(arrival.url, self._credentials.scrubbed(bytes(body)), kind, answer.charset_encoding)

    def _receive(self, wanted: Wanted, pace: Pace, part: PartialFile, progress: Progress) -> str:
        pace.rest()
        asking = {"Accept-Encoding": "identity"} | part.resume_headers()
        with self._visitor.arrived(wanted, asking) as arrival:
            answer = arrival.accepted().answer
            part.begin(answer.status_code, answer.headers.get("content-range"), strong_etag(answer))
            part.total = whole_size(answer, part.bytes)
            self._check_size(arrival.url, part.total or 0)
            for piece in self._in_time(pace, content(answer, arrival.url, self._limits.download_bytes)):
                self._check_size(arrival.url, part.bytes + len(piece))
                part.write(piece)
                progress(part.bytes, part.total, "downloading")
            check_length(answer, arrival.url)
            return arrival.url

    @staticmethod
    def _in_time(pace: Pace, pieces: Iterable[bytes]) -> Iterator[bytes]:
        pace.begin()
        for piece in pieces:
            pace.count(len(piece))
            yield piece

    def _check_size(self, url: str, size: int) -> None:
        limit = self._limits.download_bytes
        if size > limit:
            raise TooLarge(f"{url} is larger than {limit} bytes (RAGTIME_MAX_AUDIO_BYTES)", url=url, limit=limit)

    def _retried(self, deadline: Deadline, attempt: Callable[[], T], reached: Callable[[], int] = lambda: 0) -> T:
        return retried(attempt, Retries(self._limits.attempts, left=deadline.left, reached=reached), self._retry_wait)
