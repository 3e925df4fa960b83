"""The server that holds phases, and a corpus around it whose processes can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dagster as dg
import pytest

from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.domain.graph import REPORT
from ragtime_assets.orchestration import supervisor as supervising
from ragtime_assets.orchestration.history import IN_FLIGHT
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.looking import look
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.samples.server import serving
from ragtime_assets.settings import Settings, child_environment
from ragtime_assets.studio import Studio
from ragtime_assets_tests.end_to_end.conftest import PAUSE, free_port, graphql
from ragtime_assets_tests.end_to_end.held import HOLD_URL
from ragtime_assets_tests.forked import Forked, run
from ragtime_assets_tests.shows import guid, settings_for

FIRST_CALL, LATER_AND_LATER = 1.0, 1.5
"""Seconds before a command is called, and by how much each pause is longer: a call costs as much as a run."""
AT_REST = ("ready", "failed", "cancelled", "duplicate")


@dataclass(frozen=True)
class Moment:
    """A phase that waits for an answer."""

    when: str
    asset: str
    key: str
    pid: int
    home: str
    """The HOME of its machine."""


@dataclass
class Holder:
    """Answers at once, except where it was told to hold; each hold happens once."""

    wanted: set[tuple[str, str, str]] = field(default_factory=set)
    held: dict[tuple[str, str, str], Moment] = field(default_factory=dict)
    saves: list[tuple[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""

    def hold(self, when: str, asset: str, key: str) -> None:
        """Hold this phase of this episode, once."""
        self.wanted.add((when, asset, key))

    def wait_for(self, when: str, asset: str, key: str, seconds: float = 400) -> Moment:
        """The phase, once it is held."""
        with self.changed:
            assert self.changed.wait_for(lambda: (when, asset, key) in self.held, seconds), (when, asset, key)
        return self.held[when, asset, key]

    def let_go(self) -> None:
        """Answer every phase that is held now."""
        self.released.set()
        self.released = threading.Event()

    def asked(self, moment: Moment) -> None:
        """A phase asks; return when it may go on."""
        place = (moment.when, moment.asset, moment.key)
        if moment.when == "after":
            self.saves.append((moment.asset, moment.key))
        if place not in self.wanted:
            return
        self.wanted.discard(place)
        released = self.released
        with self.changed:
            self.held[place] = moment
            self.changed.notify_all()
        released.wait(300)


@contextmanager
def holder() -> Iterator[Holder]:
    """A holder that listens."""
    one = Holder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            one.asked(Moment(asked["when"], asked["asset"], asked["key"], int(asked["pid"]), asked["home"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as base:
        one.url = f"{base}/"
        try:
            yield one
        finally:
            one.released.set()


@dataclass
class HeldCorpus:
    """A corpus that is up, with a code location whose phases can be held."""

    studio: Studio
    instance: dg.DagsterInstance
    holder: Holder
    base: str
    folder: Path
    supervisor: Supervisor | None = None
    web_port: int | None = None

    def submit(self, *numbers: int) -> list[str]:
        """Submit items of the show; their keys."""
        wanted = [item_submission(f"{self.base}/feed.xml", guid(number)) for number in numbers]
        return [receipt.key for receipt in self.studio.submissions.submit(wanted, by="test")]

    def submit_held(self, when: str, assets: Iterable[str], first: int) -> dict[str, str]:
        """Submit an item for each of these assets, to be held there; its key by the asset."""
        keys = {asset: self.key(number) for number, asset in enumerate(assets, start=first)}
        for asset, key in keys.items():
            self.holder.hold(when, asset, key)
        self.submit(*range(first, first + len(keys)))
        return keys

    def key(self, number: int) -> str:
        """The key that an item of the show will have."""
        return item_submission(f"{self.base}/feed.xml", guid(number)).key

    def status(self, key: str) -> EpisodeStatus:
        """Where an episode stands."""
        return look(self.studio, key).episodes[0]

    def graphql(self, query: str, **variables: Any) -> Any:
        """Ask the web server, as the UI does."""
        assert self.web_port is not None
        return graphql(self.web_port, query, **variables)

    def statuses(self) -> dict[str, EpisodeStatus]:
        """Where all stand."""
        return {one.key: one for one in look(self.studio, None).episodes}

    def wait(self, *keys: str, seconds: float = 600) -> dict[str, EpisodeStatus]:
        """The episodes, once all are at rest for good."""

        def at_rest() -> bool:
            if self.in_flight():
                return False
            found = self.statuses()
            return all(found[key].state in AT_REST for key in keys)

        self.until(at_rest, seconds)
        found = self.statuses()
        return {key: found[key] for key in keys}

    def wait_until_ready(self, *keys: str) -> None:
        """All of these become ready by themselves."""
        assert {one.state for one in self.wait(*keys).values()} == {"ready"}, self.told()

    def saved(self, key: str) -> list[str]:
        """The assets of an episode, once for each save; its report aside, which may be written again."""
        return [asset for asset, of in self.holder.saves if of == key and asset != REPORT]

    def run(self, run_id: str | None) -> dg.DagsterRun:
        """A run as Dagster has it."""
        found = self.instance.get_run_by_id(run_id or "")
        assert found is not None
        return found

    def json(self, *words: str) -> Any:
        """The one JSON document that a command prints in a process of its own."""
        done = in_process(self.studio.settings, "ragtime_assets", *words, "--json")
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def in_flight(self) -> list[str]:
        """The runs that are not over."""
        return [run.run_id for run in self.instance.get_runs(dg.RunsFilter(statuses=list(IN_FLIGHT)))]

    def until(self, good: Callable[[], Any], seconds: float) -> None:
        """Look after the processes until it is good."""
        end = time.monotonic() + seconds
        while not good():
            assert time.monotonic() < end, self.told()
            if self.supervisor is not None:
                self.supervisor.revive()
            time.sleep(PAUSE)

    def told(self) -> str:
        """Statuses and the ends of the logs, for a failing test."""
        states = "\n".join(f"{one.key} {one.state} {one.phase} {one.error}" for one in self.statuses().values())
        logs = sorted((self.studio.settings.root / "logs").glob("*.log"))
        return states + "\n".join(f"\n== {log.name}\n{log.read_text()[-2500:]}" for log in logs)

    def litter(self) -> list[str]:
        """What killed processes left behind."""
        root = self.studio.settings.root
        left = [*(root / "store" / "scratch").glob("*"), *(root / "locks").glob("episode-*")]
        return [path.name for path in left]


@contextmanager
def held_corpus(folder: Path, base: str, **settings: Any) -> Iterator[HeldCorpus]:
    """The corpus, not yet up."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    chosen = settings_for(base, folder / "home", **settings)
    with holder() as held:
        os.environ[HOLD_URL] = held.url
        studio = Studio(chosen)
        with open_instance(chosen) as instance:
            yield HeldCorpus(studio, instance, held, base, folder)
        studio.database.close()


