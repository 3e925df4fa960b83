"""A correction and the request that follows it are written together, or neither is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ragtime_assets.corpus.corrections import SqlCorrections
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.name_rules import SqlNameRules, Touched
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.corpus.schema import corrections, entity_corrections, name_rules, requests
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.domain.episode.corrections import checked_corrections
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets_tests.corpus.names import KIN, PEOPLE, linked

FULL = "create trigger no_room before insert on requests begin select raise(abort, 'no room'); end"
AGAIN = ("entity_links", "search_index", "episode_report")


def links(database: Database, key: str) -> None:
    SqlEntities(database, KIN, PEOPLE).correct(
        lambda people: people.unlink("Django", key, None, replace=False), "ann", AGAIN
    )


def teaches(database: Database, key: str) -> None:
    SqlNameRules(database).teach("Van Geller", "Van Gelder", "ann", Touched([key], AGAIN))


def edits(database: Database, key: str) -> None:
    SqlCorrections(database).correct(key, checked_corrections({"title": "Another"}), "ann", again=AGAIN)


@pytest.mark.parametrize(
    ("does", "table"),
    [(links, entity_corrections), (teaches, name_rules), (edits, corrections)],
    ids=["links", "teaches", "edits"],
)
def test_a_correction_whose_request_cannot_be_written_is_not_made(
    sqlite_url: str, does: Callable[[Database, str], None], table: sa.Table
) -> None:
    database = Database(sqlite_url)
    (receipt,) = Submissions(database).submit([page_submission("https://show.example/one")], by="ann")
    linked(SqlEntityRegistry(database, PEOPLE), "Django", key=receipt.key)
    with database.writing() as connection:
        connection.exec_driver_sql(FULL)
    with pytest.raises(IntegrityError, match="no room"):
        does(database, receipt.key)
    assert rows(database, table) == 0
    with database.writing() as connection:
        connection.exec_driver_sql("drop trigger no_room")
    does(database, receipt.key)
    assert rows(database, table) == 1
    assert rows(database, requests) == 2
    database.close()


def rows(database: Database, table: sa.Table) -> int:
    with database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
