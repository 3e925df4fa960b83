"""What `deploy/compose` describes, as processes: its commands, environment and secrets, from submission to readers.

The servers of others are the ones that tests have: a Postgres from its wheel, redis by the command of the deployment,
an object store, and a stand-in for Qdrant. The proxy is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pytest_httpserver import HTTPServer

from deploy.__main__ import FOLDER
from deploy.make_secrets import make
from deploy.topology import BUCKET, CODE_PORT, PROCESSES, SERVE_PORT, WEB_PORT
from ragtime_assets.adapters.storage.bucket_access import client_of
from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.bucket_server import BucketServer
from ragtime_assets_tests.conftest import postgres_database
from ragtime_assets_tests.end_to_end.conftest import PAUSE, free_port, graphql
from ragtime_assets_tests.qdrant_server import QdrantServer
from ragtime_assets_tests.redis_server import redis_server

COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
MOST_SECONDS = 400
STOP_SECONDS = 90
RUNS = "{ runsOrError { ... on Runs { results { status tags { key value } } } } }"


@dataclass
class Deployment:
    """Its processes, each with a HOME of its own, as containers have."""

    folder: Path
    changed: Mapping[str, str]
    """What a container sees, and what it is here."""
    own: Mapping[str, str]
    """What the operator adds to the environment."""
    ports: Mapping[int, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def command(self, name: str, *words: str) -> list[str]:
        """What the container of a service is started with, or `words` instead; through the entry point of the image."""
        asked = list(words) or SERVICES[name]["command"]
        return ["sh", str(FOLDER / "image" / "entrypoint.sh"), *(self._here(word, name) for word in asked)]

    def environment(self, name: str) -> dict[str, str]:
        """The environment of a service, from the file that compose names for it."""
        text = (FOLDER / "compose" / SERVICES[name]["env_file"][0]).read_text()
        lines = dict(line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))
        told = lines | SERVICES[name]["environment"] | dict(self.own)
        machine = {one: os.environ[one] for one in ("LANG", "LC_ALL", "OMP_WAIT_POLICY") if one in os.environ}
        home = self.home(name)
        return {
            **machine,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(FOLDER.parent),
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            **{one: self._here(value, name) for one, value in told.items()},
        }

    def home(self, name: str) -> Path:
        """The disk of a container."""
        return self.folder / name

    def furnish(self, name: str) -> None:
        """Make that disk, with the files that compose hands in."""
        (self.home(name) / "tmp").mkdir(parents=True)
        for one in SERVICES[name]["configs"]:
            target = Path(self._here(one["target"], name))
            target.parent.mkdir(parents=True)
            shutil.copy(FOLDER / "compose" / COMPOSE["configs"][one["source"]]["file"], target)

    def start(self, name: str) -> None:
        """Start the process of a service."""
        self.furnish(name)
        with (self.home(name) / "out").open("wb") as out:
            self.processes[name] = subprocess.Popen(
                self.command(name), cwd=self.home(name), env=self.environment(name), stdout=out, stderr=out
            )

    def run(self, name: str, *words: str) -> str:
        """What a command prints in the container of a service, as `docker compose exec` or `run` starts it."""
        done = subprocess.run(
            self.command(name, *words),
            cwd=self.home(name),
            env=self.environment(name),
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def until(self, good: Callable[[], Any]) -> Any:
        """What it is once it is good; no process may end meanwhile."""
        end = time.monotonic() + MOST_SECONDS
        while not (found := good()):
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            assert not ended, f"{ended} ended\n{self.told()}"
            assert time.monotonic() < end, self.told()
            time.sleep(PAUSE)
        return found

    def listens(self, port: int) -> bool:
        """Whether the process that has this port in its container takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.ports[port])) == 0

    def stop(self) -> None:
        """As `docker compose stop` does it."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def told(self) -> str:
        """The ends of what they wrote, for a failing test."""
        files = sorted([*self.folder.glob("*/out"), *self.folder.glob("*/home/logs/*.log")])
        return "\n".join(f"== {file}\n{file.read_text(errors='replace')[-2500:]}" for file in files)

    def _here(self, text: str, name: str) -> str:
        """Words of a container as they are on this machine."""
        changed = {
            **self.changed,
            "/var/lib/ragtime": f"{self.home(name)}/home",
            "/var/lib/dagster": f"{self.home(name)}/instance",
            **{f"{port}": str(ours) for port, ours in self.ports.items()},
        }
        return re.sub("|".join(map(re.escape, changed)), lambda found: changed[found[0]], text)


@contextmanager
def redis_of_compose(folder: Path, secrets: Path) -> Iterator[str]:
    """The broker, by its command and with its password; its address."""

    def command(port: int) -> Sequence[str]:
        words = [word.replace("$$", "$") for word in SERVICES["redis"]["entrypoint"]]
        words = [word.replace("/run/secrets", str(secrets)).replace("/data", str(folder)) for word in words]
        return [word.replace("redis-server -", f"redis-server - --port {port} --bind 127.0.0.1") for word in words]

    password = (secrets / "redis_password").read_text()
    with redis_server(folder, password, lambda server: command(server.port)) as server:
        yield server.url


@pytest.fixture
def deployment(tmp_path: Path, postgres: str, bucket_server: BucketServer, sample_show: str) -> Iterator[Deployment]:
    """Everything that compose brings up, the tables made by its own `migrate`."""
    secrets = tmp_path / "secrets"
    make(secrets)
    ports = {port: free_port() for port in (CODE_PORT, WEB_PORT, SERVE_PORT)}
    workspace = tmp_path / "workspace.yaml"
    text = (FOLDER / "workspace.yaml").read_text()
    workspace.write_text(text.replace("host: code", "host: 127.0.0.1").replace(str(CODE_PORT), str(ports[CODE_PORT])))
    client_of(bucket_server.access(secret=(secrets / "s3_secret").read_text())).create_bucket(Bucket=BUCKET)
    with ExitStack() as opened:
        index = QdrantServer(
            opened.enter_context(HTTPServer(host="127.0.0.1")), key=(secrets / "qdrant_api_key").read_text()
        )
        addresses = {
            "database_url": opened.enter_context(postgres_database(postgres, "template1")),
            "dagster_postgres_url": opened.enter_context(postgres_database(postgres, "template1")),
            "broker_url": opened.enter_context(redis_of_compose(tmp_path / "redis", secrets)),
        }
        for name, address in addresses.items():
            (secrets / name).unlink()
            (secrets / name).write_text(address)
        one = Deployment(
            tmp_path / "containers",
            {
                "/run/secrets": str(secrets),
                "/etc/ragtime/workspace.yaml": str(workspace),
                "http://minio:9000": bucket_server.endpoint,
                "http://qdrant:6333": index.url,
                "0.0.0.0": "127.0.0.1",
            },
            {
                "RAGTIME_SERVE_URL": f"http://127.0.0.1:{SERVE_PORT}",
                "RAGTIME_WEB_URL": f"http://127.0.0.1:{WEB_PORT}",
                "RAGTIME_ALLOW_PRIVATE_HOSTS": sample_show.removeprefix("http://"),
                "RAGTIME_PODCAST_INDEXES": "none",
                "RAGTIME_BROWSER": "off",
            },
            ports,
        )
        one.furnish("migrate")
        one.run("migrate", *SERVICES["migrate"]["command"])
        opened.callback(one.stop)
        for process in PROCESSES:
            one.start(process.name)
            if process.port is not None:
                one.until(lambda port=process.port: one.listens(port))
        yield one


def test_an_episode_that_is_submitted_is_worked_on_by_a_worker_and_read_by_who_has_the_token(
    deployment: Deployment, bucket_server: BucketServer, sample_show: str
) -> None:
    deployment.run("code", "ragtime", "submit", f"{sample_show}/hot-club-of-paris")
    readers = f"http://127.0.0.1:{deployment.ports[SERVE_PORT]}"
    token = Path(deployment.environment("serve")["RAGTIME_SERVE_TOKEN_FILE"]).read_text()
    with httpx.Client(base_url=readers, timeout=60) as reader:
        assert reader.get("/search.json", params={"q": "Django Reinhardt"}).status_code == 401
        reader.headers["Authorization"] = f"Bearer {token}"

        def found() -> Any:
            return reader.get("/search.json", params={"q": "Django Reinhardt"}).raise_for_status().json()["hits"]

        assert "hot-club-of-paris" in str(deployment.until(found))

    runs = graphql(deployment.ports[WEB_PORT], RUNS)["runsOrError"]["results"]
    tags = [{tag["key"]: tag["value"] for tag in run["tags"]} for run in runs]
    queues = {one["dagster-celery/queue"] for one in tags if "dagster/partition" in one}
    assert queues == {"ragtime/default"}
    assert (deployment.home("worker") / "home" / "logs" / "worker.log").read_text().count("RUN_START")
    deployment.until(
        lambda: {*PHASES} <= {part for name in bucket_server.names(f"s3://{BUCKET}") for part in name.split("/")}
    )
