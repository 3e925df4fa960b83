"""Processes are killed for real while a phase is held; every episode completes without a person."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.settings import child_environment
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, held_corpus, kill, up
from ragtime_assets_tests.openai_server import OpenAIServer, openai_server, reader
from ragtime_assets_tests.shows import SECONDS, sentence, serve_show


@pytest.fixture(scope="module")
def show() -> Iterator[str]:
    with serve_show(60) as base:
        yield base


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, show: str) -> Iterator[HeldCorpus]:
    """A corpus that is up; each test has episodes of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("RAGTIME_", "DAGSTER_"))]:
            patch.delenv(name)
        with held_corpus(tmp_path_factory.mktemp("kills"), show) as corpus, up(corpus):
            yield corpus


@pytest.fixture
def providers() -> Iterator[OpenAIServer]:
    """A model that hears something else in every recording, and one that reads."""

    def speech(number: int) -> dict[str, Any]:
        said = [{"start": at, "end": at + 5, "text": sentence(number, at)} for at in range(0, SECONDS, 5)]
        return {"language": "english", "segments": said}

    with openai_server() as server:
        server.speech, server.otherwise = speech, reader
        yield server


@pytest.fixture(scope="module")
def killed(running: HeldCorpus) -> dict[str, dict[str, str]]:
    """Episodes whose workers were killed before or after a phase saved its artifact, and which are ready since."""
    keys = {
        "before": held(running, "before", PHASES, first=0),
        "after": held(running, "after", ("audio_file", "transcript", "search_index"), first=10),
    }
    for when, of in keys.items():
        for asset, key in of.items():
            kill(running.holder.wait_for(when, asset, key).pid)
    assert_ready(running, [key for of in keys.values() for key in of.values()])
    return keys


def test_a_run_worker_killed_in_any_phase_is_taken_up_where_it_was(
    running: HeldCorpus, killed: dict[str, dict[str, str]]
) -> None:
    """Killed before the artifact was saved: that phase is done again, the finished ones are not."""
    for key in killed["before"].values():
        assert sorted(saved(running, key)) == sorted(PHASES[:-1]), key
    running.studio.store.sweep()
    assert running.litter() == []


def test_a_worker_killed_right_after_saving_does_not_do_the_phase_again(
    running: HeldCorpus, killed: dict[str, dict[str, str]]
) -> None:
    for asset, key in killed["after"].items():
        assert saved(running, key).count(asset) == 1


def test_what_was_paid_for_before_a_worker_or_the_whole_tree_is_killed_is_not_paid_again(
    tmp_path: Path, show: str, providers: OpenAIServer
) -> None:
    """Killed when every answer was there, and the artifact was not: the retry has them from the journal.

    The tree that is started after all of it was killed goes on with what was at work.
    """
    paid = {"model": "openai-chat:parrot", "openai_base_url": providers.url}
    heard = {"transcriber": "openai", "transcription_url": providers.url}
    with held_corpus(tmp_path, show, **paid, **heard) as corpus:
        with up(corpus) as supervisor:
            keys = held(corpus, "before", ("transcript", "summary", "entities"), first=0)
            for asset, key in keys.items():
                kill(corpus.holder.wait_for("before", asset, key).pid)
            assert_ready(corpus, keys.values())
            (at_work,) = held(corpus, "before", ["entities"], first=10).values()
            worker = corpus.holder.wait_for("before", "entities", at_work).pid
            for pid in (*supervisor.pids.values(), worker):
                kill(pid)
        (late,) = corpus.submit(11)
        with up(corpus):
            assert_ready(corpus, [at_work, late])
        assert saved(corpus, at_work).count("transcript") == 1
        spent = corpus.studio.ledger.totals("phase")
    episodes = len(keys) + 2
    assert providers.listened == episodes
    prompts = [asked.text for asked in providers.asked]
    assert len(prompts) == len(set(prompts)) == 2 * episodes
    assert {one.name: one.calls for one in spent} == dict.fromkeys(keys, episodes)


@pytest.mark.parametrize(("victim", "number"), [("daemon", 20), ("code location", 30), ("fork server", 50)])
def test_a_server_killed_while_a_phase_works_costs_nothing(running: HeldCorpus, victim: str, number: int) -> None:
    (key,) = held(running, "before", ["transcript"], first=number).values()
    running.holder.wait_for("before", "transcript", key)
    kill_server(running, victim)
    running.holder.let_go()
    assert_ready(running, [key, *running.submit(number + 1)])
    assert saved(running, key).count("audio_file") == 1


def test_two_daemons_by_mistake_make_nothing_twice(running: HeldCorpus) -> None:
    workspace = running.studio.settings.instance_folder / "workspace.yaml"
    command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace)]
    environment = child_environment(running.studio.settings)
    with (running.folder / "second-daemon.log").open("wb") as log:
        second = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        keys = running.submit(*range(40, 44))
        assert_ready(running, keys)
    finally:
        second.terminate()
        second.wait(60)
    for key in keys:
        assert sorted([*saved(running, key), REPORT]) == sorted(PHASES)


def held(corpus: HeldCorpus, when: str, assets: Iterable[str], first: int) -> dict[str, str]:
    """Submit an episode for each of these assets, to be held there; its key by the asset."""
    keys = {asset: corpus.key(number) for number, asset in enumerate(assets, start=first)}
    for asset, key in keys.items():
        corpus.holder.hold(when, asset, key)
    corpus.submit(*range(first, first + len(keys)))
    return keys


def kill_server(corpus: HeldCorpus, victim: str) -> None:
    """Kill it, and wait until another has taken its place."""
    supervisor: Supervisor | None = corpus.supervisor
    assert supervisor is not None
    if victim == "fork server":
        kill(fork_server(supervisor))
        return
    before = supervisor.pids[victim]
    kill(before)
    corpus.until(lambda: supervisor.pids.get(victim) not in (None, before), 10)


def fork_server(supervisor: Supervisor) -> int:
    """The process that every run was forked from."""
    code = str(supervisor.pids["code location"])
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", code]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (found,) = [line.split()[0] for line in listed.splitlines() if "multiprocessing.forkserver" in line]
    return int(found)


def assert_ready(corpus: HeldCorpus, keys: Iterable[str], seconds: float = 600) -> None:
    """All of these become ready by themselves."""
    found = corpus.wait(*keys, seconds=seconds)
    assert {one.state for one in found.values()} == {"ready"}, corpus.told()


def saved(corpus: HeldCorpus, key: str) -> list[str]:
    """The assets of an episode that were saved, once for each time; its report aside, which may be written again."""
    return [asset for asset, of in corpus.holder.saves if of == key and asset != REPORT]
