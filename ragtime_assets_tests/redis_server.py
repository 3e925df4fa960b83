"""A real redis on a free port, in a folder of its own: it can be killed and come back where it was."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 20


@dataclass
class Redis:
    """One server."""

    folder: Path
    port: int
    password: str = ""
    command: Callable[[Redis], Sequence[str]] | None = None
    """What it is started with, where that is not said here."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        password = f":{self.password}@" if self.password else ""
        return f"redis://{password}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, with what it held when it was stopped; a machine without redis-server fails here."""
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command = self.command(self) if self.command else [*words, "--appendonly", "yes"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, "redis-server did not start"
            assert time.monotonic() < until
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def redis_server(
    folder: Path, password: str = "", command: Callable[[Redis], Sequence[str]] | None = None
) -> Iterator[Redis]:
    """A server that answers, and is gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    folder.mkdir(parents=True, exist_ok=True)
    server = Redis(folder, port, password, command)
    server.start()
    try:
        yield server
    finally:
        server.stop()
