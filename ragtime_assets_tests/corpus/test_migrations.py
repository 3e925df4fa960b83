"""Migrations lead to the schema that the code speaks of, and several processes may run them at once."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from ragtime_assets.corpus import migrations
from ragtime_assets.corpus.database import SCHEMA_VERSION, Database
from ragtime_assets.corpus.ledger import SqlLedger
from ragtime_assets.corpus.migrations import migrating, upgrade
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.corpus.schema import VERSION_TABLE, metadata
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.money.spending import Budget, Payer, PlannedCall
from ragtime_assets.domain.points import Filters
from ragtime_assets.errors import BudgetSpent, ConfigurationError, PermanentError, StoreUnavailable
from ragtime_assets_tests.corpus.rows import passage
from ragtime_assets_tests.kills import killed_at
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
OF_SOME_ROWS = {"uq_submissions_identity_live": "forgotten_at IS NULL", "ix_entity_decisions_later": "later"}
"""Indexes, and the condition of their rows."""
HAND_MADE = (
    "passage_words", "document", "ix_passages_words", "entity_name_trigram", "ix_entity_names_trigrams", *OF_SOME_ROWS,
)  # fmt: skip


BECAME = {"entity_mentions": "entity_decisions"}
"""What had no sentence and no second of its own, before there was a registry, is kept as what a name meant."""


def migrated(url: str) -> Database:
    """A database that `ragtime up` or `ragtime migrate` brought to the present schema."""
    database = Database(url)
    database.migrate()
    return database


def _is_ours(thing: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """The indexes of words and trigrams, and what they are made of, are made by hand, in each dialect's own way."""
    return not str(name).startswith(HAND_MADE)


