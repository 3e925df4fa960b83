"""What stands between us and Postgres: a real PgBouncer, in the mode that we can use and in the one that we cannot."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.locks import PostgresLocks
from ragtime_assets.corpus.poolers import refuse_transaction_pooling
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.ports import LockTaken
from ragtime_assets_tests.pgbouncer import pooled


@pytest.mark.parametrize("more", ["", "server_round_robin = 1\nmin_pool_size = 3"], ids=["newest first", "in turn"])
def test_a_pooler_that_gives_each_transaction_another_session_is_refused(postgres_url: str, more: str) -> None:
    with pooled(postgres_url, "transaction", more) as url:
        database = Database(url)
        with pytest.raises(ConfigurationError, match="pool_mode=transaction") as caught, database.reading():
            pass
    assert "RAGTIME_DATABASE_URL" in caught.value.remedy


def test_a_pooler_that_keeps_sessions_is_as_good_as_the_server(postgres_url: str) -> None:
    with pooled(postgres_url, "session") as url:
        database = Database(url)
        with database.reading() as connection:
            assert connection.execute(sa.select(1)).scalar() == 1
        with PostgresLocks(database).hold("episode", "run 1"), pytest.raises(LockTaken):
            PostgresLocks(Database(postgres_url)).hold("episode", "run 2").__enter__()
        database.close()


def test_the_server_itself_is_asked_once(postgres_url: str) -> None:
    asked: list[str] = []
    database = Database(postgres_url)
    engine = database.bare_engine()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    refuse_transaction_pooling(engine, "here")
    assert sum("pg_backend_pid" in one for one in asked) == 1
    engine.dispose()
