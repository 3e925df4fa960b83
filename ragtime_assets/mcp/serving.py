"""How the server is reached: by the program that started it, or over HTTP. Standard output is the protocol's alone."""

from __future__ import annotations

import logging
import socket
import sys

from ragtime_assets.errors import ConfigurationError
from ragtime_assets.mcp.doors import Doors
from ragtime_assets.mcp.server import build_server
from ragtime_assets.studio import Studio

PATH = "/mcp"


def serve_stdio(studio: Studio, *, allow_write: bool) -> None:
    """Serve the program that holds the other end, until it closes it."""
    _log_to_stderr()
    build_server(studio, allow_write=allow_write).run("stdio")


def serve_http(studio: Studio, host: str, port: int, *, allow_write: bool) -> None:
    """Serve whoever may come in, until it is stopped; no session is kept between two requests.

    Answers are streams of events: one JSON document would have no room for progress.
    """
    import uvicorn

    _log_to_stderr()
    doors = Doors.of(studio.settings, host)
    settings, verifier = doors.auth or (None, None)
    server = build_server(studio, allow_write=allow_write, auth=settings, verifier=verifier)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        host=host,
        transport_security=doors.security,
    )
    listening = _listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    print(f"http://{shown}:{listening.getsockname()[1]}{PATH}", file=sys.stderr, flush=True)
    config = uvicorn.Config(doors.guarded(app), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"nothing can listen on {host}:{port}: {error.strerror or error}", remedy="Choose another --host or --port."
        ) from error