def test_migrations_from_empty_make_exactly_the_schema(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.reading() as connection:
        options = {"compare_type": True, "include_object": _is_ours, "version_table": VERSION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    database.close()


def test_some_indexes_are_of_some_rows_only(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    inspector = sa.inspect(database.engine)
    indexes = [one for table in ("submissions", "entity_decisions") for one in inspector.get_indexes(table)]
    conditions = {
        one["name"]: str(where).strip("()")
        for one in indexes
        for name, where in one.get("dialect_options", {}).items()
        if name.endswith("_where")
    }
    assert conditions == OF_SOME_ROWS
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


def test_an_upgrade_from_the_first_schema_keeps_every_row(empty_database_url: str) -> None:
    old = Database(empty_database_url)
    engine = old.bare_engine()
    upgrade(engine, "0001")
    first = _tables(engine)
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        for table in first:
            connection.execute(sa.insert(table), [_row(table, number) for number in (1, 2)])
    before = _rows(engine, first)
    engine.dispose()
    new = migrated(empty_database_url)
    assert len(first) == 8
    assert {len(rows) for rows in before.values()} == {2}
    same = [table for table in first if not table.name.startswith("entit")]
    assert _rows(new.engine, same) == {table.name: before[table.name] for table in same}
    assert {table.name for table in _tables(new.engine)} == set(metadata.tables)
    assert SqlPassages(new).matching(SqlPassages(new).weighed("text1"), 5), "the word index holds them too"
    new.close()


def test_every_released_schema_leads_to_the_present_one_with_what_is_in_it(empty_database_url: str) -> None:
    """At each version rows are written into every table; each row goes through all migrations that follow."""
    database = Database(empty_database_url)
    engine, written = database.bare_engine(), dict[str, int]()
    for number, version in enumerate(_versions()[:-1], start=1):
        upgrade(engine, version)
        with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
            for table in _tables(engine):
                connection.execute(sa.insert(table), [_row(table, number)])
                written[table.name] = written.get(table.name, 0) + 1
    engine.dispose()
    database.migrate()
    found = {table.name: len(_all_rows(database, table)) for table in _tables(database.engine)}
    kept = {name: found[name] + found.get(BECAME.get(name, ""), 0) for name in written}
    assert [name for name, count in written.items() if kept[name] < count] == []
    database.close()


def test_only_a_migration_changes_the_schema(empty_database_url: str) -> None:
    engine = Database(empty_database_url).bare_engine()
    upgrade(engine, "0012")
    client = Database(empty_database_url)
    with pytest.raises(ConfigurationError, match=f"version 0012; .* works with {SCHEMA_VERSION}") as caught:
        assert client.engine
    assert "ragtime migrate" in caught.value.remedy
    assert client.version() == "0012"
    assert client.migrate() == "0012"
    assert client.migrate() == SCHEMA_VERSION
    with client.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from corpus").scalar_one() == 1
    client.close()
    engine.dispose()


def test_a_migration_that_is_killed_changes_nothing_and_the_next_one_does_it_all(empty_database_url: str) -> None:
    engine = Database(empty_database_url).bare_engine()
    upgrade(engine, "0001")
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        for table in _tables(engine):
            connection.execute(sa.insert(table), [_row(table, 1)])
    engine.dispose()
    assert killed_at("upgrade", "0013_vector_collections_py", lambda: Database(empty_database_url).migrate())
    database = Database(empty_database_url)
    assert database.version() == "0001"
    assert database.migrate() == "0001"
    assert database.version() == SCHEMA_VERSION
    database.close()


def test_passages_of_before_are_found_by_stem_speaker_and_entity(empty_database_url: str) -> None:
    old = Database(empty_database_url)
    engine = old.bare_engine()
    upgrade(engine, "0009")
    before = {table.name: table for table in _tables(engine)}
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        for name in ("entities", "entity_mentions", "entity_decisions", "passages"):
            row = _row(before[name], 1) | BEFORE.get(name, {})
            connection.execute(sa.insert(before[name]), [row])
    engine.dispose()
    new = migrated(empty_database_url)
    table = SqlPassages(new)
    (found,) = table.matching(
        table.weighed("playing violin"), 5, Filters(speaker="Ann", entity="e1", entity_type="musician")
    )
    assert table.named([found.name])[found.name].entity_ids == ("e1",)
    assert table.matching(table.weighed("bridge"), 5), "by its title"
    assert not table.matching(table.weighed("violin"), 5, Filters(speaker="Bob"))
    table.keep_only("one", frozenset())
    assert not table.matching(table.weighed("violin"), 5)
    new.close()


BEFORE: dict[str, dict[str, Any]] = {
    "entities": {"id": "e1", "type": "musician", "merged_into": None},
    "entity_mentions": {"key": "one", "type": "musician", "name": "Ann", "chunk": 0},
    "entity_decisions": {"key": "one", "type": "musician", "name": "Ann", "entity_id": "e1", "decided_by": "rule"},
    "passages": {
        "episode_key": "one",
        "position": 0,
        "text": "They played violins.",
        "episode_title": "The bridges",
        "language": "en",
        "speakers": ["Ann", "Cy"],
    },
}


def test_a_migration_may_make_a_table_anew_that_others_refer_to(empty_database_url: str) -> None:
    """SQLite changes most things of a table only so, and refuses to drop the old one while foreign keys are on."""
    database = Database(empty_database_url)
    filled = [table for table in _tables(database.engine) if table.name in ("submissions", "requests")]
    with database.writing() as connection:
        for table in filled:
            connection.execute(sa.insert(table), [_row(table, number) for number in (1, 2)])
    before = _rows(database.engine, filled)
    with migrating(database.engine) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("submissions", recreate="auto") as table:
            table.add_column(sa.Column("mood", sa.Text, nullable=False, server_default="calm"))
            table.alter_column("url", type_=sa.String(500))
    assert _rows(database.engine, filled) == before
    with pytest.raises(sa.exc.IntegrityError), database.writing() as connection:
        connection.exec_driver_sql("update requests set submission_id = 99")
    database.close()


def test_a_migration_that_leaves_rows_referring_to_nothing_changes_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    filled = [table for table in _tables(database.engine) if table.name in ("submissions", "requests")]
    with database.writing() as connection:
        for table in filled:
            connection.execute(sa.insert(table), [_row(table, 1)])
    before = _rows(database.engine, filled)
    with pytest.raises(PermanentError, match="requests to submissions"), migrating(database.engine) as connection:
        connection.exec_driver_sql("delete from submissions")
    assert _rows(database.engine, filled) == before
    database.close()


def test_an_upgrade_adds_up_what_was_called_before_there_were_running_sums(empty_database_url: str) -> None:
    old = Database(empty_database_url)
    engine = old.bare_engine()
    upgrade(engine, "0003")
    (calls,) = [table for table in _tables(engine) if table.name == "model_calls"]
    spent = {"charge": 600_000_000, "day": datetime.now(UTC).date(), "phase": "summary"}
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        connection.execute(
            sa.insert(calls), [_row(calls, n) | spent | {"key": key} for n, key in ((1, "one"), (2, None))]
        )
    engine.dispose()
    database = migrated(empty_database_url)
    call = PlannedCall(Payer("one", "entities", "run"), "names", "c1", "openai", "gpt", charge=Decimal("0.5"))
    for budget, told in (
        (Budget(per_episode=Decimal(1)), r"after \$0\.60 for summary \$0\.60: .*PER_EPISODE"),
        (Budget(per_day=Decimal("1.5")), r"after \$1\.20 for summary \$1\.20: .*PER_DAY"),
    ):
        with pytest.raises(BudgetSpent, match=told):
            SqlLedger(database, budget).open(call)
    database.close()


def test_an_upgrade_makes_one_registry_of_the_entities_of_before(empty_database_url: str) -> None:
    old = Database(empty_database_url)
    engine = old.bare_engine()
    upgrade(engine, "0006")
    tables = {table.name: table for table in _tables(engine)}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    rows = {
        "entities": [
            {"id": one, "type": "musician", "name": name, "mbid": mbid, "qid": None, "created_at": at}
            for one, name, mbid in (
                ("a", "The Beatles", None),
                ("b", "Beatles", None),
                ("c", "Bill Evans", "0fbd0f4e-0000-4a4e-8b1c-6f3f3f3f3f3f"),
                ("d", "x" * 2_000, None),
            )
        ],
        "entity_names": [
            {"type": "musician", "folded": name.lower(), "entity_id": one, "name": name, "is_alias": is_alias}
            for one, name, is_alias in (
                ("a", "The Beatles", False),
                ("b", "Beatles", False),
                ("c", "Bill Evans", False),
                ("c", "William Evans", True),
                ("d", "x" * 2_000, False),
            )
        ],
        "entity_mentions": [
            {"key": "one", "entity_id": one, "mentions": count} for one, count in (("a", 2), ("b", 1), ("c", 3))
        ],
    }
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        for name, some in rows.items():
            connection.execute(sa.insert(tables[name]), some)
    engine.dispose()
    database = migrated(empty_database_url)
    wanted = {Name("musician", name): {"musician"} for name in ("Beatles", "the beatles", "Evans, William", "Evans")}
    found = SqlEntityRegistry(database).candidates("two", wanted)
    assert {name.name: [one.entity_id for one in some.candidates] for name, some in found.items()} == {
        "Beatles": ["a"],
        "the beatles": ["a"],
        "Evans, William": ["c"],
        "Evans": ["c"],
    }
    people = SqlEntities(database, {})
    assert [{said.key for said in people.show(one).sayings} for one in ("a", "c")] == [{"one"}] * 2
    assert people.correct(lambda registry: registry.unmerge("b"), "ann").episodes == ("one",)
    assert people.show("b").entity.name == "Beatles"
    database.close()


def test_an_upgrade_finds_the_episodes_of_before_by_name_and_by_whom_a_name_may_mean(empty_database_url: str) -> None:
    old = Database(empty_database_url)
    engine = old.bare_engine()
    upgrade(engine, "0009")
    tables = {table.name: table for table in _tables(engine)}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    entity = {"type": "musician", "disambiguation": "", "related": [], "qid_status": "pending", "qid_tries": 0}
    named = [{"id": one, "name": name, "created_at": at} for one, name in (("a", "Bill Evans"), ("b", "Gil Evans"))]
    offered = [{"entity": {"entity_id": one, "type": "musician", "name": "Evans"}, "score": 0.6} for one in ("a", "x")]
    decision = {"type": "musician", "reason": "several_fit", "sentence": "", "evidence": [], "decided_by": "rule"}
    decision |= {"engine": "rules 1", "decided_at": at, "mentions": 1, "later": False}
    said = [
        {"key": "one", "name": "Evans, Bill", "outcome": "ambiguous", "candidates": offered},
        {"key": "two", "name": "Miles Davis", "outcome": "unknown", "candidates": []},
    ]
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        connection.execute(sa.insert(tables["entities"]), [entity | one for one in named])
        connection.execute(sa.insert(tables["entity_decisions"]), [decision | one for one in said])
    engine.dispose()
    database = migrated(empty_database_url)
    people = SqlEntities(database, {"musician": frozenset({"musician"})})
    assert people.preview(lambda registry: registry.merge("a", "b"), "ann").episodes == ("one",)
    assert people.preview(lambda registry: registry.add_alias("b", "miles  davis"), "ann").episodes == ("two",)
    database.close()


def test_no_name_waits_to_come_into_the_index_of_trigrams(empty_postgres_url: str) -> None:
    """Every search reads what waits there: a few hundred names made it twice as slow."""
    database = migrated(empty_postgres_url)
    options = "select reloptions from pg_class where relname = 'ix_entity_names_trigrams'"
    with database.reading() as connection:
        assert connection.exec_driver_sql(options).scalars().all() == [["fastupdate=off"]]
    database.close()


def test_a_postgres_that_forbids_the_extension_of_trigrams_says_who_can_help(empty_postgres_url: str) -> None:
    role = f"guest_{uuid.uuid4().hex[:8]}"
    owner = sa.create_engine(empty_postgres_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.exec_driver_sql(f"create role {role} login password 'guest'")
        connection.exec_driver_sql(f"grant usage, create on schema public to {role}")
        connection.exec_driver_sql(f"revoke create on database {owner.url.database} from public")
    url = sa.make_url(empty_postgres_url).set(username=role, password="guest")  # noqa: S106 - a role of this test
    database = Database(url.render_as_string(hide_password=False))
    with pytest.raises(ConfigurationError, match="pg_trgm") as caught:
        assert database.engine
    assert "CREATE EXTENSION pg_trgm" in caught.value.remedy
    with owner.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.exec_driver_sql("create extension pg_trgm")
    allowed = Database(url.render_as_string(hide_password=False))
    assert sa.inspect(allowed.engine).has_table("entities")
    allowed.close()
    with owner.connect() as connection:
        connection.exec_driver_sql(f"drop owned by {role} cascade")
        connection.exec_driver_sql(f"drop role {role}")
    owner.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.writing() as connection:
        connection.exec_driver_sql(f"update {VERSION_TABLE} set version_num = '9999'")
    database.close()
    newer = Database(empty_database_url)
    with pytest.raises(ConfigurationError, match=f"version 9999; .* up to {SCHEMA_VERSION}") as caught:
        assert newer.engine
    assert "Upgrade ragtime-assets" in caught.value.remedy
    with newer.bare_engine().connect() as connection:
        assert connection.exec_driver_sql(f"select version_num from {VERSION_TABLE}").scalars().all() == ["9999"]


def test_processes_that_come_together_find_one_schema(empty_database_url: str) -> None:
    assert together(OPEN, [(empty_database_url,)] * 4) == ["0"] * 4


def test_postgres_looks_words_up_in_its_index(postgres_url: str) -> None:
    database, asked = Database(postgres_url), list[Any]()
    SqlPassages(database).add("one", [passage("d1", "In the Café.")])
    listen = (database.engine, "before_cursor_execute", lambda *heard: asked.append(heard[2:4]))
    sa.event.listen(*listen)
    assert SqlPassages(database).matching(SqlPassages(database).weighed("Café"), 1)
    sa.event.remove(*listen)
    with database.writing() as connection:
        connection.exec_driver_sql("set local enable_seqscan = off")
        statement, parameters = next(one for one in asked if "ts_rank" in one[0])
        plan = connection.exec_driver_sql(f"explain {statement}", parameters).scalars().all()
    assert any("ix_passages_words" in line for line in plan), plan
    database.close()


def test_an_unknown_kind_of_database_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigurationError, match="RAGTIME_DATABASE_URL"):
        assert Database("oracle+nothing://host/name").engine


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg2://u:hunter2@host:port/db", "hunter2", "postgresql://u:x@h:hunter2@/"]
)
def test_a_url_that_cannot_be_read_is_a_wrong_setting_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="RAGTIME_DATABASE_URL") as caught:
        Database(url)
    assert "postgresql://USER:PASSWORD@HOST:PORT/DATABASE" in caught.value.remedy
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_option_that_postgres_does_not_know_is_a_wrong_setting(postgres_url: str) -> None:
    database = Database(f"{postgres_url}{'&' if '?' in postgres_url else '?'}nonsense=1&password=hunter2")
    with pytest.raises(ConfigurationError, match='invalid connection option "nonsense"') as caught:
        assert database.engine
    assert "RAGTIME_DATABASE_URL" in caught.value.remedy
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path) -> None:
    (tmp_path / "corpus.sqlite").write_bytes(b"this is not a database, whatever its name says" * 100)
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    with pytest.raises(StoreUnavailable, match=r"corpus\.sqlite"):
        assert database.engine


