"""A reset removes this corpus, and nothing that others have on the same machine or server."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from ragtime_assets.corpus.schema import metadata
from ragtime_assets.errors import EpisodeBusy
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.resetting import extent, reset
from ragtime_assets.orchestration.resting import at_rest
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.house import CAPTIONED, House


def test_nothing_of_the_corpus_is_left_and_it_can_be_begun_again(house: House, ready: str) -> None:
    found = extent(house.studio)
    assert (found.episodes, found.collections, found.runs) == (1, 1, 1)
    reset(house.studio)
    after = Studio(house.studio.settings)
    assert extent(after).lines().__next__() == "0 episodes and 0 feeds, with their tables"
    assert (extent(after).artifacts, extent(after).blobs, extent(after).collections, extent(after).runs) == (0, 0, 0, 0)
    assert house.instance.get_dynamic_partitions("episodes") == []
    assert house.instance.get_materialized_partitions(dg.AssetKey("transcript")) == set()
    assert after.index.strays() == []
    (key,) = house.submit(CAPTIONED.page)
    assert key == ready, "it is another corpus, so the key is free"


def test_runs_assets_and_partitions_of_other_code_locations_stay(house: House, ready: str) -> None:
    @dg.asset
    def theirs() -> None: ...

    other = dg.Definitions(assets=[theirs], jobs=[dg.define_asset_job("their_job", [theirs])])
    ran = other.resolve_job_def("their_job").execute_in_process(instance=house.instance)
    house.instance.add_dynamic_partitions("their_partitions", ["one"])
    reset(house.studio)
    assert [run.run_id for run in house.instance.get_runs()] == [ran.run_id]
    assert house.instance.get_latest_materialization_event(dg.AssetKey("theirs")) is not None
    assert house.instance.get_dynamic_partitions("their_partitions") == ["one"]


def test_tables_of_others_in_the_same_database_stay(postgres_url: str, tmp_path: Path) -> None:
    """MusicBrainz among them: its tables lie in a schema of their own, or beside ours."""
    studio = Studio(Settings(home=tmp_path / "home", database_url=SecretStr(postgres_url)))
    with studio.database.writing() as connection:
        connection.exec_driver_sql("create schema musicbrainz")
        connection.exec_driver_sql("create table musicbrainz.artist (id integer)")
        connection.exec_driver_sql("create table artist_of_somebody (id integer)")
        connection.exec_driver_sql("create table musicbrainz.entities (id integer)")
    reset(studio)
    with studio.database.bare_engine().connect() as connection:
        inspector = sa.inspect(connection)
        assert inspector.get_table_names() == ["artist_of_somebody"]
        assert set(inspector.get_table_names(schema="musicbrainz")) == {"artist", "entities"}
    with studio.database.reading():
        assert set(sa.inspect(studio.database.engine).get_table_names()) > set(metadata.tables)
    studio.database.close()


def test_files_of_others_beside_the_artifacts_stay(house: House, ready: str) -> None:
    root = house.studio.settings.root / "store"
    (root / "notes.txt").write_text("mine")
    (root / "blobs" / "README").write_text("mine")
    reset(house.studio)
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["README", "notes.txt"]


def test_a_corpus_that_is_worked_on_is_not_reset(house: House, ready: str) -> None:
    refused = pytest.raises(EpisodeBusy, match="ragtime up works")
    with house.studio.locks.hold("up", "ragtime up"), refused, at_rest(house.studio, "ragtime reset"):
        pass
    run = house.instance.create_run_for_job(
        house.definitions.resolve_job_def("ingest_episode"), status=dg.DagsterRunStatus.NOT_STARTED
    )
    with pytest.raises(EpisodeBusy, match=run.run_id), at_rest(house.studio, "ragtime reset"):
        pass
    with open_instance(house.studio.settings) as instance:
        assert instance.get_run_by_id(run.run_id) is not None
