"""What bulk work on a large corpus takes, in seconds and statements, while nothing is up.

python -m benchmarks.keeping 10000
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from ragtime_assets.cli.choosing import chosen, refuse_those_at_work
from ragtime_assets.cli.rerunning import last_time
from ragtime_assets.corpus.schema import artifacts
from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES, upstream
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.code_versions import CODE_VERSIONS
from ragtime_assets.studio.staleness import PUBLISHER, ask_for, present_of, stale_in


def main() -> None:
    """Make a corpus of so many episodes, and measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(OwnSettings(home=Path(folder) / "home"))
        wanted = [page_submission(f"https://show.example/{number}") for number in range(count)]
        receipts = _measured(studio, f"{count:,} submissions", lambda: studio.submissions.submit(wanted, by="test"))
        keys = [receipt.key for receipt in receipts]
        _furnish(studio, keys)
        _measured(studio, "stale: nothing is", lambda: stale_in(studio, present_of(studio)))
        outdated = sa.update(artifacts).where(artifacts.c.asset.in_(["summary", "episode_details"]))
        with studio.database.writing() as connection:
            connection.execute(outdated.values(code_version="0"))
        found = _measured(studio, "stale: two phases of all", lambda: stale_in(studio, present_of(studio)))
        _measured(studio, "redo --stale: the requests", lambda: ask_for(studio, found, "test"))
        _measured(studio, "stale: all on its way", lambda: stale_in(studio, present_of(studio)))
        _measured(studio, "redo --all --from transcript", lambda: _redo_all(studio))


def _redo_all(studio: Studio) -> None:
    """As the command does it, once it has its yes."""
    keys = chosen(studio, (), None, every=True)
    refuse_those_at_work(studio, keys)
    last_time(studio, keys, PHASES[2:])
    studio.submissions.request(keys, by="test", assets=PHASES[2:], rebind=True)


def _furnish(studio: Studio, keys: list[str]) -> None:
    """Let all be finished with what is set now, and have their partitions."""
    now, at = present_of(studio), datetime.now(UTC)
    engines = {asset: next(iter(names)) for asset, names in now.engines.items()} | {"transcript": f"{PUBLISHER}vtt"}
    studio.artifact_index.record(
        Envelope(
            schema_version=1,
            key=key,
            asset=asset,
            digest=asset,
            inputs={name: name for name in upstream(asset)},
            code_version=CODE_VERSIONS[asset],
            engine=engines.get(asset, "any"),
            run_id="run",
            created_at=at,
            seconds=1.0,
            payload={},
        )
        for key in keys
        for asset in PHASES
    )
    answered = studio.submissions.after(0, len(keys))
    studio.submissions.assign({request.id: f"run-{request.id}" for request in answered})
    with open_instance(studio.settings) as instance:
        instance.add_dynamic_partitions("episodes", keys)


def _measured(studio: Studio, what: str, work: Callable[[], Any]) -> Any:
    with _counted(studio.database.engine) as statements:
        began = time.perf_counter()
        found = work()
        seconds = time.perf_counter() - began
    print(f"{what:32} {seconds:6.2f} s  {len(statements):4} statements", flush=True)
    return found


@contextmanager
def _counted(engine: sa.Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", count)


if __name__ == "__main__":
    main()
