"""A real PgBouncer before a Postgres, in the mode that is asked for."""

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

import sqlalchemy as sa

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
