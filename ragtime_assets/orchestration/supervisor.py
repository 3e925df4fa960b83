"""Keeps the code location, the daemon and the web server running, and starts each again when it dies."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import dagster as dg

from ragtime_assets.adapters.storage.leftovers import TEMPORARY, ours
from ragtime_assets.corpus.database import SCHEMA_VERSION
from ragtime_assets.errors import ConfigurationError, TimedOut
from ragtime_assets.orchestration.care.liveness import fail_dead_runs
from ragtime_assets.orchestration.history import WORKING
from ragtime_assets.orchestration.instance import missing_settings, open_instance, prepare_home, refuse_other_launcher
from ragtime_assets.orchestration.launching.broker import check_broker
from ragtime_assets.orchestration.run_page import note_web_port
from ragtime_assets.ports import LockTaken
from ragtime_assets.settings import child_environment
from ragtime_assets.studio import Studio
from ragtime_assets.studio.checkup import refuse_to_start
from ragtime_assets.studio.unfinished import refuse_unfinished

LOCATION = "ragtime_assets.definitions"
CODE_SERVER = "ragtime_assets.orchestration.code_server"
DAEMON = "ragtime_assets.orchestration.daemon"
START_SECONDS = 120
COUNTING_MS = 300_000
"""Dagster's web server gives up a statement after 15 s; where Postgres has 100,000 episodes, counts take longer."""
STOP_SECONDS = 35
_PR_SET_PDEATHSIG = 1
_WORKSPACE = """load_from:
  - grpc_server: {{socket: {socket}, location_name: {name}}}
"""

Tell = Callable[[str], None]


