"""What keeps and removes a corpus, killed at any of its calls, or on a disk that is full: a seeded matrix.

    python -m benchmarks.kills --seed 1 --kills 10

Each operation works on a copy of one small corpus, in a process of its own that is killed at a call of a function of
ours, chosen at random among all that it makes; or it may write no file larger than a random size. Then it is done
again. What has to hold is checked in between and at the end; what does not is told, and ends this with 1.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import sqlalchemy as sa

from ragtime_assets.adapters.storage.backup_files import BackupReader
from ragtime_assets.corpus.database import SCHEMA_VERSION, Database
from ragtime_assets.corpus.migrations import upgrade
from ragtime_assets.corpus.schema import artifacts, corpus, entity_mentions, passages
from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.errors import RagtimeError
from ragtime_assets.orchestration.forgetting import forget
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.resetting import reset
from ragtime_assets.orchestration.restoring import restore_here
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.samples.server import serve_samples
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.backing_up import back_up
from ragtime_assets_tests.disks import no_file_above
from ragtime_assets_tests.house import CAPTIONED, House
from ragtime_assets_tests.kills import killed_when

QUESTION = "Django Reinhardt"
LARGEST = 4_000_000


def quiet(_what: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class World:
    """A folder with a corpus, a backup of it, and an old database; and what is in them."""

    folder: Path
    key: str

    def studio(self, home: str = "home") -> Studio:
        """The corpus in one of the folders."""
        return Studio(Settings(home=self.folder / home))

    def copied(self, folder: Path) -> World:
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return World(folder, self.key)

    def forget(self) -> None:
        """Forget the one episode."""
        studio = self.studio()
        with open_instance(studio.settings) as instance:
            forget(studio, instance, self.key)

    def decide(self, decision: Decision) -> None:
        """Approve or reject it."""
        self.studio().approvals.decide([self.key], decision, "ann")

    def back_up(self, name: str) -> None:
        """Another backup."""
        back_up(self.studio(), self.folder / name, audio=True, tell=quiet)

    def restore(self) -> None:
        """The backup in a HOME of its own."""
        restore_here(self.studio("other"), self.folder / "backup", replace=False, as_new=False, tell=quiet)

    def old(self) -> Database:
        """A database of the first version."""
        return Database(f"sqlite:///{self.folder / 'old.sqlite'}")


def is_whole(world: World, home: str = "home") -> None:
    """The corpus answers, and its episode is ready."""
    studio = world.studio(home)
    found = [one.passage.episode_key for one in studio.index.search.look(QUESTION).passages]
    assert found, "nothing is found"
    assert set(found) == {world.key}
    with open_instance(studio.settings) as instance:
        assert [one.state for one in statuses(studio, instance)] == ["ready"]


def is_gone(world: World) -> None:
    """Nothing is left of the episode."""
    studio = world.studio()
    assert studio.submissions.episodes() == []
    assert list(studio.store.files()) == list(studio.store.blobs()) == []
    assert studio.tombstones.unfinished() == []
    with studio.database.reading() as connection:
        for table in (artifacts, passages, entity_mentions):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0, table.name
        assert connection.execute(sa.select(sa.func.count()).select_from(corpus)).scalar_one() == 1


def is_decided(world: World, decision: Decision) -> None:
    """It is decided with one request, or neither; and the corpus is what it was."""
    asked = len(world.studio().submissions.wishes([world.key])[world.key]) - 1
    found = world.studio().approvals.newest([world.key])[world.key].decision
    assert (found, asked) in {(decision, 1), (None, 0)}, (found, asked)


def is_migrated(world: World) -> None:
    """The present schema, with the row of before."""
    database = world.old()
    assert database.version() == SCHEMA_VERSION
    with database.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from submissions").scalar_one() == 1


def has_version(world: World) -> None:
    """The version of before, or the present one."""
    assert world.old().version() in {"0001", SCHEMA_VERSION}


def can_be_restored(world: World) -> None:
    """The second backup is whole, and so is the corpus."""
    with BackupReader(world.folder / "second") as backup:
        backup.check(backup.manifest())
    is_whole(world)


def nothing(_world: World) -> None:
    """Half-way, nothing has to hold."""


@dataclass(frozen=True)
class Operation:
    """What is killed, what has to hold then, and what when it was done again."""

    work: Callable[[World], object]
    again: Callable[[World], object]
    between: Callable[[World], object]
    end: Callable[[World], object]


def decides(decision: Decision) -> Operation:
    """Approving, or rejecting."""

    def decided(world: World) -> None:
        world.decide(decision)

    def holds(world: World) -> None:
        is_decided(world, decision)

    return Operation(decided, decided, holds, holds)


OPERATIONS = {
    "approve": decides(Decision.APPROVED),
    "reject": decides(Decision.REJECTED),
    "forget": Operation(World.forget, World.forget, nothing, is_gone),
    "backup": Operation(lambda w: w.back_up("first"), lambda w: w.back_up("second"), is_whole, can_be_restored),
    "restore": Operation(World.restore, World.restore, is_whole, lambda w: is_whole(w, "other")),
    "reset": Operation(lambda w: reset(w.studio()), lambda w: reset(w.studio()), nothing, is_gone),
    "migrate": Operation(lambda w: w.old().migrate(), lambda w: w.old().migrate(), has_version, is_migrated),
}


def make_world(folder: Path) -> World:
    """A corpus with one finished episode about which a question is open, its backup, and an old database."""
    with serve_samples() as base, House.open(folder, base) as house:
        (key,) = house.submit(CAPTIONED.page)
        assert house.run(key).success
        house.studio.approvals.ask(key, "transcript", "c" * 64, "every episode is approved first", "1:00 of audio")
        house.studio.index.close()
    world = World(folder, key)
    back_up(world.studio(), folder / "backup", audio=True, tell=quiet)
    engine = world.old().bare_engine()
    upgrade(engine, "0001")
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        connection.exec_driver_sql(
            "insert into submissions (key, identity, url, submitted_by, submitted_at) "
            "values ('k', 'i', 'https://show.example/one', 'ann', '2026-01-01 00:00:00')"
        )
    engine.dispose()
    return world


def calls_of(world: World, operation: Operation) -> int:
    """How many functions of ours the operation calls."""
    reading, writing = os.pipe()
    count = 0

    def counts(frame: FrameType) -> bool:
        nonlocal count
        count += _is_ours(frame)
        return False

    def work() -> None:
        operation.work(world)
        os.write(writing, str(count).encode())

    killed_when(counts, work)
    os.close(writing)
    with os.fdopen(reading) as told:
        return int(told.read())


def kill(world: World, operation: Operation, number: int) -> None:
    """Kill it at this call, and do it again."""
    count = 0

    def dies(frame: FrameType) -> bool:
        nonlocal count
        count += _is_ours(frame)
        return count == number

    killed_when(dies, lambda: operation.work(world))
    operation.between(world)
    killed_when(lambda _: False, lambda: operation.again(world))
    operation.end(world)


def fill(world: World, operation: Operation, size: int) -> None:
    """Let it write no file larger than this, and do it again."""

    def work() -> None:
        with no_file_above(size):
            try:
                operation.work(world)
            except RagtimeError:
                return

    killed_when(lambda _: False, work)
    operation.between(world)
    killed_when(lambda _: False, lambda: operation.again(world))
    operation.end(world)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("ragtime_assets.")


def faults(chance: random.Random, calls: int, kills: int) -> Iterator[tuple[str, Callable[[World, Operation], None]]]:
    """Kills at random calls, and half as many disks that are full."""
    for number in sorted(chance.sample(range(1, calls + 1), min(kills, calls))):
        yield f"killed at call {number} of {calls}", lambda w, o, number=number: kill(w, o, number)
    for size in sorted(chance.randrange(1_000, LARGEST) for _ in range((kills + 1) // 2)):
        yield f"no file above {size} bytes", lambda w, o, size=size: fill(w, o, size)


def main() -> None:
    """The whole matrix."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("operations", nargs="*", help=f"some of {', '.join(OPERATIONS)}; all when none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=10, help="for each operation")
    chosen = parser.parse_args()
    chance, failed = random.Random(chosen.seed), 0  # noqa: S311 - nothing secret hangs on it
    with tempfile.TemporaryDirectory(prefix="ragtime-kills-") as folder:
        world = make_world(Path(folder) / "world")
        for name in chosen.operations or OPERATIONS:
            operation, bad, count = OPERATIONS[name], list[str](), 0
            calls = calls_of(world.copied(Path(folder) / f"{name}-dry"), operation)
            for count, (told, fault) in enumerate(faults(chance, calls, chosen.kills), start=1):
                copy = world.copied(Path(folder) / f"{name}-{count}")
                try:
                    fault(copy, operation)
                except (AssertionError, RagtimeError) as error:
                    bad.append(f"{told}: {type(error).__name__}: {error}")
                shutil.rmtree(copy.folder)
            failed += len(bad)
            print(f"{name}: {count} faults, {len(bad)} bad", *bad, sep="\n  ", flush=True)  # noqa: T201 - its answer
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
