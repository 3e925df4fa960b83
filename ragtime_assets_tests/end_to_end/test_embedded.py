"""The embedded default, in one tree of processes: four runs at once, runs that are stopped, processes that are killed.

Whatever happens, every episode completes without a person, and nothing is done twice.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.settings import child_environment
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, calling, held_corpus, kill, up
from ragtime_assets_tests.forked import Forked
from ragtime_assets_tests.shows import SLOWLY, serve_show

AT_ONCE, STOPPED, KILLED, OUTLIVED, TWO_DAEMONS = range(8), 10, 20, 40, 50
"""Items of the show: the first of those that each test has."""
VICTIMS = ("daemon", "code location", "fork server")
TERMINATE = "mutation($r: String!) { terminateRun(runId: $r) { __typename } }"


@pytest.fixture(scope="module")
def show() -> Iterator[str]:
    with serve_show(60, SLOWLY) as base:
        yield base


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, show: str, no_settings: None) -> Iterator[HeldCorpus]:
    """A corpus that is up; each test has episodes of its own."""
    with held_corpus(tmp_path_factory.mktemp("embedded"), show) as corpus, up(corpus, web=True):
        yield corpus


def test_four_runs_at_once_and_readers_beside_them_never_meet_a_locked_database(running: HeldCorpus) -> None:
    keys = [running.key(number) for number in AT_ONCE]
    for key in keys[:4]:
        running.holder.hold("before", "audio_file", key)
    running.submit(*AT_ONCE)
    assert len({running.holder.wait_for("before", "audio_file", key).pid for key in keys[:4]}) == 4
    running.holder.let_go()
    with calling(running, "status", "--json") as looks, calling(running, "search", "trumpeter") as searches:
        running.wait_until_ready(*keys)
    assert looks
    assert searches
    assert [one for one in looks + searches if one.returncode or "locked" in one.stderr] == []
    files = [path for path in running.folder.rglob("*") if path.is_file()]
    assert [path for path in files if b"database is locked" in _content(path)] == []


def _content(path: Path) -> bytes:
    with suppress(FileNotFoundError):  # SQLite removes what stands beside its files
        return path.read_bytes()
    return b""


def test_a_run_stopped_in_any_phase_ends_within_half_a_minute_and_is_taken_up_by_retry(running: HeldCorpus) -> None:
    """Stopping is clean: soon, with nothing half-made, and a retry goes on from there."""
    keys = running.submit_held("before", PHASES, first=STOPPED)
    for asset, key in keys.items():
        running.holder.wait_for("before", asset, key)
        run_id = running.status(key).run_id
        assert run_id is not None
        answer = running.graphql(TERMINATE, r=run_id)["terminateRun"]
        assert answer["__typename"] == "TerminateRunSuccess", answer
        running.until(partial(is_cancelled, running, run_id), 30)
        assert running.studio.store.envelope(asset, key) is None, "nothing half-made"
    for asset, key in keys.items():
        # Where only the report was stopped, another is asked for, which makes the episode ready.
        assert running.status(key).state in {"cancelled", "ready" if asset == REPORT else "cancelled"}, running.told()
    running.studio.submissions.request(list(keys.values()), by="test")
    running.wait_until_ready(*keys.values())
    for key in keys.values():
        assert sorted(running.saved(key)) == sorted(PHASES[:-1]), "finished phases were not done again"
    assert running.litter() == []


@pytest.fixture(scope="module")
def killed(running: HeldCorpus) -> dict[str, dict[str, str]]:
    """Episodes whose workers were killed before or after a phase saved its artifact, and which are ready since."""
    keys = {
        "before": running.submit_held("before", PHASES, first=KILLED),
        "after": running.submit_held("after", ("audio_file", "transcript", "search_index"), first=KILLED + len(PHASES)),
    }
    for when, of in keys.items():
        for asset, key in of.items():
            kill(running.holder.wait_for(when, asset, key).pid)
    running.wait_until_ready(*(key for of in keys.values() for key in of.values()))
    return keys


def test_a_run_worker_killed_in_any_phase_is_taken_up_where_it_was(
    running: HeldCorpus, killed: dict[str, dict[str, str]]
) -> None:
    """Killed before the artifact was saved: that phase is done again, the finished ones are not."""
    for key in killed["before"].values():
        assert sorted(running.saved(key)) == sorted(PHASES[:-1]), key
    running.studio.store.sweep()
    assert running.litter() == []


def test_a_worker_killed_right_after_saving_does_not_do_the_phase_again(
    running: HeldCorpus, killed: dict[str, dict[str, str]]
) -> None:
    for asset, key in killed["after"].items():
        assert running.saved(key).count(asset) == 1


@pytest.fixture(scope="module")
def outlived(running: HeldCorpus) -> dict[str, list[str]]:
    """By the server that was killed, an episode that was worked on meanwhile, and one that was submitted afterwards."""
    numbers = dict(zip(VICTIMS, range(OUTLIVED, OUTLIVED + 2 * len(VICTIMS), 2), strict=True))
    keys = {victim: [running.key(number)] for victim, number in numbers.items()}
    for (key,) in keys.values():
        running.holder.hold("before", "transcript", key)
    running.submit(*numbers.values())
    for (key,) in keys.values():
        running.holder.wait_for("before", "transcript", key)
    for victim, number in numbers.items():
        kill_server(running, victim)
        keys[victim] += running.submit(number + 1)
        running.until(partial(is_begun, running, keys[victim][-1]), 120)
    running.holder.let_go()
    running.wait(*(key for of in keys.values() for key in of))
    return keys


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_server_killed_while_a_phase_works_costs_nothing(
    running: HeldCorpus, outlived: dict[str, list[str]], victim: str
) -> None:
    at_work, later = outlived[victim]
    assert {running.status(key).state for key in (at_work, later)} == {"ready"}, running.told()
    assert running.saved(at_work).count("audio_file") == 1


def test_two_daemons_by_mistake_make_nothing_twice(running: HeldCorpus) -> None:
    workspace = running.studio.settings.instance_folder / "workspace.yaml"
    command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace)]
    environment = child_environment(running.studio.settings)
    with (running.folder / "second-daemon.log").open("wb") as log:
        second = Forked(command, env=environment, stdout=log, stderr=log)
    try:
        keys = running.submit(*range(TWO_DAEMONS, TWO_DAEMONS + 4))
        running.wait_until_ready(*keys)
    finally:
        second.terminate()
        second.wait(60)
    for key in keys:
        assert sorted([*running.saved(key), REPORT]) == sorted(PHASES)


def is_begun(corpus: HeldCorpus, key: str) -> bool:
    return bool(corpus.saved(key))


def is_cancelled(corpus: HeldCorpus, run_id: str) -> bool:
    return corpus.run(run_id).status == dg.DagsterRunStatus.CANCELED


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
    (found,) = [line.split()[0] for line in listed.splitlines() if "resource_tracker" not in line]
    return int(found)
