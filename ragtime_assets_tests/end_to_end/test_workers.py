"""Runs over a real broker, by workers that share Postgres, a bucket and an index server, and nothing else.

One of them listens, and does nothing else. The clocks of all of them are an hour behind that of the database.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.launching.code import code_on_disk
from ragtime_assets.orchestration.launching.queues import DEFAULT_QUEUE, SPEECH_QUEUE
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.orchestration.tags import CLOCK_TAG, CODE_TAG, QUEUE_TAG
from ragtime_assets_tests.bucket_server import BucketServer
from ragtime_assets_tests.clocks import with_clock_off
from ragtime_assets_tests.conftest import postgres_database
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, in_process
from ragtime_assets_tests.end_to_end.machines import Cluster, cluster_in
from ragtime_assets_tests.shows import SLOWLY

EPISODES = 6
STRUCK = 2
SPOKEN = 1
WORKERS = 2
AT_ONCE = 2 * WORKERS
"""Each works on two at a time: where all do, none has taken a run that it has not begun."""
MADE = sorted(PHASES[:-1])
EARS = {"transcript": "whisper:bundled"}
STOPS_WITHIN = 30
TERMINATE = "mutation ($id: String!) { terminateRun(runId: $id) { __typename ... on PythonError { message } } }"
STOPPED = {"terminateRun": {"__typename": "TerminateRunSuccess"}}


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, bucket_server: BucketServer
) -> Iterator[tuple[Cluster, str]]:
    """Workers, the one that listens last, and what they need, and the URL of Dagster's storage."""
    with postgres_database(postgres, "template1") as url, pytest.MonkeyPatch.context() as patched:
        patched.setenv("DAGSTER_POSTGRES_URL", url)
        folder, there = tmp_path_factory.mktemp("cluster"), with_clock_off(url, hours=1)
        episodes = EPISODES + STRUCK + SPOKEN
        with cluster_in(
            folder, there, bucket_server, episodes=episodes, workers=0, cue=SLOWLY, spoken=SPOKEN
        ) as cluster:
            for queue in (*[DEFAULT_QUEUE] * WORKERS, SPEECH_QUEUE):
                cluster.add_machine("--queue", queue)
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
    for key in keys[:AT_ONCE]:
        corpus.holder.hold("before", "audio_file", key)
    corpus.submit(*range(EPISODES))
    moments = {key: corpus.holder.wait_for("before", "audio_file", key) for key in keys[:AT_ONCE]}
    victim, *others = moments
    cancelled = next(key for key in others if cluster.of(moments[key]) is not cluster.of(moments[victim]))
    first = corpus.run(corpus.status(victim).run_id)
    assert first.tags[QUEUE_TAG] == DEFAULT_QUEUE
    assert first.tags[CODE_TAG] == code_on_disk()
    assert first.tags[CLOCK_TAG] == "off"

    assert corpus.graphql(TERMINATE, id=corpus.status(cancelled).run_id) == STOPPED
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


def test_listening_is_stopped_on_another_machine_by_the_command_and_by_the_ui_and_taken_up_again_there(
    cluster: Cluster,
) -> None:
    corpus, listener = cluster.corpus, cluster.machines[-1]
    (key,) = corpus.submit(EPISODES + STRUCK)
    corpus.studio.submissions.request([key], by="test", bind=EARS)
    corpus.until(lambda: _heard_by(corpus, key), 200)
    (first,) = _heard_by(corpus, key)
    told = in_process(corpus.studio.settings, "ragtime_assets", "cancel", key)
    assert told.returncode == 0, told.stderr
    corpus.until(lambda: _is_cancelled(corpus, first), STOPS_WITHIN)
    assert corpus.status(key).state == "cancelled"

    corpus.studio.submissions.request([key], by="test")
    corpus.until(lambda: len(_heard_by(corpus, key)) == 2, 200)
    (second,) = _heard_by(corpus, key) - {first}
    assert corpus.graphql(TERMINATE, id=second) == STOPPED
    corpus.until(lambda: _is_cancelled(corpus, second), STOPS_WITHIN)
    assert corpus.status(key).state == "cancelled"

    assert list(listener.began()) == [first, second], "what is stopped leaves its machine free for the next"
    assert [corpus.run(run_id).tags[QUEUE_TAG] for run_id in (first, second)] == [SPEECH_QUEUE] * 2
    assert corpus.saved(key) == ["episode_details", "audio_file"], "no phase was done twice, and none half"


def test_what_befalls_the_servers_costs_no_finished_phase_and_is_over_when_they_are_back(cluster: Cluster) -> None:
    corpus = cluster.corpus
    unpublished, refused = keys = [corpus.key(EPISODES + number) for number in range(STRUCK)]
    corpus.holder.hold("before", "entity_links", unpublished)
    corpus.submit(EPISODES)
    corpus.holder.wait_for("before", "entity_links", unpublished)
    cluster.drop_connections()
    cluster.index.stop()
    corpus.holder.let_go()
    assert _stopped_by(cluster, unpublished) == ("StoreUnavailable", "search_index")
    cluster.index.start()

    cluster.bucket.refused["PUT"] = (403, "AccessDenied")
    corpus.submit(EPISODES + 1)
    assert _stopped_by(cluster, refused) == ("ConfigurationError", "episode_details")
    cluster.bucket.refused.clear()

    corpus.studio.submissions.request(keys, by="test")
    found = corpus.wait(*keys)
    assert {one.state for one in found.values()} == {"ready"}, cluster.told()
    for key in keys:
        assert sorted(corpus.saved(key)) == MADE, "no phase was done twice"


def _heard_by(corpus: HeldCorpus, key: str) -> set[str]:
    """The runs that have heard a part of an episode."""
    of_transcript = dg.AssetRecordsFilter(dg.AssetKey("transcript"), asset_partitions=[key])
    told = corpus.instance.fetch_observations(of_transcript, limit=1_000).records
    seen = [(one.run_id, one.asset_observation) for one in told]
    return {run_id for run_id, one in seen if one and one.metadata.get("doing") == dg.MetadataValue.text("listening")}


def _is_cancelled(corpus: HeldCorpus, run_id: str) -> bool:
    return corpus.run(run_id).status == dg.DagsterRunStatus.CANCELED


def _stopped_by(cluster: Cluster, key: str) -> tuple[str, str | None]:
    """What stops an episode, once something does, and at which phase; it may be tried again a moment later."""
    seen: list[EpisodeStatus] = []

    def is_stopped() -> bool:
        seen.append(cluster.corpus.status(key))
        return seen[-1].error is not None

    cluster.corpus.until(is_stopped, 200)
    assert seen[-1].error
    return seen[-1].error.error_class, seen[-1].phase
