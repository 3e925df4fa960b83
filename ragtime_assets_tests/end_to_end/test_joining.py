"""A Dagster deployment that is there already takes our code location up, as `docs/operations.md` says it can."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
import yaml

from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.status import runs_in_flight
from ragtime_assets.samples.server import EPISODES
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.end_to_end.conftest import Corpus, environment_of, free_port

REPOSITORY = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent
THEIR_CODE = """
import dagster as dg

@dg.asset
def invoices() -> None: ...

defs = dg.Definitions([invoices], jobs=[dg.define_asset_job("bookkeeping", [invoices])])
"""


@pytest.fixture
def joined(tmp_path: Path, sample_show: str) -> Iterator[Corpus]:
    """A corpus whose Dagster instance is that of a deployment which has a code location of its own."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "bookkeeping.py").write_text(THEIR_CODE)
    locations = [{"python_file": "bookkeeping.py"}, {"python_module": "ragtime_assets.definitions"}]
    (theirs / "workspace.yaml").write_text(yaml.safe_dump({"load_from": locations}))
    (theirs / "dagster.yaml").write_text(yaml.safe_dump(their_instance()))
    environment = environment_of(tmp_path, sample_show)
    environment |= {"DAGSTER_HOME": str(theirs), "PYTHONPATH": str(REPOSITORY)}
    corpus = Corpus(tmp_path, environment, free_port(), sample_show)
    corpus.studio = Studio(Settings(home=corpus.home, dagster_home=theirs, serve_url=environment["RAGTIME_SERVE_URL"]))
    yield corpus
    corpus.stop()


def their_instance() -> dict[str, object]:
    """What they have, and what the page tells them to copy from ours."""
    ours = yaml.safe_load((REPOSITORY / "dagster.yaml").read_text())
    limits = ours["concurrency"]["runs"]["tag_concurrency_limits"]
    copied = {name: ours[name] for name in ("run_monitoring", "run_retries")}
    return {
        "telemetry": {"enabled": False},
        "concurrency": {"runs": {"max_concurrent_runs": 3, "tag_concurrency_limits": limits}},
        **copied,
    }


@contextmanager
def their_daemon(corpus: Corpus) -> Iterator[None]:
    """The daemon of the deployment, as Dagster's own command starts it."""
    with (corpus.folder / "up.log").open("ab") as log:
        command = [SCRIPTS / "dagster-daemon", "run", "-w", "workspace.yaml"]
        theirs = corpus.environment["DAGSTER_HOME"]
        daemon = subprocess.Popen(command, cwd=theirs, env=corpus.environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        daemon.send_signal(signal.SIGINT)
        try:
            daemon.wait(120)
        finally:
            daemon.kill()


def test_a_plain_daemon_with_other_code_beside_ours_makes_an_episode_ready(joined: Corpus) -> None:
    theirs = joined.environment["DAGSTER_HOME"]
    told = subprocess.run(
        [SCRIPTS / "dagster", "definitions", "validate", "-w", "workspace.yaml"],
        cwd=theirs,
        env=joined.environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    key = joined.submit(EPISODES[0].page)
    with their_daemon(joined):
        assert joined.wait(key)["state"] == "ready", joined.logs()
        assert joined.json("search", "Django Reinhardt")["hits"][0]["episode_key"] == key
        with open_instance(joined.studio.settings) as instance:
            joined.wait_until(lambda: runs_in_flight(joined.studio, instance, key), lambda some: not some, 400)
            runs = instance.get_runs(dg.RunsFilter(tags={"dagster/partition": key}))
            assert dg.DagsterRunStatus.SUCCESS in {run.status for run in runs}, "it is in their history"
    assert not (joined.home / "dagster").exists(), "the history is theirs"
