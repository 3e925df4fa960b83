"""How transactions begin and end, on both databases."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import service_turns
from ragtime_assets.errors import ConfigurationError


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    database = Database(request.getfixturevalue(request.param))
    yield database
    database.close()


def test_what_only_reads_holds_no_transaction_open_on_postgres(postgres_url: str) -> None:
    """There `now()` is the moment at which the transaction began."""
    database = Database(postgres_url)
    with database.reading() as reading:
        read = [reading.execute(sa.select(sa.func.now())).scalar_one() for _ in range(2)]
    with database.writing() as writing:
        written = [writing.execute(sa.select(sa.func.now())).scalar_one() for _ in range(2)]
    database.close()
    assert read[0] < read[1]
    assert written[0] == written[1]


def test_a_write_after_a_read_is_all_or_nothing(database: Database) -> None:
    """They take turns on one connection, which a read leaves as it was."""
    with database.reading() as connection:
        assert connection.execute(sa.select(service_turns)).all() == []
    with pytest.raises(IntegrityError), database.writing() as connection:
        _insert_twice(connection)
    with database.reading() as connection:
        assert connection.execute(sa.select(service_turns)).all() == []


def _insert_twice(connection: sa.Connection) -> None:
    for _ in range(2):
        connection.execute(sa.insert(service_turns), {"service": "a", "free_at": 1.0})


def test_a_database_in_a_folder_that_may_not_be_written_to_is_named_with_its_remedy(
    sqlite_url: str,
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    folder = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp", f"ragtime-kept-{os.getpid()}")
    folder.mkdir()
    try:
        shutil.copy(file, folder / "corpus.sqlite")
        (folder / "corpus.sqlite").chmod(0o444)
        folder.chmod(0o555)
        database = Database(f"sqlite:///{folder / 'corpus.sqlite'}")
        with as_nobody(), pytest.raises(ConfigurationError) as refused, database.writing() as connection:
            connection.execute(sa.insert(service_turns), {"service": "a", "free_at": 1.0})
        database.close()
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
    assert str(folder) in refused.value.message
    assert "RAGTIME_HOME" in refused.value.remedy


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user whom the system refuses what is not theirs; root is refused nothing."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)
