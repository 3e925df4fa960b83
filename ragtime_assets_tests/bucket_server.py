"""An object store on loopback: moto's server, and a proxy before it that can refuse, dawdle or hang up."""

from __future__ import annotations

import http.client
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.adapters.storage.bucket_access import BucketAccess, client_of
from ragtime_assets.samples.server import serving

FIVE_MIB = 5 * 2**20
MEET_SECONDS = 30
_PASSED_ON = {"connection", "transfer-encoding", "content-length", "server", "date"}


@dataclass(frozen=True)
class BucketServer:
    """A server, and the keys to it."""

    endpoint: str

    def access(self, **more: Any) -> BucketAccess:
        """The way to its buckets."""
        known = {"endpoint": self.endpoint, "region": "us-east-1", "key_id": "keeper", "secret": "hunter2"}
        return BucketAccess(**{**known, **more})

    def new_bucket(self) -> str:
        """The URL of a bucket that nothing is in."""
        name = f"corpus-{uuid.uuid4().hex}"
        client_of(self.access()).create_bucket(Bucket=name)
        return f"s3://{name}/all"

    def names(self, url: str) -> list[str]:
        """What is in a bucket, under whatever prefix."""
        found = client_of(self.access()).list_objects_v2(Bucket=_bucket(url))
        return [one["Key"] for one in found.get("Contents", ())]

    def unfinished(self, url: str) -> int:
        """How many uploads were begun there, and neither finished nor given up."""
        return len(client_of(self.access()).list_multipart_uploads(Bucket=_bucket(url)).get("Uploads", ()))


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """A server on a port of its own."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield BucketServer(f"http://{host}:{port}")
    server.stop()


@dataclass
class Faults:
    """What goes wrong with requests of a method from now on; without one they are passed on."""

    endpoint: str = ""
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By method: the status and the code of the answer."""
    slow: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    """Methods whose connection ends in the middle of what is sent."""
    deaf: set[str] = field(default_factory=set)
    """Headers that are not passed on."""
    passing: int = 0
    """How many requests still go well."""
    left: int | None = None
    """How many faults there still are; None for any number."""
    meet: threading.Barrier | None = None
    """Where those who read a file wait for each other."""
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and range."""
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def faulty(server: BucketServer) -> Iterator[Faults]:
    """A proxy before a server."""
    faults = Faults()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            self.close_connection = True
            if not self.raw_requestline or not self.parse_request():
                return
            _forward(self, server, faults)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads what it was asked; `faults.asked` has it."""

    with serving(Handler) as base:
        faults.endpoint = base
        try:
            yield faults
        finally:
            faults.over.set()


def store_at(url: str, folder: Path, access: BucketAccess) -> ArtifactStore:
    """A store in a bucket, with a scratch folder of its own."""
    return ArtifactStore(url, folder / "scratch", access)


def keys_of(server: BucketServer, url: str) -> dict[str, str]:
    """The settings of a corpus in this bucket."""
    access = server.access()
    return {
        "artifacts_url": url,
        "s3_endpoint": server.endpoint,
        "s3_region": str(access.region),
        "s3_key_id": str(access.key_id),
        "s3_secret": str(access.secret),
    }


def _forward(request: BaseHTTPRequestHandler, server: BucketServer, faults: Faults) -> None:
    method, length = request.command, int(request.headers.get("Content-Length") or 0)
    faults.asked.append((method, request.path, request.headers.get("Range")))
    is_well = faults.passing > 0 or faults.left == 0
    faults.passing -= faults.passing > 0
    if faults.left and not is_well:
        faults.left -= 1
    if method in faults.cut and not is_well:
        request.rfile.read(length // 2)
        request.connection.shutdown(2)
        return
    body = request.rfile.read(length)
    if faults.meet is not None and method == "GET" and "list-type" not in request.path:
        faults.meet.wait(MEET_SECONDS)
    if method in faults.slow and not is_well:
        faults.over.wait()
        return
    if method in faults.refused and not is_well:
        status, code = faults.refused[method]
        _answer(request, status, {"Content-Type": "application/xml"}, f"<Error><Code>{code}</Code></Error>".encode())
        return
    there = http.client.HTTPConnection(urlsplit(server.endpoint).netloc)
    kept = {name: value for name, value in request.headers.items() if name.lower() not in {*faults.deaf, "expect"}}
    there.request(method, request.path, body, kept)
    answer = there.getresponse()
    headers = {name: value for name, value in answer.getheaders() if name.lower() not in _PASSED_ON}
    if method == "HEAD":
        headers["Content-Length"] = answer.getheader("Content-Length") or "0"
    _answer(request, answer.status, headers, answer.read())
    there.close()


def _answer(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    request.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | headers | {"Connection": "close"}).items():
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


def _bucket(url: str) -> str:
    return urlsplit(url).netloc
