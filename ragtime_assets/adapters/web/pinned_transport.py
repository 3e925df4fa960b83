"""The wire under `http.py`: connects only to checked addresses, and never outlives its deadline.

A name is resolved and checked at the moment of connecting, and the connection goes to the checked address, so a
name cannot change its answer in between; TLS and the Host header still see the name. Every read is counted and
bounded by the deadline, so that neither headers nor a body can drip for ever.

The classes here extend those of httpx and httpcore: import this module only inside functions.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import httpcore
import httpx  # noqa: TID253 - its classes are extended here, and this module is imported lazily

if TYPE_CHECKING:
    from ragtime_assets.adapters.web.address_guard import AddressGuard

_END_OF_HEAD = re.compile(rb"\n\r?\n")


class PinnedTransport(httpx.BaseTransport):
    """An httpx transport whose connections are guarded and bounded; errors stay httpcore's."""

    def __init__(
        self,
        guard: AddressGuard,
        seconds_left: Callable[[], float],
        ssl_context: ssl.SSLContext,
        wire: httpcore.NetworkBackend | None = None,
    ) -> None:
        """`wire` makes the connections, and sees numeric addresses only."""
        backend = PinnedBackend(guard, seconds_left, wire or httpcore.SyncBackend())
        self._pool = httpcore.ConnectionPool(ssl_context=ssl_context, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, and return as soon as the head of the answer is there."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to what the guard let through, in the order in which the name gave it."""

    def __init__(self, guard: AddressGuard, seconds_left: Callable[[], float], wire: httpcore.NetworkBackend) -> None:
        """`wire` makes the connections."""
        self._guard = guard
        self._seconds_left = seconds_left
        self._wire = wire

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to one of the checked addresses of `host`."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._guard.addresses(host, port):
            try:
                within = bounded(timeout, self._seconds_left, httpcore.ConnectTimeout)
                stream = self._wire.connect_tcp(address, port, within, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return PinnedStream(stream, self._seconds_left)
        raise failure


class PinnedStream(httpcore.NetworkStream):
    """A connection that ends at the deadline, and counts the bytes of the body it received."""

    def __init__(self, stream: httpcore.NetworkStream, seconds_left: Callable[[], float]) -> None:
        """Wrap `stream`."""
        self._stream = stream
        self._seconds_left = seconds_left
        self._head: bytes | None = b""
        self.body_bytes = 0
        """How much came after the head of the present answer, chunk framing included."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What arrives next."""
        received = self._stream.read(max_bytes, bounded(timeout, self._seconds_left, httpcore.ReadTimeout))
        self._count(received)
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`; what is read from here on is another answer."""
        self._head, self.body_bytes = b"", 0
        self._stream.write(buffer, bounded(timeout, self._seconds_left, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted."""
        within = bounded(timeout, self._seconds_left, httpcore.ConnectTimeout)
        return PinnedStream(self._stream.start_tls(ssl_context, server_hostname, within), self._seconds_left)

    def get_extra_info(self, info: str) -> Any:
        """What the wrapped stream knows."""
        return self._stream.get_extra_info(info)

    def _count(self, received: bytes) -> None:
        if self._head is None:
            self.body_bytes += len(received)
            return
        self._head += received
        while end := _END_OF_HEAD.search(self._head):
            head, rest = self._head[: end.end()], self._head[end.end() :]
            if not head.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1")):
                self._head, self.body_bytes = None, len(rest)
                return
            self._head = rest  # an interim answer such as 103: the real head follows


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def bounded(timeout: float | None, seconds_left: Callable[[], float], expired: type[Exception]) -> float:
    """`timeout`, or what is left until the deadline if that is less; raises `expired` when nothing is."""
    left = seconds_left()
    if left <= 0:
        raise expired("the deadline is over")
    return left if timeout is None else min(timeout, left)