@contextmanager
def up(corpus: HeldCorpus, *, web: bool = False) -> Iterator[Supervisor]:
    """Code location and daemon, and the web server if it is asked; started again when they die."""
    module = "ragtime_assets_tests.end_to_end.held"
    corpus.web_port = free_port() if web else None
    supervisor = Supervisor(corpus.studio, web_port=corpus.web_port, tell=print, module=module, folder=corpus.folder)
    with servers_forked(), supervisor.running():
        corpus.supervisor = supervisor
        yield supervisor
    corpus.supervisor = None


@contextmanager
def servers_forked() -> Iterator[None]:
    """While the context is open, what a supervisor starts is forked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervising, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": Forked}))
        yield


@contextmanager
def calling(corpus: HeldCorpus, *words: str) -> Iterator[list[subprocess.CompletedProcess[str]]]:
    """What a command ended with, each time that it was called while the context was open."""
    ended: list[subprocess.CompletedProcess[str]] = []
    enough = threading.Event()

    def call() -> None:
        pause = FIRST_CALL
        while not enough.wait(pause):
            ended.append(in_process(corpus.studio.settings, "ragtime_assets", *words))
            pause *= LATER_AND_LATER

    thread = threading.Thread(target=call)
    thread.start()
    try:
        yield ended
    finally:
        enough.set()
        thread.join()


def in_process(settings: Settings, module: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, once it has ended."""
    return run([sys.executable, "-m", module, *words], env=child_environment(settings), timeout=400)


def kill(pid: int) -> None:
    """As the kernel does when memory runs out."""
    os.kill(pid, signal.SIGKILL)
