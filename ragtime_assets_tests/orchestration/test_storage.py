"""Dagster's own folder: made once however many come together, mended, brought up to date, named when it is gone."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.events import DagsterEventType
from dagster._core.test_utils import create_run_for_test, freeze_time
from dagster._daemon.monitoring.run_monitoring import monitor_starting_run

from ragtime_assets.errors import ConfigurationError, HistoryUnreachable, StoreUnavailable
from ragtime_assets.orchestration import instance as storage
from ragtime_assets.orchestration.instance import missing_settings, open_instance, prepare_home, refuse_other_launcher
from ragtime_assets.settings import Settings
from ragtime_assets_tests.processes import together

OPEN = """
import sys
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings
settings = Settings(home=sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with open_instance(settings) as instance:
    print(instance.get_runs_count())
"""
RUNS = "history/runs.db"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def versions(settings: Settings, name: str = RUNS) -> list[str]:
    with closing(sqlite3.connect(settings.instance_folder / name)) as connection:
        return [row[0] for row in connection.execute("select version_num from alembic_version")]


def note(settings: Settings, *found: str) -> None:
    """Write down these versions, as two processes did that made the storage at once."""
    with closing(sqlite3.connect(settings.instance_folder / RUNS)) as connection, connection:
        connection.execute("delete from alembic_version")
        connection.executemany("insert into alembic_version values (?)", [(one,) for one in found])


def test_processes_that_make_the_storage_at_once_make_one(settings: Settings) -> None:
    """`ragtime up` and `ragtime status` beside it on a fresh HOME broke it for good in one of three tries."""
    assert together(OPEN, [(str(settings.home),)] * 3) == ["0"] * 3
    found = [versions(settings, name) for name in (RUNS, "history/runs/index.db", "schedules/schedules.db")]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 1


def test_a_storage_with_two_versions_is_mended(settings: Settings) -> None:
    with open_instance(settings):
        pass
    (newest,) = versions(settings)
    note(settings, "5771160a95ad", newest)
    with open_instance(settings) as instance:
        assert instance.get_runs_count() == 0
    assert versions(settings) == [newest]


def test_a_storage_with_versions_that_nobody_knows_is_told_and_its_remedy_works(settings: Settings) -> None:
    with open_instance(settings):
        pass
    note(settings, "of-the-past", "of-the-future")
    with pytest.raises(StoreUnavailable, match=r"runs\.db") as caught, open_instance(settings):
        pass
    assert "Move" in caught.value.remedy
    (settings.instance_folder / RUNS).rename(settings.home / "aside.db")
    with open_instance(settings) as instance:
        assert instance.get_runs_count() == 0


def test_a_storage_that_does_not_answer_is_named(settings: Settings) -> None:
    _config(settings).write_text("storage: {postgres: {postgres_url: 'postgresql+psycopg2://nobody@127.0.0.1:1/no'}}\n")
    with pytest.raises(HistoryUnreachable, match="does not answer"), open_instance(settings):
        pass


def test_a_storage_that_goes_away_meanwhile_is_named(settings: Settings) -> None:
    def ask() -> None:
        with open_instance(settings) as instance:
            (settings.instance_folder / RUNS).unlink()
            instance.get_runs()

    with pytest.raises(HistoryUnreachable, match="does not answer"):
        ask()


def test_a_configuration_that_dagster_refuses_is_a_wrong_setting(settings: Settings) -> None:
    _config(settings).write_text("concurrency: {runs: {max_concurrent_runs: many}}\n")
    with pytest.raises(ConfigurationError, match="cannot be used"), open_instance(settings):
        pass


def test_a_configuration_that_nobody_edited_follows_the_template(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As after an upgrade that brings a new limit."""
    laid = _config(settings).read_text()
    newer = tmp_path / "newer.yaml"
    newer.write_text(f"{laid}\nnux_of_the_future: true\n")
    monkeypatch.setattr(storage, "_TEMPLATE", newer)
    assert _config(settings).read_text() == newer.read_text()


def test_an_edited_configuration_is_left_alone_and_what_it_lacks_is_told(settings: Settings) -> None:
    mine = yaml.safe_load(_config(settings).read_text())
    assert missing_settings(settings) == []
    mine["concurrency"]["runs"] = {"max_concurrent_runs": 9}
    del mine["run_retries"]
    _config(settings).write_text(yaml.safe_dump(mine))
    assert sorted(missing_settings(settings)) == ["concurrency.runs.tag_concurrency_limits", "run_retries"]
    assert yaml.safe_load(_config(settings).read_text()) == mine


def test_the_launcher_of_the_settings_is_laid_until_somebody_edits_the_configuration(settings: Settings) -> None:
    celery = settings.model_copy(update={"launcher": "celery"})
    assert "run_launcher" not in yaml.safe_load(_config(settings).read_text())
    assert yaml.safe_load(_config(celery).read_text())["run_launcher"]["class"] == "CeleryLauncher"
    refuse_other_launcher(celery)
    _config(settings).write_text("nux: {enabled: false}\n")
    assert "run_launcher" in missing_settings(celery)
    with pytest.raises(ConfigurationError, match="starts no runs by it"):
        refuse_other_launcher(celery)


def test_a_run_whose_start_was_killed_is_given_up_after_a_minute(settings: Settings) -> None:
    with open_instance(settings) as instance:
        run = create_run_for_test(instance)
        starting = dg.DagsterEvent(DagsterEventType.PIPELINE_STARTING.value, run.job_name, message="")
        instance.report_dagster_event(starting, run.run_id)

        def state_after(seconds: int) -> dg.DagsterRunStatus:
            with freeze_time(datetime.now(UTC) + timedelta(seconds=seconds)):
                monitor_starting_run(instance, instance.get_run_records()[0], logging.getLogger(__name__))
            return instance.get_run_records()[0].dagster_run.status

        assert state_after(30) is dg.DagsterRunStatus.STARTING
        assert state_after(70) is dg.DagsterRunStatus.FAILURE


def _config(settings: Settings) -> Path:
    return prepare_home(settings) / "dagster.yaml"
