"""From a submitted URL to a searchable episode, through the real sensor, daemon, queue and run worker."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import httpx
import pytest
import yaml

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.status import runs_in_flight
from ragtime_assets.orchestration.supervisor import DAEMON
from ragtime_assets.samples.server import EPISODES
from ragtime_assets_tests.end_to_end.conftest import Corpus

CAPTIONED, UNCAPTIONED = EPISODES

RUNS = (
    "query($f: RunsFilter) { runsOrError(filter: $f) { ... on Runs { results { runId status tags { key value } } } } }"
)
FAILURES = """
query($r: ID!) { logsForRun(runId: $r) { ... on EventConnection { events { ... on ExecutionStepFailureEvent {
  stepKey failureMetadata { description metadataEntries { label ... on TextMetadataEntry { text } } } } } } } }
"""


def runs_of(corpus: Corpus, key: str) -> list[dict[str, str]]:
    tags = [{"key": "dagster/partition", "value": key}]
    return corpus.graphql(RUNS, f={"tags": tags})["runsOrError"]["results"]


def test_a_submitted_page_becomes_searchable(corpus: Corpus) -> None:
    (submitted,) = corpus.json("submit", corpus.base + CAPTIONED.page)["submitted"]
    key = submitted["key"]
    status = corpus.wait(key)
    assert status["state"] == "ready", corpus.logs()
    assert corpus.json("status", key)["episodes"] == [status]
    assert status["title"] == CAPTIONED.title
    assert {name: phase["state"] for name, phase in status["phases"].items()} == dict.fromkeys(PHASES, "done")
    hits = corpus.json("search", "Django Reinhardt")["hits"]
    assert hits[0]["episode_key"] == key
    assert hits[0]["url"].startswith(corpus.base + CAPTIONED.page + "#t=")
    assert hits[0]["start"] < hits[0]["end"]


def test_an_item_of_a_feed_whose_listening_is_stopped_is_listened_to_and_watched_to_its_end_after_a_retry(
    corpus: Corpus,
) -> None:
    """Speech is the one phase that computes for long: it hears of the stop between two sentences.

    A second run waits for the first one meanwhile, and is stopped as soon.
    """
    feed = ("--feed", f"{corpus.base}/feed.xml", "--guid", UNCAPTIONED.guid)
    key = corpus.json("submit", *feed)["submitted"][0]["key"]
    corpus.studio.submissions.request([key], by="test")
    with open_instance(corpus.studio.settings) as instance:
        runs = corpus.wait_until(lambda: runs_in_flight(corpus.studio, instance, key), lambda some: len(some) == 2, 60)
        corpus.wait_until(lambda: corpus.look(key).phases["transcript"].state, lambda state: state == "running", 60)
        told = "".join(corpus.ragtime("cancel", key).split())
        assert all(run.run_id in told for run in runs), told
        assert corpus.wait(key, 30)["state"] == "cancelled"
        ended = [instance.get_run_by_id(run.run_id) for run in runs]
        assert [run and run.status for run in ended] == [dg.DagsterRunStatus.CANCELED] * 2
    before = corpus.look(key).phases["audio_file"]
    assert before.state == "done"
    corpus.ragtime("retry", key)
    told = corpus.ragtime("watch", key)
    assert "search_index" in told
    status = corpus.status(key)
    assert status["state"] == "ready", corpus.logs()
    assert corpus.look(key).phases["audio_file"].at == before.at, "what was done is not done again"
    assert status["phases"]["transcript"]["engine"].startswith("whisper")


def test_submitting_a_variant_says_already_submitted_and_starts_nothing(corpus: Corpus) -> None:
    key = corpus.submit(CAPTIONED.page)
    before = len(runs_of(corpus, key))
    variant = corpus.base + CAPTIONED.page + "/?utm_source=mail#top"
    assert corpus.ragtime("submit", variant) == f"already submitted as {key}\n"
    assert len(runs_of(corpus, key)) == before


def test_a_page_that_is_gone_fails_with_cause_and_remedy_everywhere(corpus: Corpus) -> None:
    key = corpus.submit("/no-such-page")
    status = corpus.wait(key)
    assert (status["state"], status["phase"]) == ("failed", "episode_details")
    assert status["error"]["class"] == "SourceGone"
    assert "404" in status["error"]["message"]
    told = corpus.ragtime("status", "--failed", code=1)
    assert key in told
    (run,) = [run for run in runs_of(corpus, key) if run["status"] == "FAILURE"]
    assert f"http://127.0.0.1:{corpus.port}/runs/{run['runId']}" in told
    events = corpus.graphql(FAILURES, r=run["runId"])["logsForRun"]["events"]
    (failure,) = [event["failureMetadata"] for event in events if event]
    assert "What to do:" in failure["description"]
    report = corpus.home / "store" / "artifacts" / "episode_report" / f"{key}.md"
    corpus.wait_until(report.exists, bool, 60)
    assert "404" in report.read_text()


def test_retry_runs_only_what_is_missing(corpus: Corpus) -> None:
    key = corpus.submit(CAPTIONED.page)
    corpus.wait(key)
    before = corpus.status(key)["phases"]
    assert "nothing is missing" in corpus.ragtime("retry", key)
    asked_at = datetime.now(UTC)
    corpus.ragtime("redo", key, "--from", "embeddings")

    def is_redone() -> bool:
        made = [corpus.look(key).phases[asset].at for asset in PHASES[-3:]]
        return all(at and at > asked_at for at in made)

    corpus.wait_until(is_redone, bool, 60)
    after = corpus.status(key)["phases"]
    assert {asset: after[asset]["at"] for asset in PHASES[:-3]} == {asset: before[asset]["at"] for asset in PHASES[:-3]}


@pytest.fixture(scope="module")
def exported(corpus: Corpus) -> dict[str, str]:
    """What `ragtime env` sets."""
    return dict(line.removeprefix("export ").split("=", 1) for line in corpus.ragtime("env").splitlines())


def test_dagsters_own_command_line_works_as_its_documentation_says(corpus: Corpus, exported: dict[str, str]) -> None:
    key = corpus.submit(CAPTIONED.page)
    corpus.wait(key)
    before = corpus.status(key)["phases"]["chunks"]["at"]
    words = ["asset", "materialize", "-m", "ragtime_assets.definitions", "--select", "chunks", "--partition"]
    done = subprocess.run(
        [sys.executable, "-m", "dagster", *words, key],
        env=corpus.environment | exported,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert corpus.status(key)["phases"]["chunks"]["at"] > before


def test_dg_checks_and_launches_with_nothing_typed(corpus: Corpus, exported: dict[str, str]) -> None:
    key = corpus.submit(CAPTIONED.page)
    corpus.wait(key)
    before = corpus.status(key)["phases"]["chunks"]["at"]
    command = str(Path(sys.executable).with_name("dg"))
    for words in (["check", "defs"], ["launch", "--assets", "chunks", "--partition", key]):
        done = subprocess.run(
            [command, *words],
            cwd=Path(__file__).parents[2],
            env=corpus.environment | exported,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == 0, (words, done.stdout[-1500:], done.stderr[-1500:])
    assert corpus.status(key)["phases"]["chunks"]["at"] > before


def test_watching_an_episode_that_fails_ends_with_1(corpus: Corpus) -> None:
    (key,) = [one["key"] for one in corpus.json("submit", f"{corpus.base}/feed.xml?x=1")["submitted"]]
    assert "failed" in corpus.ragtime("watch", key, code=1)


@pytest.mark.parametrize("server", [DAEMON, "dagster_webserver"])
def test_a_server_that_dies_is_started_again(corpus: Corpus, server: str) -> None:
    victim = _pid_of(corpus, server)
    assert victim, "it is running"
    os.kill(victim, 9)
    corpus.wait_until(lambda: _pid_of(corpus, server), lambda pid: pid not in (0, victim), 30)
    corpus.wait_until(lambda: corpus.answers(), bool, 60)
    key = corpus.submit(f"{UNCAPTIONED.page}?after={server}")
    assert corpus.wait(key)["state"] in ("duplicate", "ready")


def test_up_says_where_the_graph_is_and_where_readers_are_and_serves_both(corpus: Corpus) -> None:
    readers, log = corpus.environment["RAGTIME_SERVE_URL"], corpus.folder / "up.log"
    told = corpus.wait_until(log.read_text, lambda text: "ragtime submit URL" in text, 60)
    assert f"http://127.0.0.1:{corpus.port}  the asset graph" in told
    assert f"{readers}  search, ask, read and listen" in told
    for address in (readers, f"http://127.0.0.1:{corpus.port}/server_info"):
        assert httpx.get(address, timeout=60).status_code == 200


def test_a_second_up_says_that_one_is_running(corpus: Corpus) -> None:
    before = _workspace(corpus)
    assert "already running" in corpus.ragtime("up", "--port", "1", code=2)
    assert _workspace(corpus) == before, "what the first one runs on is left alone"


def test_the_code_location_is_reached_by_its_user_only(corpus: Corpus) -> None:
    (location,) = yaml.safe_load(_workspace(corpus))["load_from"]
    place = Path(location["grpc_server"]["socket"])
    assert place.is_socket()
    assert stat.S_IMODE(place.parent.stat().st_mode) == stat.S_IRWXU


def _workspace(corpus: Corpus) -> str:
    return (corpus.home / "dagster" / "workspace.yaml").read_text()


def _pid_of(corpus: Corpus, word: str) -> int:
    found = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    mine = [line.split()[0] for line in found.splitlines() if word in line and str(corpus.home) in line]
    return int(mine[0]) if mine else 0
