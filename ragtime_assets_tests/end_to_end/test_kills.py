"""Processes are killed for real while a phase is held; every episode completes without a person."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.settings import child_environment
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, held_corpus, kill, up
from ragtime_assets_tests.shows import serve_show


@pytest.fixture(scope="module")
def show() -> Iterator[str]:
    with serve_show(60) as base:
        yield base


@pytest.fixture
def corpus(tmp_path_factory: pytest.TempPathFactory, show: str) -> Iterator[HeldCorpus]:
    with held_corpus(tmp_path_factory.mktemp("kills"), show) as corpus:
        yield corpus


def test_a_run_worker_killed_in_any_phase_is_taken_up_where_it_was(corpus: HeldCorpus) -> None:
    """Killed before the artifact was saved: that phase is done again, the finished ones are not."""
    keys = {asset: corpus.key(number) for number, asset in enumerate(PHASES)}
    for asset, key in keys.items():
        corpus.holder.hold("before", asset, key)
    with up(corpus):
        corpus.submit(*range(len(PHASES)))
        for asset, key in keys.items():
            kill(corpus.holder.wait_for("before", asset, key).pid)
        found = corpus.wait(*keys.values(), seconds=240)
        assert {key: one.state for key, one in found.items()} == dict.fromkeys(keys.values(), "ready"), corpus.told()
        for key in keys.values():
            saved = [asset for asset, of in corpus.holder.saves if of == key and asset != REPORT]
            assert sorted(saved) == sorted(PHASES[:-1]), (key, saved)
    corpus.studio.store.sweep()
    assert corpus.litter() == []


def test_a_worker_killed_right_after_saving_does_not_do_the_phase_again(corpus: HeldCorpus) -> None:
    chosen = ("audio_file", "transcript", "search_index")
    keys = {asset: corpus.key(number) for number, asset in enumerate(chosen)}
    for asset, key in keys.items():
        corpus.holder.hold("after", asset, key)
    with up(corpus):
        corpus.submit(*range(len(chosen)))
        for asset, key in keys.items():
            kill(corpus.holder.wait_for("after", asset, key).pid)
        found = corpus.wait(*keys.values())
        assert {one.state for one in found.values()} == {"ready"}
        for asset, key in keys.items():
            assert corpus.holder.saves.count((asset, key)) == 1


@pytest.mark.parametrize("victim", ["daemon", "code location"])
def test_a_server_killed_while_a_phase_works_costs_nothing(corpus: HeldCorpus, victim: str) -> None:
    key = corpus.key(0)
    corpus.holder.hold("before", "transcript", key)
    with up(corpus) as supervisor:
        corpus.submit(0)
        corpus.holder.wait_for("before", "transcript", key)
        kill(supervisor.pids[victim])
        corpus.until(lambda: supervisor.pids[victim], 10)
        corpus.holder.released.set()
        (late,) = corpus.submit(1)
        found = corpus.wait(key, late)
        assert {one.state for one in found.values()} == {"ready"}, corpus.told()
        assert corpus.holder.saves.count(("audio_file", key)) == 1


def test_the_whole_tree_killed_and_started_again_goes_on(corpus: HeldCorpus) -> None:
    key = corpus.key(0)
    corpus.holder.hold("before", "chunks", key)
    with up(corpus) as supervisor:
        corpus.submit(0)
        worker = corpus.holder.wait_for("before", "chunks", key).pid
        for pid in (*supervisor.pids.values(), worker):
            kill(pid)
    corpus.submit(1)
    with up(corpus):
        found = corpus.wait(key, corpus.key(1))
        assert {one.state for one in found.values()} == {"ready"}, corpus.told()
        assert corpus.holder.saves.count(("transcript", key)) == 1


def test_two_daemons_by_mistake_launch_each_episode_once(corpus: HeldCorpus) -> None:
    with up(corpus):
        workspace = corpus.studio.settings.instance_folder / "workspace.yaml"
        command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace)]
        environment = child_environment(corpus.studio.settings)
        with (corpus.folder / "second-daemon.log").open("wb") as log:
            second = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            keys = corpus.submit(*range(4))
            found = corpus.wait(*keys)
        finally:
            second.terminate()
            second.wait(60)
        assert {one.state for one in found.values()} == {"ready"}, corpus.told()
        for key in keys:
            saved = [asset for asset, of in corpus.holder.saves if of == key]
            assert sorted(saved) == sorted(PHASES), "nothing was done twice"
