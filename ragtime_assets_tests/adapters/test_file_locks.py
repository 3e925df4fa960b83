"""What only file locks promise: the file is gone with the lock, and a left-over one locks nobody out.

The contract that they share with Postgres is in `corpus/test_locks.py`.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ragtime_assets.adapters.storage.file_locks import FileLocks
from ragtime_assets.ports import LockTaken


@pytest.fixture
def locks(tmp_path: Path) -> FileLocks:
    """Locks in a folder that is made when it is needed."""
    return FileLocks(tmp_path / "deep" / "locks")


def test_no_file_is_left_after_the_lock(locks: FileLocks, tmp_path: Path) -> None:
    with locks.hold("one", "run-1"):
        assert [path.name for path in (tmp_path / "deep" / "locks").iterdir()] == ["one.lock"]
    assert list((tmp_path / "deep" / "locks").iterdir()) == []


def test_no_file_is_left_by_who_came_second(locks: FileLocks, tmp_path: Path) -> None:
    with locks.hold("one", "run-1"), pytest.raises(LockTaken), locks.hold("one", "run-2"):
        pass
    assert list((tmp_path / "deep" / "locks").iterdir()) == []


def test_no_file_is_made_by_asking(locks: FileLocks, tmp_path: Path) -> None:
    assert not locks.is_held("one")
    assert not (tmp_path / "deep").exists()


def test_a_file_that_a_dead_process_left_locks_nobody_out(locks: FileLocks, tmp_path: Path) -> None:
    (tmp_path / "deep" / "locks").mkdir(parents=True)
    (tmp_path / "deep" / "locks" / "one.lock").write_text("a run that was killed, with a long name")
    assert not locks.is_held("one")
    with locks.hold("one", "run-2"):
        with pytest.raises(LockTaken) as caught, locks.hold("one", "run-3"):
            pass
        assert caught.value.holder == "run-2"
    assert list((tmp_path / "deep" / "locks").iterdir()) == []


def test_the_file_can_be_read_by_its_owner_only(locks: FileLocks, tmp_path: Path) -> None:
    with locks.hold("one", "run-1"):
        assert (tmp_path / "deep" / "locks" / "one.lock").stat().st_mode & 0o077 == 0


def test_two_objects_on_one_folder_are_the_same_locks(tmp_path: Path) -> None:
    one, other = FileLocks(tmp_path), FileLocks(tmp_path)
    with one.hold("name", "run-1"):
        assert other.is_held("name")
        with pytest.raises(LockTaken), other.hold("name", "run-2"):
            pass


def test_files_of_locks_that_nobody_holds_are_removed_and_held_ones_are_not(tmp_path: Path) -> None:
    locks = FileLocks(tmp_path)
    (tmp_path / "episode-dead.lock").write_text("a run that was killed")
    with locks.hold("episode-alive", "a run"):
        assert locks.sweep() == 1
        assert [path.name for path in tmp_path.iterdir()] == ["episode-alive.lock"]
        assert locks.is_held("episode-alive")
    with locks.hold("episode-dead", "its successor"):
        assert locks.is_held("episode-dead")


def test_a_lock_is_never_held_twice_while_files_are_removed(tmp_path: Path) -> None:
    """Who finds the file removed under its hands makes a new one."""
    over = threading.Event()

    def sweep() -> None:
        while not over.is_set():
            FileLocks(tmp_path).sweep()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    holders: list[str] = []

    def hold(name: str) -> None:
        for _ in range(100):
            try:
                with FileLocks(tmp_path).hold("episode", name):
                    holders.append(name)
                    assert holders == [name]
                    holders.remove(name)
            except LockTaken:
                pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hold, "abcd"))
    over.set()
    sweeper.join()
