"""How transactions begin and end, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import service_turns


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
