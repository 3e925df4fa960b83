"""A run keeps its connections to Dagster's Postgres, and a server that drops them costs it nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from ragtime_assets.orchestration.care.dagster_gaps import connections_kept
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings

POSTGRES = Path(__file__).parents[2] / "deploy" / "dagster-postgres.yaml"
END_THE_OTHERS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.fixture
def settings(tmp_path: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", empty_postgres_url)
    (tmp_path / "home" / "dagster").mkdir(parents=True)
    shutil.copy(POSTGRES, tmp_path / "home" / "dagster" / "dagster.yaml")
    return Settings(home=tmp_path / "home")


def note(instance: dg.DagsterInstance) -> None:
    tags = {"dagster/data_version": "1"}
    instance.report_runless_asset_event(dg.AssetMaterialization("chunks", partition="one", tags=tags))
    assert instance.get_runs_count() == 0


def test_no_event_but_the_first_opens_a_connection(settings: Settings) -> None:
    opened: list[object] = []

    def count(*about: object) -> None:
        opened.append(about)

    event.listen(sa.Engine, "do_connect", count)
    try:
        with open_instance(settings) as instance, connections_kept(instance):
            note(instance)
            assert opened
            opened.clear()
            note(instance)
            assert opened == []
    finally:
        event.remove(sa.Engine, "do_connect", count)


def test_connections_that_the_server_dropped_are_made_anew(settings: Settings, empty_postgres_url: str) -> None:
    server = sa.create_engine(empty_postgres_url, poolclass=sa.NullPool)
    with open_instance(settings) as instance:
        with connections_kept(instance):
            note(instance)
            with server.connect() as connection:
                assert len(connection.exec_driver_sql(END_THE_OTHERS).all()) >= 2
            note(instance)
        note(instance)
        found = instance.fetch_materializations(dg.AssetKey("chunks"), limit=10).records
        assert len(found) == 3
