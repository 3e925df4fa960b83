"""Runs over a real broker: workers with HOMEs and temp folders of their own share Postgres, artifacts and the index."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import pytest
from pytest_httpserver import HTTPServer

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.launching.code import code_on_disk
from ragtime_assets.orchestration.tags import CODE_TAG, QUEUE_TAG
from ragtime_assets.settings import child_environment
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, Moment, held_corpus, up
from ragtime_assets_tests.qdrant_server import QdrantServer
from ragtime_assets_tests.redis_server import Redis, redis_server
from ragtime_assets_tests.shows import serve_show

EPISODES = 6
WORKERS = 3
TERMINATE = "mutation ($id: String!) { terminateRun(runId: $id) { __typename } }"
DEPLOYED = Path(__file__).parents[2] / "deploy" / "dagster-celery.yaml"


@dataclass
class Machine:
    """A worker that shares no disk of its own with anybody."""

    folder: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """As a machine that loses its power: nothing of it is left, whatever it had started."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def pids(self) -> list[int]:
        """Its processes, the first before those that it started: none is started again."""
        return sorted(pid for pid in _pids() if self.has(pid))

    def has(self, pid: int) -> bool:
        """Whether this is a process of it."""
        while pid > 1 and pid != self.process.pid:
            pid = _parent(pid)
        return pid == self.process.pid

    def told(self) -> str:
        log = self.folder / "home" / "logs" / "worker.log"
        return f"== {self.folder.name}\n{log.read_text()[-3000:] if log.exists() else 'nothing'}"


@dataclass
class Cluster:
    """A corpus, its broker and its workers."""

    corpus: HeldCorpus
    redis: Redis
    machines: list[Machine] = field(default_factory=list)

    def of(self, moment: Moment) -> Machine:
        """The machine that a phase works on."""
        return next(one for one in self.machines if one.has(moment.pid))


@contextmanager
def machine(corpus: HeldCorpus, name: str, *words: str) -> Iterator[Machine]:
    """`ragtime worker` in a HOME of its own, with nothing but the settings that all machines have in common."""
    folder = corpus.folder / name
    (folder / "tmp").mkdir(parents=True)
    _configure(folder / "home" / "dagster")
    environment = child_environment(corpus.studio.settings) | {
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "RAGTIME_HOME": str(folder / "home"),
        "DAGSTER_HOME": str(folder / "home" / "dagster"),
    }
    command = [sys.executable, "-m", "ragtime_assets", "worker", *words]
    with (folder / "worker.out").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    one = Machine(folder, process)
    try:
        yield one
    finally:
        one.kill()


@pytest.fixture
def cluster(tmp_path: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Redis, Postgres, an index server, a folder for artifacts, the daemon, the web server and three workers."""
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", empty_postgres_url)
    _configure(tmp_path / "home" / "dagster")
    with ExitStack() as opened:
        redis = opened.enter_context(redis_server(tmp_path / "redis"))
        index = QdrantServer(opened.enter_context(HTTPServer(host="127.0.0.1")))
        corpus = opened.enter_context(
            held_corpus(
                tmp_path,
                opened.enter_context(serve_show(EPISODES)),
                database_url=empty_postgres_url,
                artifacts_url=str(tmp_path / "artifacts"),
                qdrant_url=index.url,
                launcher="celery",
                broker_url=redis.url,
            )
        )
        opened.enter_context(up(corpus, web=True))
        cluster = Cluster(corpus, redis)
        for number in range(WORKERS):
            cluster.machines.append(opened.enter_context(machine(corpus, f"machine-{number}")))
        yield cluster


def test_six_episodes_become_ready_though_a_run_is_cancelled_a_worker_killed_and_the_broker_gone(
    cluster: Cluster,
) -> None:
    corpus, keys = cluster.corpus, [cluster.corpus.key(number) for number in range(EPISODES)]
    victim, cancelled, *others = keys
    for key in (victim, cancelled):
        corpus.holder.hold("before", "audio_file", key)
    corpus.submit(*range(EPISODES))
    moments = {key: corpus.holder.wait_for("before", "audio_file", key) for key in (victim, cancelled)}
    first = corpus.run(corpus.status(victim).run_id)
    assert first.tags[QUEUE_TAG] == "ragtime/default"
    assert first.tags[CODE_TAG] == code_on_disk()

    answer = corpus.graphql(TERMINATE, id=corpus.status(cancelled).run_id)
    assert answer["terminateRun"]["__typename"] == "TerminateRunSuccess"
    corpus.until(lambda: corpus.status(cancelled).state == "cancelled", 120)

    cluster.of(moments[victim]).kill()
    cluster.redis.stop()
    corpus.studio.submissions.request([cancelled], by="test")
    corpus.until(lambda: corpus.run(first.run_id).status == dg.DagsterRunStatus.FAILURE, 120)
    cluster.redis.start()
    corpus.holder.let_go()
    found = corpus.wait(*keys)
    assert {one.state for one in found.values()} == {"ready"}, corpus.told()
    for key in keys:
        assert sorted(corpus.saved(key)) == sorted(PHASES[:-1]), "no phase was done twice"
    machines = {machine.folder.name for machine in cluster.machines if machine.told().count("RUN_SUCCESS")}
    assert len(machines) > 1, "the work was shared"


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