def _versions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", next(iter(migrations.__path__)))
    return [one.revision for one in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def _all_rows(database: Database, table: sa.Table) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(table)))


def _tables(engine: sa.Engine) -> list[sa.Table]:
    """The tables that are there, in an order in which rows may be added; not the word index and the version."""
    found = sa.MetaData()
    found.reflect(engine, only=lambda name, _: not name.startswith((*HAND_MADE, VERSION_TABLE)))
    return found.sorted_tables


def _row(table: sa.Table, number: int) -> dict[str, Any]:
    """A row in which every column says something; what refers to other tables refers to their row of this number."""
    given = [column for column in table.columns if column.computed is None]
    told = {column.name: next((key.column.name for key in column.foreign_keys), column.name) for column in given}
    return {column.name: _value(column.type, told[column.name], number) for column in given}


def _value(kind: sa.types.TypeEngine[Any], name: str, number: int) -> Any:
    if isinstance(kind, sa.JSON):
        return [f"ä{number}"]
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 1, number, tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date(2026, 1, number)
    if isinstance(kind, sa.LargeBinary):
        return bytes([number])
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer | sa.Float):
        return number
    text = "id" if name.endswith("id") else name
    length = getattr(kind, "length", None)
    return f"{text[: length - len(str(number))] if length else text}{number}"


def _rows(engine: sa.Engine, tables: list[sa.Table]) -> dict[str, list[Any]]:
    """What is in the columns of these tables."""
    with engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(sa.select(*table.columns)))) for table in tables}


def test_who_only_reads_waits_less_for_a_locked_database_than_who_writes(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/corpus.sqlite", busy_seconds=30, read_seconds=1.5)
    waits: list[int] = []
    for transaction in (database.reading, database.writing, database.reading):
        with transaction() as connection:
            connection.execute(sa.select(1))
            waits.append(connection.exec_driver_sql("pragma busy_timeout").scalar_one())
    database.close()
    assert waits == [1_500, 30_000, 1_500]


def test_a_file_database_waits_for_others_and_lets_no_row_refer_to_what_is_not_there(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    with database.reading() as connection:
        told = [connection.exec_driver_sql(f"pragma {name}").scalar_one() for name in ("foreign_keys", "busy_timeout")]
    database.close()
    assert told[0] == 1
    assert told[1] > 0
