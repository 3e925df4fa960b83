"""A run keeps its connections to Dagster's storage, and a server that drops them costs it nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster_postgres.event_log import event_log
from dagster_postgres.run_storage import run_storage
from dagster_postgres.schedule_storage import schedule_storage
from sqlalchemy import event
from sqlalchemy.sql.compiler import SQLCompiler

from ragtime_assets.orchestration.care.kept_connections import (
    connections_kept,
    connections_to_a_server_kept,
    connections_to_a_server_shared,
)
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings

POSTGRES = Path(__file__).parents[2] / "deploy" / "dagster-postgres.yaml"
END_THE_OTHERS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.fixture
def on_postgres(tmp_path: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", empty_postgres_url)
    (tmp_path / "home" / "dagster").mkdir(parents=True)
    shutil.copy(POSTGRES, tmp_path / "home" / "dagster" / "dagster.yaml")
    return Settings(home=tmp_path / "home")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "postgres":
        return request.getfixturevalue("on_postgres")
    return Settings(home=tmp_path / "home")


def note(instance: dg.DagsterInstance) -> None:
    tags = {"dagster/data_version": "1"}
    instance.report_runless_asset_event(dg.AssetMaterialization("chunks", partition="one", tags=tags))
    assert instance.get_runs_count() == 0


def noted(instance: dg.DagsterInstance) -> int:
    return len(instance.fetch_materializations(dg.AssetKey("chunks"), limit=10).records)


@contextmanager
def connections() -> Iterator[list[object]]:
    """Those that are opened while the context is."""
    opened: list[object] = []

    def count(*about: object) -> None:
        opened.append(about)

    event.listen(sa.Engine, "do_connect", count)
    try:
        yield opened
    finally:
        event.remove(sa.Engine, "do_connect", count)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What databases are told while the context is open."""
    said: list[str] = []

    def note_down(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note_down)
    try:
        yield said
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note_down)


def test_no_event_but_the_first_opens_a_connection(settings: Settings) -> None:
    with connections() as opened, open_instance(settings) as instance, connections_kept(instance):
        note(instance)
        assert opened
        opened.clear()
        note(instance)
        assert opened == []


def test_which_tables_there_are_is_not_asked_with_every_event(settings: Settings) -> None:
    with open_instance(settings) as instance, connections_kept(instance):
        note(instance)
        with statements() as said:
            note(instance)
    assert any("INSERT INTO event_logs" in one for one in said)
    assert not [one for one in said if "pg_catalog" in one or one.startswith("PRAGMA main.table_info(")]


def test_whether_an_episode_has_its_partition_is_asked_until_it_has(settings: Settings) -> None:
    with open_instance(settings) as instance, connections_kept(instance):
        assert not instance.has_dynamic_partition("episodes", "one")
        instance.add_dynamic_partitions("episodes", ["one"])
        assert instance.has_dynamic_partition("episodes", "one")
        with statements() as said:
            assert instance.has_dynamic_partition("episodes", "one")
            assert not instance.has_dynamic_partition("episodes", "another")
    assert len([one for one in said if "FROM dynamic_partitions" in one]) == 1


def test_nothing_that_is_asked_of_a_file_again_is_compiled_again(tmp_path: Path) -> None:
    with open_instance(Settings(home=tmp_path / "home")) as instance:
        ask(instance)
        with compilations() as compiled:
            ask(instance)
    assert compiled == []


def ask(instance: dg.DagsterInstance) -> None:
    """Something of each of the three parts of the storage."""
    instance.get_runs_count()
    instance.all_instigator_state()
    noted(instance)


@contextmanager
def compilations() -> Iterator[list[object]]:
    """The statements that are compiled while the context is open."""
    compiled: list[object] = []
    before = SQLCompiler.__init__

    def noting(self: SQLCompiler, dialect: Any, statement: Any, *more: Any, **how: Any) -> None:
        compiled.append(statement)
        before(self, dialect, statement, *more, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "__init__", noting)
        yield compiled


def test_threads_of_a_daemon_open_no_connection_for_each_thing_that_they_read(on_postgres: Settings) -> None:
    def look() -> None:
        instance.all_instigator_state()
        instance.get_run_records(limit=1)
        note(instance)

    with connections() as opened, open_instance(on_postgres) as instance, connections_to_a_server_kept(instance):
        with ThreadPoolExecutor(1) as one:
            one.submit(look).result()
            opened.clear()
        with ThreadPoolExecutor(1) as another:
            another.submit(look).result()
        assert opened == []


def test_a_daemon_asks_once_which_tables_there_are(settings: Settings) -> None:
    with open_instance(settings) as instance, connections_to_a_server_kept(instance):
        instance.all_instigator_state()
        with statements() as said:
            instance.all_instigator_state()
    assert [one for one in said if "FROM instigators" in one]
    assert not [
        one for one in said if "pg_catalog.pg_class" in one or "sqlite_master" in one or "secondary_indexes" in one
    ]


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the process of a code location."""
    for module in (event_log, run_storage, schedule_storage):
        monkeypatch.setattr(module, "create_pg_engine", module.create_pg_engine)
    connections_to_a_server_shared()


@pytest.mark.usefixtures("shared")
def test_a_code_location_that_opens_the_storage_with_each_tick_opens_no_connection_for_it(
    on_postgres: Settings, empty_postgres_url: str
) -> None:
    def tick() -> int:
        with dg.DagsterInstance.from_ref(ref) as instance, connections_kept(instance):
            instance.all_instigator_state()
            note(instance)
            return noted(instance)

    with open_instance(on_postgres) as instance:
        ref = instance.get_ref()
    assert tick() == 1
    with connections() as opened:
        assert tick() == 2
    assert opened == []
    server = sa.create_engine(empty_postgres_url, poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(END_THE_OTHERS)
    assert tick() == 3, "those that the server dropped are made anew"


def test_who_keeps_connections_inside_another_who_does_leaves_those_kept(settings: Settings) -> None:
    with connections() as opened, open_instance(settings) as instance:
        with connections_kept(instance):
            note(instance)
            with connections_kept(instance):
                note(instance)
            opened.clear()
            note(instance)
            assert opened == []
        note(instance)
        assert noted(instance) == 4


def test_what_a_run_writes_is_seen_by_others_at_once_and_it_sees_what_they_write(settings: Settings) -> None:
    with open_instance(settings) as other, open_instance(settings) as instance, connections_kept(instance):
        for count in (1, 3, 5):
            note(instance)
            assert noted(other) == count
            note(other)
            assert noted(instance) == count + 1


def test_connections_that_the_server_dropped_are_made_anew(on_postgres: Settings, empty_postgres_url: str) -> None:
    server = sa.create_engine(empty_postgres_url, poolclass=sa.NullPool)
    with open_instance(on_postgres) as instance:
        with connections_kept(instance):
            note(instance)
            with server.connect() as connection:
                assert len(connection.exec_driver_sql(END_THE_OTHERS).all()) >= 2
            note(instance)
        note(instance)
        assert noted(instance) == 3
