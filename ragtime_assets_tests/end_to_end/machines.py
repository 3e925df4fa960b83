"""Machines that share Postgres, a bucket, an index server and a broker, and nothing else; a fault may strike each.

Each has a HOME and a temp folder of its own; where Linux lets us, also processes, mounts and a host name of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from ragtime_assets.settings import child_environment
from ragtime_assets_tests.bucket_server import BucketServer, Faults, faulty, keys_of
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, Moment, held_corpus, up
from ragtime_assets_tests.qdrant_server import QdrantServer
from ragtime_assets_tests.redis_server import Redis, redis_server
from ragtime_assets_tests.shows import CUE, serve_show

DEPLOYED = Path(__file__).parents[2] / "deploy" / "dagster-celery.yaml"
_BEGAN = re.compile(r"([0-9a-f]{8}-[0-9a-f-]{27}) - (\d+) - RUN_START ")
_DROP_ALL = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


@dataclass
class Machine:
    """A worker that shares no disk of its own with anybody."""

    folder: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """As a machine that loses its power: nothing of it is left, whatever it had started."""
        self._send(signal.SIGKILL)
        self.process.wait()

    def tell_to_stop(self) -> None:
        """As a machine that is about to be taken away."""
        self._send(signal.SIGTERM)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing of it moves while the context is open."""
        self._send(signal.SIGSTOP)
        try:
            yield
        finally:
            self._send(signal.SIGCONT)

    def told(self) -> str:
        """The end of its log."""
        return f"== {self.folder.name}\n{self._log()[-3000:] or 'nothing'}"

    def began(self) -> dict[str, str]:
        """The runs that it began, each with the process that worked on it."""
        return dict(_BEGAN.findall(self._log()))

    def _log(self) -> str:
        log = self.folder / "home" / "logs" / "worker.log"
        return log.read_text() if log.exists() else ""

    def _send(self, what: signal.Signals) -> None:
        for pid in sorted(pid for pid in _pids() if self._has(pid)):  # the first before those that it started
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def _has(self, pid: int) -> bool:
        while pid > 1 and pid != self.process.pid:
            pid = _parent(pid)
        return pid == self.process.pid


@dataclass
class Cluster:
    """A corpus, what its machines share, and its workers."""

    corpus: HeldCorpus
    redis: Redis
    bucket: Faults
    index: HTTPServer
    opened: ExitStack
    machines: list[Machine] = field(default_factory=list)

    def add_machine(self, *words: str, **environment: str) -> Machine:
        """One more worker."""
        name = f"machine-{len(self.machines)}"
        one = self.opened.enter_context(machine(self.corpus, name, *words, **environment))
        self.machines.append(one)
        return one

    def of(self, moment: Moment) -> Machine:
        """The machine that a phase works on."""
        return next(one for one in self.machines if str(one.folder / "home") == moment.home)

    def drop_connections(self) -> None:
        """What everybody sees of a Postgres that is restarted."""
        engine = sa.create_engine(self.corpus.studio.database.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(_DROP_ALL))

    def told(self) -> str:
        """Statuses and the ends of all logs."""
        return "\n".join([self.corpus.told(), *(one.told() for one in self.machines)])


@contextmanager
def cluster_in(
    folder: Path,
    database_url: str,
    server: BucketServer,
    *,
    episodes: int,
    workers: int,
    cue: int = CUE,
    spoken: int = 0,
    **settings: Any,
) -> Iterator[Cluster]:
    """Redis, an index server, a bucket, the daemon, the web server and workers, on a Postgres of yours.

    Of the `episodes` the last ones, `spoken` in number, have to be listened to. DAGSTER_POSTGRES_URL has to be set.
    """
    _configure(folder / "home" / "dagster")
    with ExitStack() as opened:
        redis = opened.enter_context(redis_server(folder / "redis"))
        bucket = opened.enter_context(faulty(server))
        index = opened.enter_context(HTTPServer(host="127.0.0.1"))
        kept_in = keys_of(server, server.new_bucket()) | {"s3_endpoint": bucket.endpoint}
        corpus = opened.enter_context(
            held_corpus(
                folder,
                opened.enter_context(serve_show(episodes, cue, spoken)),
                database_url=database_url,
                qdrant_url=QdrantServer(index).url,
                launcher="celery",
                broker_url=redis.url,
                **kept_in,
                **settings,
            )
        )
        opened.enter_context(up(corpus, web=True))
        cluster = Cluster(corpus, redis, bucket, index, opened)
        for _ in range(workers):
            cluster.add_machine()
        yield cluster


@contextmanager
def machine(corpus: HeldCorpus, name: str, *words: str, **more: str) -> Iterator[Machine]:
    """`ragtime worker` in a HOME of its own, with nothing but the settings that all machines have in common."""
    folder = corpus.folder / name
    (folder / "tmp").mkdir(parents=True)
    _configure(folder / "home" / "dagster")
    environment = child_environment(corpus.studio.settings) | {
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "RAGTIME_HOME": str(folder / "home"),
        "DAGSTER_HOME": str(folder / "home" / "dagster"),
        **more,
    }
    command = [*_apart(name), sys.executable, "-m", "ragtime_assets", "worker", *words]
    with (folder / "worker.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    one = Machine(folder, process)
    try:
        yield one
    finally:
        one.kill()


def _apart(name: str) -> list[str]:
    """What starts a command with processes, mounts and a host name of its own, where that is allowed."""
    alone = ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--mount-proc"]
    named = ["sh", "-c", 'hostname "$0" && exec "$@"', name]
    if shutil.which(alone[0]) is None:
        return []
    is_allowed = subprocess.run([*alone, *named, "true"], capture_output=True, check=False).returncode == 0
    return [*alone, *named] if is_allowed else []


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _configure(home: Path) -> None:
    """The configuration that we hand out for workers."""
    home.mkdir(parents=True)
    shutil.copy(DEPLOYED, home / "dagster.yaml")
