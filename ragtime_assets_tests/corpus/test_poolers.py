"""What stands between us and Postgres: a real PgBouncer, in the mode that we can use and in the one that we cannot."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.locks import PostgresLocks
from ragtime_assets.corpus.poolers import refuse_transaction_pooling
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.ports import LockTaken

WAIT_SECONDS = 60


@contextmanager
def pooled(server: str, mode: str, more: str = "") -> Iterator[str]:
    """The URL of the same database through a PgBouncer."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program, "install pgbouncer, as .ci/run does"
    url = sa.make_url(server)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="rt-bouncer-"))
    folder.chmod(0o755)
    place = Path(str(url.query["host"]))
    target = f"host={place} port={url.port or 5432} user={url.username}"
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = {target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        f"unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n{more}\n"
    )
    command = [program, *(["-u", place.owner()] if os.geteuid() == 0 else []), str(settings)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + WAIT_SECONDS
        while not _answers(port):
            assert process.poll() is None, "pgbouncer ended"
            assert time.monotonic() < until, "pgbouncer does not answer"
            time.sleep(0.02)
        through = url.set(host="127.0.0.1", port=port, query={})
        yield through.render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _answers(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("more", ["", "server_round_robin = 1\nmin_pool_size = 3"], ids=["newest first", "in turn"])
def test_a_pooler_that_gives_each_transaction_another_session_is_refused(postgres_url: str, more: str) -> None:
    with pooled(postgres_url, "transaction", more) as url:
        database = Database(url)
        with pytest.raises(ConfigurationError, match="pool_mode=transaction") as caught, database.reading():
            pass
    assert "RAGTIME_DATABASE_URL" in caught.value.remedy


def test_a_pooler_that_keeps_sessions_is_as_good_as_the_server(postgres_url: str) -> None:
    with pooled(postgres_url, "session") as url:
        database = Database(url)
        with database.reading() as connection:
            assert connection.execute(sa.select(1)).scalar() == 1
        with PostgresLocks(database).hold("episode", "run 1"), pytest.raises(LockTaken):
            PostgresLocks(Database(postgres_url)).hold("episode", "run 2").__enter__()
        database.close()


def test_the_server_itself_is_asked_once(postgres_url: str) -> None:
    asked: list[str] = []
    database = Database(postgres_url)
    engine = database.bare_engine()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    refuse_transaction_pooling(engine, "here")
    assert sum("pg_backend_pid" in one for one in asked) == 1
    engine.dispose()
