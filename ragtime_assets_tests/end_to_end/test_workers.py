"""Runs over a real broker, by workers that share Postgres, a bucket and an index server, and nothing else.

The clocks of all of them are an hour behind that of the database.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.launching.code import code_on_disk
from ragtime_assets.orchestration.tags import CLOCK_TAG, CODE_TAG, QUEUE_TAG
from ragtime_assets_tests.bucket_server import BucketServer
from ragtime_assets_tests.clocks import with_clock_off
from ragtime_assets_tests.conftest import postgres_database
from ragtime_assets_tests.end_to_end.machines import Cluster, cluster_in
from ragtime_assets_tests.shows import SLOWLY

EPISODES = 6
STRUCK = 2
WORKERS = 3
MADE = sorted(PHASES[:-1])
TERMINATE = "mutation ($id: String!) { terminateRun(runId: $id) { __typename } }"


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, bucket_server: BucketServer
) -> Iterator[tuple[Cluster, str]]:
    """Three workers and what they need, and the URL of Dagster's storage."""
    with postgres_database(postgres, "template1") as url, pytest.MonkeyPatch.context() as patched:
        patched.setenv("DAGSTER_POSTGRES_URL", url)
        folder, there = tmp_path_factory.mktemp("cluster"), with_clock_off(url, hours=1)
        with cluster_in(
            folder, there, bucket_server, episodes=EPISODES + STRUCK, workers=WORKERS, cue=SLOWLY
        ) as cluster:
            yield cluster, url


@pytest.fixture
def cluster(running: tuple[Cluster, str], monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The same, where this test finds Dagster's storage, too."""
    cluster, url = running
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", url)
    return cluster


def test_six_episodes_become_ready_though_a_run_is_cancelled_a_worker_killed_and_the_broker_gone(
    cluster: Cluster,
) -> None:
    corpus, keys = cluster.corpus, [cluster.corpus.key(number) for number in range(EPISODES)]
    victim, cancelled, *others = keys
    for key in (victim, cancelled):
        corpus.holder.hold("before", "audio_file", key)
    corpus.submit(*range(EPISODES))
    moments = {key: corpus.holder.wait_for("before", "audio_file", key) for key in (victim, cancelled)}
    first = corpus.run(corpus.status(victim).run_id)
    assert first.tags[QUEUE_TAG] == "ragtime/default"
    assert first.tags[CODE_TAG] == code_on_disk()
    assert first.tags[CLOCK_TAG] == "off"

    answer = corpus.graphql(TERMINATE, id=corpus.status(cancelled).run_id)
    assert answer["terminateRun"]["__typename"] == "TerminateRunSuccess"
    corpus.until(lambda: corpus.status(cancelled).state == "cancelled", 120)

    cluster.of(moments[victim]).kill()
    cluster.redis.stop()
    corpus.studio.submissions.request([cancelled], by="test")
    corpus.until(lambda: corpus.run(first.run_id).status == dg.DagsterRunStatus.FAILURE, 120)
    cluster.redis.start()
    corpus.holder.let_go()
    found = corpus.wait(*keys)
    assert {one.state for one in found.values()} == {"ready"}, cluster.told()
    for key in keys:
        assert sorted(corpus.saved(key)) == MADE, "no phase was done twice"
    begun = [machine.began() for machine in cluster.machines]
    assert len([runs for runs in begun if runs]) > 1, "what one had begun another took up"
    assert max(map(len, begun)) > 1
    for runs in begun:
        assert len(set(runs.values())) == len(runs), "each in a process that has worked on no other"
    assert [path for path in corpus.folder.rglob("*.json") if PHASES[0] in path.parts] == [], "all is in the bucket"


def test_what_befalls_the_servers_costs_no_finished_phase_and_is_over_when_they_are_back(cluster: Cluster) -> None:
    corpus = cluster.corpus
    unpublished, refused = keys = [corpus.key(EPISODES + number) for number in range(STRUCK)]
    corpus.holder.hold("before", "entity_links", unpublished)
    corpus.submit(EPISODES)
    corpus.holder.wait_for("before", "entity_links", unpublished)
    cluster.drop_connections()
    cluster.index.stop()
    corpus.holder.let_go()
    assert _failed(cluster, unpublished) == ("StoreUnavailable", "search_index")
    cluster.index.start()

    cluster.bucket.refused["PUT"] = (403, "AccessDenied")
    corpus.submit(EPISODES + 1)
    assert _failed(cluster, refused) == ("ConfigurationError", "episode_details")
    cluster.bucket.refused.clear()

    corpus.studio.submissions.request(keys, by="test")
    found = corpus.wait(*keys)
    assert {one.state for one in found.values()} == {"ready"}, cluster.told()
    for key in keys:
        assert sorted(corpus.saved(key)) == MADE, "no phase was done twice"


def _failed(cluster: Cluster, key: str) -> tuple[str | None, str | None]:
    """What an episode fails of, once it does, and at which phase."""
    cluster.corpus.until(lambda: cluster.corpus.status(key).state == "failed", 200)
    found = cluster.corpus.status(key)
    return found.error and found.error.error_class, found.phase
