"""`ragtime up` for real: web server, daemon, code location and run workers, in a HOME of their own."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.orchestration.looking import look, status_document
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.samples.server import serve_samples
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.forked import run

AT_REST = {"ready", "failed", "cancelled", "duplicate"}
PAUSE = 0.5
"""Between two looks, in seconds. A look costs some milliseconds; a command would cost a second of a processor."""

LONGEST_FIRST = (
    "up",
    "embedded",
    "batches",
    "workers",
    "postgres",
    "soak",
    "paid",
    "deployment",
    "joining",
    "demo",
    "other_settings",
    "load",
)
"""The worlds, so that those that are at work side by side end together."""
MOST_SECONDS = 900
"""What a test may take here, with the start of its world."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest world first, after one that is not among them, and after the tests of other folders."""

    def is_tree(item: pytest.Item) -> bool:
        return item.path.parent == Path(__file__).parent

    def place(item: pytest.Item) -> int:
        name = item.path.stem.removeprefix("test_")
        return LONGEST_FIRST.index(name) if is_tree(item) and name in LONGEST_FIRST else -1

    for item in filter(is_tree, items):
        item.add_marker(pytest.mark.timeout(MOST_SECONDS))
    items.sort(key=place)


@dataclass
class Corpus:
    """One corpus, reached as people reach it: by command line and by GraphQL."""

    folder: Path
    environment: dict[str, str]
    port: int
    base: str
    up: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @cached_property
    def studio(self) -> Studio:
        """The corpus, to look into from here."""
        where = self.environment["RAGTIME_SERVE_URL"]
        return Studio(Settings(home=self.home, dagster_home=self.home / "dagster", serve_url=where))

    def ragtime(self, *words: str, code: int = 0) -> str:
        """What a command prints; it has to end with `code`."""
        command = [sys.executable, "-m", "ragtime_assets", *words]
        done = run(command, cwd=self.folder, env=self.environment, timeout=400)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *words: str, code: int = 0) -> Any:
        """The one JSON document that a command prints; it has to end with `code`."""
        return json.loads(self.ragtime(*words, "--json", code=code))

    def submit(self, path: str) -> str:
        """Submit a page of the sample show, without a process for it; its key."""
        (receipt,) = self.studio.submissions.submit([page_submission(self.base + path)], by="test")
        return receipt.key

    def status(self, key: str) -> dict[str, Any]:
        """Where an episode stands, as `ragtime status --json` prints it, without a process for the question."""
        return status_document(self.look(key), self.studio.settings)

    def look(self, key: str) -> EpisodeStatus:
        """Where an episode stands, without a process for the question."""
        return look(self.studio, key).episodes[0]

    def wait(self, key: str, seconds: float = 400) -> dict[str, Any]:
        """The status of an episode once it has come to rest."""
        one = self.wait_until(lambda: self.look(key), lambda one: one.state in AT_REST, seconds)
        return status_document(one, self.studio.settings)

    def wait_until(self, look: Callable[[], Any], good: Callable[[Any], bool], seconds: float) -> Any:
        """Look until it is good."""
        until = time.monotonic() + seconds
        while True:
            seen = look()
            if good(seen):
                return seen
            assert time.monotonic() < until, (seen, self.logs())
            time.sleep(PAUSE)

    def graphql(self, query: str, **variables: Any) -> Any:
        """Ask the web server, as the UI does."""
        return graphql(self.port, query, **variables)

    def start(self) -> None:
        """`ragtime up`, until the web server answers."""
        log = (self.folder / "up.log").open("ab")
        command = [sys.executable, "-m", "ragtime_assets", "up", "--port", str(self.port)]
        with log:
            self.up = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        self.wait_until(self.answers, bool, 90)

    def stop(self) -> None:
        """Ctrl-C."""
        if self.up is not None:
            self.up.send_signal(signal.SIGINT)
            self.up.wait(60)
            self.up = None
        self.studio.database.close()

    def logs(self) -> str:
        """The ends of all logs."""
        files = [self.folder / "up.log", *sorted((self.home / "logs").glob("*.log"))]
        return "\n".join(f"== {file.name}\n{file.read_text()[-3000:]}" for file in files if file.exists())

    def answers(self) -> bool:
        """Whether the web server does."""
        assert self.up is not None
        assert self.up.poll() is None, self.logs()
        try:
            return client().get(f"http://127.0.0.1:{self.port}/server_info", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


@cache
def client() -> httpx.Client:
    """One for all questions, which keeps no connection: to make a client costs more than most answers."""
    return httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0))


def graphql(port: int, query: str, **variables: Any) -> Any:
    """What the web server on this port answers, asked as the UI asks it."""
    asked = {"query": query, "variables": variables}
    document = client().post(f"http://127.0.0.1:{port}/graphql", json=asked).json()
    assert "errors" not in document, document
    return document["data"]


def environment_of(folder: Path, base: str) -> dict[str, str]:
    """Nothing of ours but a HOME and the sample show's host."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RAGTIME_", "DAGSTER_"))}
    ours = {
        "HOME": str(folder),
        "COLUMNS": "80",
        "RAGTIME_HOME": str(folder / "home"),
        "RAGTIME_ALLOW_PRIVATE_HOSTS": base.removeprefix("http://"),
        "RAGTIME_PODCAST_INDEXES": "none",
        "RAGTIME_BROWSER": "off",
        "RAGTIME_SERVE_URL": f"http://127.0.0.1:{free_port()}",
    }
    return clean | ours


def free_port() -> int:
    """A port that nobody uses now, and that the kernel gives to nobody who asks for any."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@pytest.fixture(scope="module")
def no_settings() -> Iterator[None]:
    """The settings of the developer do not count for what the tests of a module share, either."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("RAGTIME_", "DAGSTER_"))]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def sample_show() -> Iterator[str]:
    """The sample show on loopback."""
    with serve_samples() as base:
        yield base


@pytest.fixture
def fresh_corpus(tmp_path: Path, sample_show: str) -> Iterator[Corpus]:
    """An empty corpus that is not up."""
    corpus = Corpus(tmp_path, environment_of(tmp_path, sample_show), free_port(), sample_show)
    yield corpus
    corpus.stop()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, sample_show: str) -> Iterator[Corpus]:
    """A corpus that is up, shared by the tests of a module."""
    folder = tmp_path_factory.mktemp("corpus")
    corpus = Corpus(folder, environment_of(folder, sample_show), free_port(), sample_show)
    corpus.start()
    yield corpus
    corpus.stop()
