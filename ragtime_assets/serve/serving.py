"""How the pages are served: on one address, until it is stopped."""

from __future__ import annotations

import gc
import logging
import sys
import threading
from urllib.parse import urlsplit

from ragtime_assets.adapters.web.listening import bracketed, is_loopback, listening, name_in
from ragtime_assets.corpus.database import Database
from ragtime_assets.domain.searching.found import asked_words
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.errors import RagtimeError
from ragtime_assets.serve.app import build_app
from ragtime_assets.serve.doors import Doors
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.index import OPENAI

PORT = 8080
_ANY_WORD = "podcast"
_log = logging.getLogger(__name__)
_KEPT_OPEN = 60
"""Seconds for which the connection of somebody who reads stays open, so that the next page does not meet its end."""
_READ_SECONDS = 0.9
"""A page waits so long for a corpus that another program holds, some twice: who reads hears of it within 2 s."""
_CLOSES_WITHIN = 5
"""Seconds that answers under way may take once it is to stop: a reader who listens keeps one open."""


def own_port(settings: Settings) -> int:
    """The port of the public address, where that is on this machine; another machine's proxy has its own."""
    url = settings.serve_url
    return urlsplit(url).port or PORT if is_loopback(name_in(url)) else PORT


def settle() -> None:
    """Have the collector of garbage pass over what is there from now on: to go through it all takes 0.1 s each time."""
    gc.collect()
    gc.freeze()


def warm(studio: Studio) -> None:
    """Load what the first search needs, so that the first reader does not wait for it; nothing is paid for it."""
    mode: Mode = "keyword" if studio.index.embedder_name.startswith(OPENAI) else "hybrid"
    try:
        for one in studio.index.search.look(_ANY_WORD, 1, mode=mode).passages:
            asked_words(one.passage.text, one.passage.language, _ANY_WORD)
    except RagtimeError as error:  # the pages say the same to whoever opens one
        _log.info("not warmed up: %s", error.message)


def _warmed(studio: Studio) -> None:
    warm(studio)
    settle()


def serve(studio: Studio, host: str, port: int) -> None:
    """Serve readers until it is stopped."""
    import uvicorn

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    studio.database = Database(studio.settings.corpus_url, read_seconds=_READ_SECONDS)
    doors = Doors.of(studio.settings, host)
    listens = listening(host, port)
    threading.Thread(target=_warmed, args=(studio,), name="warming up", daemon=True).start()
    print(f"http://{bracketed(host)}:{listens.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        build_app(studio, doors),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEPT_OPEN,
        timeout_graceful_shutdown=_CLOSES_WITHIN,
    )
    uvicorn.Server(config).run(sockets=[listens])
