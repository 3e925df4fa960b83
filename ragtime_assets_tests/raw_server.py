"""A server of one's own that says exactly the bytes it is told to, right or wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TypeVar

from ragtime_assets.samples.server import serving


@dataclass(frozen=True)
class Answer:
    """Raw bytes, pause by pause; the last piece for ever if it is endless."""

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    endless: bool = False


NOT_FOUND = Answer((b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",))


@dataclass
class RawServer:
    """What each path says, and what was asked of it."""

    base: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """Those of one path in their order; the last of them is given again and again."""
    requests: list[bytes] = field(default_factory=list)
    """One for each connection, empty if nothing was asked."""

    @property
    def host(self) -> str:
        """Its address and port."""
        return self.base.removeprefix("http://")

    @property
    def url(self) -> str:
        """Where an answer without a path is given."""
        return f"{self.base}/"

    def says(self, *pieces: bytes, path: str = "/", pause: float = 0.0, endless: bool = False) -> str:
        """Answer with these very bytes, whatever was to be answered before; the URL."""
        self.answers[path] = []
        return self.then_says(*pieces, path=path, pause=pause, endless=endless)

    def then_says(self, *pieces: bytes, path: str = "/", pause: float = 0.0, endless: bool = False) -> str:
        """Answer with these very bytes once what was to be answered before was given; the URL."""
        self.answers.setdefault(path, []).append(Answer(pieces, pause, endless))
        return self.base + path

    def answer(self, request: bytes) -> Answer:
        """Note a request, and choose its answer."""
        self.requests.append(request)
        path = "".join(request.decode("latin-1").split(" ")[1:2])
        told = self.answers.get(path, [NOT_FOUND])
        return told.pop(0) if len(told) > 1 else told[0]


Kind = TypeVar("Kind", bound=RawServer)


@contextmanager
def served(kind: type[Kind]) -> Iterator[Kind]:
    """A server on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            answer = server.answer(b"".join(_head(self.rfile)))
            for piece in answer.pieces:
                self.wfile.write(piece)
                time.sleep(answer.pause)
            while answer.endless:
                self.wfile.write(answer.pieces[-1])
                time.sleep(answer.pause)

    with serving(Handler) as base:
        server = kind(base)
        yield server


def _head(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line
        if not line.strip():
            return
