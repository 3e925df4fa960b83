"""The browser's only way out: a proxy on this machine that connects to nothing but checked addresses.

Chromium resolves no name and opens no connection of its own, so pages, frames, redirects, workers and web sockets
all obey the rule of `address_guard.py`. A name is resolved and checked at the moment of connecting, and the
connection goes to the checked address.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from ragtime_assets.adapters.web.address_guard import AddressGuard, place
from ragtime_assets.errors import BlockedAddress, RagtimeError, SourceUnavailable, TooLarge

MOST_BYTES = 300_000_000
_CONNECT_SECONDS = 10
_IDLE_SECONDS = 60
_PIECE = 65_536
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "upgrade"})


class GuardedProxy:
    """An HTTP and CONNECT proxy for one browser; it ends with the context, and every connection with it."""

    def __init__(self, guard: AddressGuard, most_bytes: int = MOST_BYTES) -> None:
        """`most_bytes` is all that the browser may receive."""
        self._guard = guard
        self._bytes_left = most_bytes
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._refusals: dict[tuple[str, int], RagtimeError] = {}
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        with self._lock:
            for connection in self._connections:
                _hang_up(connection)

    @property
    def url(self) -> str:
        """Where the proxy listens: on loopback only."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def refusal(self, url: str) -> RagtimeError | None:
        """Why nothing came from the place of `url`, if that was the proxy's doing."""
        try:
            return self._refusals.get(place(url))
        except BlockedAddress as error:
            return error

    @contextlib.contextmanager
    def connected(self, host: str, port: int) -> Iterator[socket.socket]:
        """A connection to one of the checked addresses of `host`; raises BlockedAddress, SourceUnavailable."""
        try:
            connection = self._connect(host, port)
        except RagtimeError as error:
            self._refusals[host.lower(), port] = error
            raise
        with connection, self.known(connection):
            yield connection

    @contextlib.contextmanager
    def known(self, connection: socket.socket) -> Iterator[None]:
        """While it lasts, closing the proxy closes this connection."""
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)

    def count(self, received: int) -> None:
        """Take note of bytes for the browser; raises TooLarge when it had enough."""
        with self._lock:
            self._bytes_left -= received
            if self._bytes_left < 0:
                raise TooLarge("the page asks for more bytes than a page may have")

    def _connect(self, host: str, port: int) -> socket.socket:
        failure: OSError | None = None
        for address in self._guard.addresses(host, port):
            try:
                return socket.create_connection((address, port), _CONNECT_SECONDS)
            except OSError as error:
                failure = error
        raise SourceUnavailable(f"{host}:{port} does not answer: {failure}", host=host) from failure


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, proxy: GuardedProxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke, or was closed with the proxy, is nobody's business."""


class _Handler(BaseHTTPRequestHandler):
    """One connection of the browser: a tunnel, or a single request in plain HTTP."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def handle(self) -> None:
        with self.server.proxy.known(self.connection):
            self.close_connection = True
            self.handle_one_request()

    def do_CONNECT(self) -> None:
        """Open a tunnel: TLS and web sockets."""
        host, _, port = self.path.rpartition(":")
        try:
            with self.server.proxy.connected(host.strip("[]"), int(port)) as upstream:
                self.send_response_only(200)
                self.end_headers()
                self._tunnel(upstream)
        except RagtimeError:
            self.send_error(403)
        finally:
            self.close_connection = True

    def do_GET(self) -> None:
        """Pass on one request, so that no second one, meant for another host, follows it."""
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with contextlib.suppress(RagtimeError):
            host, port = place(self.path)
            with self.server.proxy.connected(host, port) as upstream:
                upstream.sendall(_head(self.command, self.path, self.headers) + body)
                self._answer(upstream)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Nothing is logged: what matters is in the trace."""

    def _tunnel(self, upstream: socket.socket) -> None:
        while ready := select.select([self.connection, upstream], [], [], _IDLE_SECONDS)[0]:
            for source in ready:
                piece = source.recv(_PIECE)
                if not piece:
                    return
                if source is upstream:
                    self.server.proxy.count(len(piece))
                    self.connection.sendall(piece)
                else:
                    upstream.sendall(piece)

    def _answer(self, upstream: socket.socket) -> None:
        # Whatever the browser says meanwhile, if only that it leaves, ends the connection.
        while select.select([self.connection, upstream], [], [], _IDLE_SECONDS)[0] == [upstream]:
            piece = upstream.recv(_PIECE)
            if not piece:
                return
            self.server.proxy.count(len(piece))
            self.connection.sendall(piece)


def _head(method: str, url: str, headers: Message) -> bytes:
    target = "/" + url.split("://", 1)[1].partition("/")[2]
    kept = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in _HOP_BY_HOP]
    lines = [f"{method} {target} HTTP/1.1", *kept, "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
