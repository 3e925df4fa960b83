"""Migrations lead to the schema that the code speaks of, and several processes may run them at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ragtime_assets.corpus import migrations
from ragtime_assets.corpus.database import SCHEMA_VERSION, Database
from ragtime_assets.corpus.migrations import upgrade
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.schema import VERSION_TABLE, metadata
from ragtime_assets.errors import ConfigurationError, StoreUnavailable
from ragtime_assets_tests.processes import together

OPEN = """
import sys
from ragtime_assets.corpus.database import Database
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with database.reading() as connection:
    print(connection.exec_driver_sql("select count(*) from submissions").scalar())
database.close()
"""


def _is_ours(thing: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """The word indexes are made by hand, in each dialect's own way."""
    return not str(name).startswith(("passage_words", "ix_passages_words"))


def test_migrations_from_empty_make_exactly_the_schema(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.reading() as connection:
        options = {"compare_type": True, "include_object": _is_ours, "version_table": VERSION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    database.close()


def test_constraints_have_the_names_that_the_schema_gives_them(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    inspector = sa.inspect(database.engine)
    for table in metadata.sorted_tables:
        found = {one["name"] for one in inspector.get_unique_constraints(table.name)}
        wanted = {str(one.name) for one in table.constraints if isinstance(one, sa.UniqueConstraint)}
        assert found == wanted
        assert inspector.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
    database.close()


def test_the_newest_migration_is_the_version_that_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", next(iter(migrations.__path__)))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_VERSION]


def test_upgrading_what_is_up_to_date_changes_nothing(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    upgrade(database.engine)
    upgrade(database.engine)
    database.close()


def test_processes_that_come_together_find_one_schema(empty_database_url: str) -> None:
    assert together(OPEN, [(empty_database_url,)] * 4) == ["0"] * 4


def test_postgres_looks_words_up_in_its_index(postgres_url: str) -> None:
    database, asked = Database(postgres_url), []
    listen = (database.engine, "before_cursor_execute", lambda *heard: asked.append(heard[2:4]))
    sa.event.listen(*listen)
    SqlPassages(database).matching_words("Café", 1, {})
    sa.event.remove(*listen)
    with database.reading() as connection:
        connection.exec_driver_sql("set local enable_seqscan = off")
        statement, parameters = asked[-1]
        plan = connection.exec_driver_sql(f"explain {statement}", parameters).scalars().all()
    assert any("ix_passages_words" in line for line in plan), plan
    database.close()


def test_an_unknown_kind_of_database_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigurationError, match="RAGTIME_DATABASE_URL"):
        assert Database("oracle+nothing://host/name").engine


def test_a_file_that_is_no_database_is_named(tmp_path) -> None:
    (tmp_path / "corpus.sqlite").write_bytes(b"this is not a database, whatever its name says" * 100)
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    with pytest.raises(StoreUnavailable, match=r"corpus\.sqlite"):
        assert database.engine
