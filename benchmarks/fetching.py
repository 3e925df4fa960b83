"""What fetching costs: a large feed read, a large file downloaded.

    python -m benchmarks fetching

The feed has 1,000 items in 4 MB. The file of 400 MB comes from this machine, from one server in a process of its own,
to curl and to us.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measurement import Measurement, most_megabytes
from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.domain.episode.fetched import Document

ITEMS = 1_000
FEED_BYTES = 4_000_000
MEGABYTES = 400
TIMES = 3
MOST_FEED_SECONDS = 0.5
MOST_RATIO = 4.0
MOST_MEGABYTES = 64.0
_SERVER = f"""
import http.server
piece = bytes(1_000_000)
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Content-Length", str({MEGABYTES} * len(piece)))
        self.end_headers()
        try:
            for _ in range({MEGABYTES}):
                self.wfile.write(piece)
        except ConnectionError:
            self.close_connection = True
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def measure() -> Iterator[Measurement]:
    """The feed in seconds; the download beside curl's, and the memory it takes."""
    yield Measurement("read 1,000 items of a 4 MB feed", _feed_seconds(), MOST_FEED_SECONDS)
    if shutil.which("curl") is None:
        raise SystemExit("curl is needed to measure downloads beside it")
    with tempfile.TemporaryDirectory() as folder, _server() as url:
        target = Path(folder) / "file"
        curl = [_timed(["curl", "--silent", "--output", str(target), url]) for _ in range(TIMES)]
        ours = [_download(url, target) for _ in range(TIMES)]
    seconds, grown = (min(one) for one in zip(*ours, strict=True))
    beside = f"{MEGABYTES} MB in {seconds:.2f} s, curl in {min(curl):.2f} s"
    yield Measurement("download beside curl", seconds / min(curl), MOST_RATIO, "x", beside=beside)
    yield Measurement("memory of a download", grown, MOST_MEGABYTES, "MB", beside="above what was there before it")


def _feed_seconds() -> float:
    note = "Some words of show notes. " * (FEED_BYTES // ITEMS // 26 - 10)
    items = "".join(
        f"<item><title>Episode {n}</title><guid>g{n}</guid><description>{note}</description>"
        f'<enclosure url="https://cdn.example/{n}.mp3" type="audio/mpeg" length="1"/></item>'
        for n in range(ITEMS)
    )
    body = f"<rss><channel><title>Show</title>{items}</channel></rss>".encode()
    feed = Document("https://pod.example/feed", body, "text/xml")
    reader, took = PodcastFeedReader(), []
    for _ in range(5):
        started = time.monotonic()
        reader.item(feed, f"g{ITEMS - 1}")
        took.append(time.monotonic() - started)
    return statistics.median(took)


@contextmanager
def _server() -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/file.mp3"
        server.kill()


def _timed(command: list[str]) -> float:
    started = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - started


def _download(url: str, target: Path) -> tuple[float, float]:
    """Seconds and megabytes of one download, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fetching", url, str(target)], capture_output=True, text=True, check=True
    )
    seconds, grown = done.stdout.split()
    return float(seconds), float(grown)


def _download_here(url: str, target: Path) -> None:
    from ragtime_assets.adapters.web.http import GuardedHttp

    http = GuardedHttp(["127.0.0.1"], user_agent="benchmark")
    http.fetch(url)
    before = most_megabytes()
    started = time.monotonic()
    http.download(url, target, lambda done, total, doing: None)
    print(time.monotonic() - started, most_megabytes() - before)


if __name__ == "__main__":
    _download_here(sys.argv[1], Path(sys.argv[2]))