@dataclass
class Child:
    """One process that has to be there."""

    name: str
    command: Sequence[str]
    log: Path
    folder: Path | None = None
    port: int | None = None
    """Where it listens, once it is there."""
    process: subprocess.Popen[bytes] | None = None

    def start(self, environment: dict[str, str]) -> None:
        """Start it, with its output in its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the command is ours
                self.command,
                env=environment,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    @property
    def is_running(self) -> bool:
        """Whether it is there."""
        return self.process is not None and self.process.poll() is None

    def stop(self, patience: float | None = STOP_SECONDS) -> None:
        """Ask it to end, and end it when it does not; without `patience` it takes the time that it needs."""
        if self.process is None or not self.is_running:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def is_there(folder: Path | None) -> bool:
    """Whether the folder exists in which processes work; without one, that in which this one was started."""
    try:
        return (folder or Path.cwd()).exists()
    except FileNotFoundError:
        return False


class Supervisor:
    """The processes of one corpus."""

    def __init__(
        self,
        studio: Studio,
        *,
        web_port: int | None,
        face_port: int | None = None,
        tell: Tell,
        module: str = LOCATION,
        folder: Path | None = None,
    ) -> None:
        """Without a `web_port` there is no web server, and no pages for readers without a `face_port`.

        `module` holds the definitions; all work in `folder`.
        """
        self._studio = studio
        self._tell = tell
        self._home = prepare_home(studio.settings)
        self._environment = child_environment(studio.settings)
        self._web_port = web_port
        self._face_port = face_port
        self._module = module
        self._folder = folder
        self._children: list[Child] = []
        self._has_lost_its_folder = False

    @property
    def pids(self) -> dict[str, int]:
        """The process of each child that was started."""
        return {child.name: child.process.pid for child in self._children if child.process is not None}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything is up while the context is open, and down afterwards."""
        with self._only_one(), stop_signals(), _private_folder() as private:
            code_socket = private / "code"
            try:
                self._children = self._make_children(code_socket)
                self._start_all(code_socket)
                yield
            finally:
                for child in reversed(self._children):
                    child.stop()

    def watch(self, seconds: float) -> None:
        """Look after the processes for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.revive()
            time.sleep(0.5)

    def revive(self) -> None:
        """Start again whatever died."""
        if not self._has_lost_its_folder and not is_there(self._folder):
            self._has_lost_its_folder = True
            self._tell("the folder in which this was started is gone, so no run can start any more")
            self._tell("What to do: stop it, and start `ragtime up` again in a folder that stays")
        for child in self._children:
            if not child.is_running:
                self._tell(f"{child.name} ended unexpectedly and is started again; its log: {child.log}")
                child.start(self._environment)

    def watch_until_stopped(self) -> None:
        """Look after the processes until SIGINT or SIGTERM."""
        try:
            while True:
                self.watch(60)
        except KeyboardInterrupt:
            self._tell("stopping, which takes up to half a minute; runs in flight go on by themselves")

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        try:
            with self._studio.locks.hold("up", "ragtime up"):
                yield
        except LockTaken as taken:
            raise ConfigurationError(
                f"{taken.holder or 'another ragtime up'} is already running for {self._studio.settings.root}",
                remedy="Use the one that runs, or stop it first.",
            ) from None

    def _start_all(self, code_socket: Path) -> None:
        if self._web_port is not None and _answers(self._web_port):
            raise ConfigurationError(
                f"port {self._web_port} of 127.0.0.1 is taken", remedy="Choose another: ragtime up --port 3001"
            )
        check_broker(self._studio.settings)
        refuse_unfinished(self._studio.settings)
        self._migrate()
        refuse_to_start(self._studio)
        refuse_other_launcher(self._studio.settings)
        for place in missing_settings(self._studio.settings):
            self._tell(f"{self._home / 'dagster.yaml'} was edited and lacks {place}, which this version sets")
        with open_instance(self._studio.settings) as instance:
            self._fail_dead(instance)
        self._studio.sweep()
        code, *others = self._children
        code.start(self._environment)
        self._wait_for(code, code_socket)
        for child in others:
            child.start(self._environment)
        for child in others:
            if child.port is not None:
                self._wait_for(child, child.port)
        if self._web_port is not None:
            note_web_port(self._studio.settings, self._web_port)

    def _migrate(self) -> None:
        """Bring the tables to the present schema: processes that find an older one stop."""
        before = self._studio.database.migrate()
        if before is not None and before != SCHEMA_VERSION:
            self._tell(f"the corpus tables were upgraded from schema version {before} to {SCHEMA_VERSION}")

    def _fail_dead(self, instance: dg.DagsterInstance) -> None:
        waits_in_broker = self._studio.settings.launcher == "celery"
        states = WORKING if waits_in_broker else (*WORKING, dg.DagsterRunStatus.STARTING)
        for run_id in fail_dead_runs(instance, self._studio, grace=0, states=states):
            self._tell(f"run {run_id} was killed; its episode goes on from the last finished phase")

    def _wait_for(self, child: Child, place: int | Path) -> None:
        until = time.monotonic() + START_SECONDS
        while not _answers(place):
            if not child.is_running or time.monotonic() > until:
                raise TimedOut(f"{child.name} did not start: {_tail(child.log)}", remedy=f"Its whole log: {child.log}")
            time.sleep(0.1)

    def _make_children(self, code_socket: Path) -> list[Child]:
        """The processes; what the code location answers runs code, so it listens where only we can reach it."""
        workspace = self._home / "workspace.yaml"
        workspace.write_text(_WORKSPACE.format(socket=code_socket, name=LOCATION))
        python, logs = sys.executable, self._studio.settings.root / "logs"
        code = [python, "-m", CODE_SERVER, str(code_socket), self._module, LOCATION]
        daemon = [python, "-m", DAEMON, str(workspace)]
        children = [Child("code location", code, logs / "code.log"), Child("daemon", daemon, logs / "daemon.log")]
        if self._web_port is not None:
            web = [python, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(self._web_port)]
            web += ["--db-statement-timeout", str(COUNTING_MS), "-w", str(workspace)]
            children.append(Child("web server", web, logs / "web.log", port=self._web_port))
        if self._face_port is not None:
            face = [python, "-m", "ragtime_assets", "serve", "--host", "127.0.0.1", "--port", str(self._face_port)]
            children.append(Child("pages for readers", face, logs / "serve.log", port=self._face_port))
        for child in children:
            child.folder = self._folder
        return children


def _die_with_parent() -> None:
    """A supervisor that is killed leaves no process behind (Linux; elsewhere they have to be stopped by hand)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Where the children meet: a short path, for a socket can have no long one."""
    with tempfile.TemporaryDirectory(prefix=TEMPORARY + ours(is_shared=False)) as folder:
        yield Path(folder)


@contextmanager
def stop_signals() -> Iterator[None]:
    """Both signals interrupt, also where a shell had one ignored, which the processes started here would inherit."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def is_taken(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    return _answers(port)


def _answers(place: int | Path) -> bool:
    """Whether somebody listens on this port of this machine, or on this socket."""
    is_port = isinstance(place, int)
    with socket.socket(socket.AF_INET if is_port else socket.AF_UNIX) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", place) if is_port else str(place)) == 0


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return "\n".join(lines[-5:]) or "it wrote nothing"
