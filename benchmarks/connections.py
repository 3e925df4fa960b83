"""How many connections a corpus holds to Postgres: `python -m benchmarks.connections`.

A batch of 25 episodes, which is one run, and eight runs of one episode at once; web server, daemon and code location
beside them. Counted is the most that the server had open at a look, ten times a second.
"""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
import yaml

from benchmarks.storage import on_postgres
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.orchestration.looking import look
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.studio import Studio
from ragtime_assets_tests.end_to_end.conftest import free_port
from ragtime_assets_tests.shows import guid, serve_show, settings_for

BATCH, RUNS = 25, 8
LOOK_SECONDS = 0.1
PATIENCE = 400
_OPEN = """
    select split_part(application_name, ' ', 1), count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() group by 1
"""


def main() -> None:
    """Both, each with a server of its own."""
    for what, count, at_once in (("a batch of 25", BATCH, 1), ("8 runs at once", RUNS, RUNS)):
        with tempfile.TemporaryDirectory() as name, serve_show(count) as base, on_postgres(Path(name)) as url:
            _let_run(Path(name) / "home" / "dagster" / "dagster.yaml", at_once)
            studio = Studio(settings_for(base, Path(name) / "home", database_url=url))
            with _counted(url) as most:
                _ingest(studio, base, count)
            studio.database.close()
        told = ", ".join(f"{who or 'without a name'} {number}" for who, number in most.most_common())
        print(f"{what}: at most {most.total()} connections at once ({told})", flush=True)  # noqa: T201 - its answer


def _let_run(config: Path, at_once: int) -> None:
    chosen = yaml.safe_load(config.read_text())
    chosen["concurrency"]["runs"]["max_concurrent_runs"] = at_once
    config.write_text(yaml.safe_dump(chosen))


def _ingest(studio: Studio, base: str, count: int) -> None:
    wanted = [item_submission(f"{base}/feed.xml", guid(number)) for number in range(count)]
    studio.submissions.submit(wanted, by="benchmark")
    supervisor = Supervisor(studio, web_port=free_port(), tell=lambda _: None)
    with supervisor.running():
        for _ in range(PATIENCE):
            if {one.state for one in look(studio, None).episodes} == {"ready"}:
                return
            supervisor.watch(1)
    raise SystemExit(f"not all episodes are ready after {PATIENCE} s")


@contextmanager
def _counted(url: str) -> Iterator[Counter[str]]:
    """The largest number of connections, by who they say they are."""
    most, over = Counter[str](), threading.Event()
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    def count() -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not over.wait(LOOK_SECONDS):
                found = Counter({who: number for who, number in connection.execute(sa.text(_OPEN))})
                if found.total() > most.total():
                    most.clear()
                    most.update(found)

    counter = threading.Thread(target=count)
    counter.start()
    try:
        yield most
    finally:
        over.set()
        counter.join()


if __name__ == "__main__":
    main()
