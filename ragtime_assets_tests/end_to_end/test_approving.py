"""The gate in one real tree: an episode waits, a yes in the web UI lets it go on, and the history says who gave it."""

from __future__ import annotations

from ragtime_assets.samples.server import EPISODES
from ragtime_assets_tests.end_to_end.conftest import Corpus

REPORT = "mutation($p: ReportRunlessAssetEventsParams!) { reportRunlessAssetEvents(eventParams: $p) { __typename } }"


def test_an_episode_waits_for_a_yes_and_goes_on_by_itself_after_one_in_the_ui(fresh_corpus: Corpus) -> None:
    corpus = fresh_corpus
    corpus.environment["RAGTIME_APPROVAL"] = "always"
    corpus.start()
    key = corpus.submit(EPISODES[0].page)
    waiting = corpus.wait_until(lambda: corpus.look(key), lambda one: one.state == "waiting for approval", 120)
    assert waiting.phase == "transcript"
    (asked,) = corpus.json("approve")["waiting"]
    assert (asked["key"], asked["why"]) == (key, "every episode is approved first")
    said = {"eventType": "ASSET_MATERIALIZATION", "assetKey": {"path": ["approval"]}, "partitionKeys": [key]}
    answer = corpus.graphql(REPORT, p=said)
    assert answer["reportRunlessAssetEvents"]["__typename"] == "ReportRunlessAssetEventsSuccess"
    assert corpus.wait(key)["state"] == "ready", corpus.logs()
    (decided,) = corpus.json("approve", key)["decided"]
    assert (decided["decision"], decided["by"], decided["changed"]) == ("approved", "Dagster's UI", False)
