"""One request and its redirects: where each hop may go, and what its place alone may hear.

What belongs here: hops, secrets, errors of the wire. What does not: what becomes of the answer (`http.py`), which
addresses may be visited (`address_guard.py`), and how a connection is pinned to them (`pinned_transport.py`).
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ragtime_assets.adapters.web.address_guard import AddressGuard, place
from ragtime_assets.adapters.web.credentials import Credentials
from ragtime_assets.adapters.web.http_answers import refusal
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.errors import BlockedAddress, RagtimeError, SourceGone, SourceUnavailable, TimedOut

if TYPE_CHECKING:
    import httpcore
    import httpx

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True)
class Wanted:
    """What is asked for, until when, and what only its own host may hear."""

    url: str
    deadline: Deadline
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Arrival:
    """The answer after all redirects, its body not yet read."""

    answer: httpx.Response
    url: str
    """Where that was, without any secret."""
    lasting: str
    """How far permanent redirects alone lead."""
    known_here: bool
    """Whether a credential was sent for it."""

    def accepted(self) -> Arrival:
        """The same, if its status is good; raises what it stands for."""
        error = refusal(self.answer, self.url, known_here=self.known_here)
        if error:
            raise error
        return self


@dataclass(frozen=True)
class Visitor:
    """Sends requests to public addresses, and follows where they lead."""

    guard: AddressGuard
    user_agent: str
    credentials: Credentials
    stall_seconds: float
    redirects: int
    wire: httpcore.NetworkBackend | None = None

    @contextlib.contextmanager
    def arrived(self, wanted: Wanted, headers: Mapping[str, str]) -> Iterator[Arrival]:
        """The answer at the end of all redirects, whatever its status."""
        url = here = lasting = wanted.url
        with self._our_errors(wanted), self._client(wanted.deadline) as client:
            for _ in range(self.redirects + 1):
                own = wanted.headers if place(here) == place(url) else {}
                secret = self.credentials.headers(here)
                request = client.build_request(
                    "GET", self.credentials.addressed(here), headers={**headers, **own, **secret}
                )
                with contextlib.closing(client.send(request, stream=True)) as answer:
                    if answer.status_code not in _REDIRECTS:
                        yield Arrival(answer, here, lasting, self.credentials.of(here) is not None)
                        return
                # A server that puts our token into an address for others gets it back from no one.
                there = self.credentials.without(_next_hop(answer, here))
                if lasting == here and answer.status_code in _PERMANENT:
                    lasting = there
                here = there
            raise SourceGone(f"{url} redirects more than {self.redirects} times", url=url)

    def _client(self, deadline: Deadline) -> httpx.Client:
        import httpx

        from ragtime_assets.adapters.web.pinned_transport import PinnedTransport

        return httpx.Client(
            transport=PinnedTransport(self.guard, deadline.left, self._ssl_context, self.wire),
            headers={"User-Agent": self.user_agent},
            timeout=self.stall_seconds,
            trust_env=False,
        )

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        import httpx

        return httpx.create_ssl_context(trust_env=False)

    @contextlib.contextmanager
    def _our_errors(self, wanted: Wanted) -> Iterator[None]:
        """Only errors of ours leave, and no secret in any of them."""
        try:
            with translated(wanted.url, wanted.deadline):
                yield
        except RagtimeError as error:
            self.credentials.silence(error)
            raise


def _next_hop(answer: httpx.Response, here: str) -> str:
    location = answer.headers.get("location")
    if not location:
        raise SourceGone(f"{here} answered {answer.status_code} without saying where to", status=answer.status_code)
    try:
        return urljoin(here, location)
    except ValueError as error:
        raise BlockedAddress(f"{here} redirects to {location[:200]!r}, which is not a URL") from error


@contextlib.contextmanager
def translated(url: str, deadline: Deadline) -> Iterator[None]:
    """Errors of the wire, as ours."""
    import httpcore
    import httpx

    try:
        yield
    except httpcore.TimeoutException as error:
        if deadline.left() <= 0:
            raise TimedOut(f"{url} {deadline.missed}", url=url) from error
        raise TimedOut(f"{url} stopped answering ({type(error).__name__})", url=url) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        reason = str(error) or type(error).__name__
        raise SourceUnavailable(f"{url} could not be read: {reason}", url=url) from error
    except (httpx.InvalidURL, httpx.RemoteProtocolError, httpcore.UnsupportedProtocol) as error:
        # Of its own accord httpx raises the second only for a redirect to what it cannot read as a URL.
        raise BlockedAddress(f"{url[:200]!r} is, or leads to, what is no URL: {error}", url=url) from error
