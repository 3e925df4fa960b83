"""How the pages are served: on one address, until it is stopped."""

from __future__ import annotations

import logging
import sys
from urllib.parse import urlsplit

from ragtime_assets.adapters.web.listening import bracketed, is_loopback, listening, name_in
from ragtime_assets.serve.app import build_app
from ragtime_assets.serve.doors import Doors
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

PORT = 8080
_CLOSES_WITHIN = 5
"""Seconds that answers under way may take once it is to stop: a reader who listens keeps one open."""


def own_port(settings: Settings) -> int:
    """The port of the public address, where that is on this machine; another machine's proxy has its own."""
    url = settings.serve_url
    return urlsplit(url).port or PORT if is_loopback(name_in(url)) else PORT


def serve(studio: Studio, host: str, port: int) -> None:
    """Serve readers until it is stopped."""
    import uvicorn

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    doors = Doors.of(studio.settings, host)
    listens = listening(host, port)
    print(f"http://{bracketed(host)}:{listens.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        build_app(studio, doors),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_CLOSES_WITHIN,
    )
    uvicorn.Server(config).run(sockets=[listens])
