"""One contract for every kind of lock: it excludes, says who has it, dies with its holder, leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from ragtime_assets.adapters.storage.file_locks import FileLocks
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.locks import PostgresLocks
from ragtime_assets.errors import StoreUnavailable
from ragtime_assets.ports import Locks, LockTaken
from ragtime_assets_tests.fakes import FakeLocks
from ragtime_assets_tests.processes import running

HOLD_FILE = """
import sys
from pathlib import Path
from ragtime_assets.adapters.storage.file_locks import FileLocks
with FileLocks(Path(sys.argv[1])).hold(sys.argv[2], sys.argv[3]):
    print("ready", flush=True)
    sys.stdin.readline()
"""
HOLD_POSTGRES = """
import sys
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.locks import PostgresLocks
with PostgresLocks(Database(sys.argv[1])).hold(sys.argv[2], sys.argv[3]):
    print("ready", flush=True)
    sys.stdin.readline()
"""


class Kind:
    """One kind of lock: how this process and another one get at it."""

    def __init__(self, script: str, place: str, make: Callable[[], Locks]) -> None:
        self.script = script
        self.place = place
        self.make = make


@pytest.fixture(params=["file", "postgres"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    """Each kind of lock that other processes see."""
    if request.param == "file":
        return Kind(HOLD_FILE, str(tmp_path / "locks"), lambda: FileLocks(tmp_path / "locks"))
    url = request.getfixturevalue("empty_postgres_url")
    return Kind(HOLD_POSTGRES, url, lambda: PostgresLocks(Database(url)))


@pytest.fixture(params=["file", "postgres", "fake"])
def locks(request: pytest.FixtureRequest, tmp_path: Path) -> Locks:
    """Every kind of lock, the fake among them."""
    if request.param == "file":
        return FileLocks(tmp_path / "locks")
    if request.param == "postgres":
        return PostgresLocks(Database(request.getfixturevalue("empty_postgres_url")))
    return FakeLocks()


def test_a_lock_is_held_while_the_context_is_open_and_free_before_and_after(locks: Locks) -> None:
    assert not locks.is_held("one")
    with locks.hold("one", "run-1"):
        assert locks.is_held("one")
        assert not locks.is_held("two")
    assert not locks.is_held("one")


def test_who_comes_second_is_told_who_holds_it(locks: Locks) -> None:
    with locks.hold("one", "run-1"):
        with pytest.raises(LockTaken) as caught, locks.hold("one", "run-2"):
            pass
        assert (caught.value.name, caught.value.holder) == ("one", "run-1")
        assert locks.is_held("one")


def test_two_names_do_not_meet(locks: Locks) -> None:
    with locks.hold("one", "run-1"), locks.hold("two", "run-2"):
        assert locks.is_held("one")
        assert locks.is_held("two")


def test_a_lock_is_free_again_after_an_error(locks: Locks) -> None:
    with pytest.raises(ZeroDivisionError), locks.hold("one", "run-1"):
        raise ZeroDivisionError
    with locks.hold("one", "run-2"):
        assert locks.is_held("one")


def test_a_lock_can_be_held_again_and_again(locks: Locks) -> None:
    for number in range(20):
        with locks.hold("one", f"run-{number}"):
            assert locks.is_held("one")


def test_a_lock_of_another_process_excludes_and_names_it(kind: Kind) -> None:
    locks = kind.make()
    with running(kind.script, kind.place, "one", "the-other-run"):
        assert locks.is_held("one")
        with pytest.raises(LockTaken) as caught, locks.hold("one", "me"):
            pass
        assert caught.value.holder == "the-other-run"


def test_a_lock_dies_with_a_killed_process(kind: Kind) -> None:
    locks = kind.make()
    with running(kind.script, kind.place, "one", "the-other-run") as process:
        process.kill()
        process.wait()
    _until(lambda: not locks.is_held("one"))
    with locks.hold("one", "me"):
        assert locks.is_held("one")
    assert not locks.is_held("one")


def test_asking_whether_a_lock_is_held_never_takes_it_from_anybody(kind: Kind) -> None:
    locks, stop = kind.make(), threading.Event()

    def ask() -> None:
        while not stop.is_set():
            locks.is_held("one")

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        for number in range(100):
            with locks.hold("one", f"run-{number}"):
                pass
    finally:
        stop.set()
        asker.join()


def test_exactly_one_of_many_threads_gets_the_lock(kind: Kind) -> None:
    locks, inside, most, errors = kind.make(), [], [], []
    barrier = threading.Barrier(6)

    def work(number: int) -> None:
        barrier.wait()
        for _ in range(15):
            try:
                with locks.hold("one", str(number)):
                    inside.append(number)
                    most.append(len(inside))
                    inside.remove(number)
            except LockTaken:
                continue
            except Exception as error:  # noqa: BLE001 - shown by the assertion below
                errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(most) == {1}


def test_the_lock_of_one_corpus_is_not_the_lock_of_another_on_the_same_server(
    empty_postgres_url: str, postgres_url: str
) -> None:
    here, there = (PostgresLocks(Database(url)) for url in (empty_postgres_url, postgres_url))
    with here.hold("one", "run-1"):
        assert not there.is_held("one")
        with there.hold("one", "run-2"), pytest.raises(LockTaken) as caught, here.hold("one", "run-3"):
            pass
        assert caught.value.holder == "run-1"


def test_all_locks_of_a_process_share_one_connection(empty_postgres_url: str) -> None:
    locks = PostgresLocks(Database(empty_postgres_url))
    ours = sa.text("select count(*) from pg_stat_activity where application_name like 'ragtime %'")
    engine = sa.create_engine(Database(empty_postgres_url).url, isolation_level="AUTOCOMMIT")
    with ExitStack() as held, engine.connect() as connection:
        for number in range(25):
            held.enter_context(locks.hold(f"episode-{number}", "run-1"))
        assert connection.execute(ours).scalar() == 1
        assert locks.is_held("episode-24")
        held.close()
        _until(lambda: connection.execute(ours).scalar() == 0)


def test_a_lock_whose_connection_breaks_is_taken_again(empty_postgres_url: str) -> None:
    locks, others = (PostgresLocks(Database(empty_postgres_url)) for _ in range(2))
    engine = sa.create_engine(Database(empty_postgres_url).url, poolclass=sa.NullPool)
    broken = sa.text("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'ragtime %'")
    with locks.hold("one", "run-1"), locks.hold("two", "run-1"):
        for _ in range(2):
            with engine.connect() as connection:
                connection.execute(broken)
            _until(lambda: others.is_held("one") and others.is_held("two"))
        with pytest.raises(LockTaken, match="one"), others.hold("one", "run-2"):
            pass
    assert not others.is_held("one")
    assert not others.is_held("two")


def test_a_server_that_is_not_there_is_one_of_our_errors() -> None:
    locks = PostgresLocks(Database("postgresql+psycopg2://user:secret@127.0.0.1:1/corpus"))
    with pytest.raises(StoreUnavailable, match="127.0.0.1"), locks.hold("one", "run-1"):
        pass
    with pytest.raises(StoreUnavailable, match="127.0.0.1"):
        locks.is_held("one")


def _until(happens: Callable[[], bool]) -> None:
    """Postgres notices a killed client within moments, not at once."""
    pause = threading.Event()
    for _ in range(100):
        if happens():
            return
        pause.wait(0.05)
    raise AssertionError("it did not happen within 5 seconds")
