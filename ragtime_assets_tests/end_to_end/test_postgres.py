"""Dagster's storage and the corpus on a real Postgres: eight episodes at once, one of them killed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
import yaml

from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, calling, held_corpus, in_process, kill, up
from ragtime_assets_tests.shows import SLOWLY, serve_show

AT_ONCE = 8
DEPLOYED = Path(__file__).parents[2] / "deploy" / "dagster-postgres.yaml"


@pytest.fixture
def corpus(tmp_path: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldCorpus]:
    """One database for both, as a person would have it."""
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", empty_postgres_url)
    _configure(tmp_path / "home" / "dagster")
    with serve_show(AT_ONCE, SLOWLY) as base, held_corpus(tmp_path, base, database_url=empty_postgres_url) as corpus:
        yield corpus


def test_eight_episodes_at_once_become_ready_on_postgres_though_one_worker_is_killed(
    corpus: HeldCorpus, empty_postgres_url: str
) -> None:
    keys = [corpus.key(number) for number in range(AT_ONCE)]
    victim, busy, *_ = keys
    for key in keys:
        corpus.holder.hold("before", "audio_file", key)
    with up(corpus):
        corpus.submit(*range(AT_ONCE))
        workers = {key: corpus.holder.wait_for("before", "audio_file", key).pid for key in keys}
        assert len(set(workers.values())) == AT_ONCE, "all eight work at the same time"

        seen = corpus.json("status")["episodes"]
        assert {one["key"]: (one["state"], one["phase"]) for one in seen} == dict.fromkeys(
            keys, ("running", "audio_file")
        )
        _assert_busy(corpus, busy)

        kill(workers[victim])
        corpus.holder.let_go()
        with calling(corpus, "status", "--json") as looks, calling(corpus, "search", "the trumpeter") as searches:
            found = corpus.wait(*keys)
    assert looks
    assert searches
    assert [one for one in looks + searches if one.returncode] == [], "readers get their answers while the runs write"
    assert {one.state for one in found.values()} == {"ready"}, corpus.told()
    for key in keys:
        assert sorted(corpus.saved(key)) == sorted(PHASES[:-1]), "no phase was done twice"
        hits = corpus.studio.index.search.look(f"On night {keys.index(key)} the trumpeter").passages
        assert key in [hit.passage.episode_key for hit in hits]
    assert _count(empty_postgres_url, "runs") > AT_ONCE, "the run that was killed has a successor"
    assert list(corpus.folder.rglob("*.db")) == list(corpus.folder.rglob("*.sqlite*")) == []


def _assert_busy(corpus: HeldCorpus, key: str) -> None:
    """A run that nobody queued finds the episode taken, at once, and says by whom."""
    holder = corpus.status(key).run_id
    words = ["asset", "materialize", "-m", "ragtime_assets.definitions", "--select", "audio_file", "--partition", key]
    done = in_process(corpus.studio.settings, "dagster", *words)
    assert done.returncode == 1
    (record,) = corpus.instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    (failed,) = corpus.instance.get_records_for_run(
        record.dagster_run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE
    ).records
    event = failed.event_log_entry.dagster_event
    assert event is not None
    told = event.step_failure_data.user_failure_data
    assert told is not None
    assert told.metadata["error"].value == "EpisodeBusy"
    assert told.metadata["message"].value == f"run {holder} is working on {key}"


def _configure(home: Path) -> None:
    """The configuration that we hand out for Postgres, with places for all eight."""
    config = yaml.safe_load(DEPLOYED.read_text())
    config["concurrency"]["runs"]["max_concurrent_runs"] = AT_ONCE
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text(yaml.safe_dump(config))


def _count(url: str, table: str) -> int:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return int(connection.execute(sa.text(f"select count(*) from {table}")).scalar_one())
