"""Settings that are not the default: each step in a process of its own, and a person's yes before an episode costs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, held_corpus, up
from ragtime_assets_tests.shows import serve_show

SAY_YES = "mutation($p: ReportRunlessAssetEventsParams!) { reportRunlessAssetEvents(eventParams: $p) { __typename } }"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, no_settings: None) -> Iterator[HeldCorpus]:
    """A corpus that is up; each test has an episode of its own."""
    other = {"executor": "multiprocess", "approval": "always"}
    folder = tmp_path_factory.mktemp("other")
    with serve_show(2) as base, held_corpus(folder, base, **other) as corpus, up(corpus, web=True):
        yield corpus


def test_an_episode_waits_for_a_yes_and_goes_on_by_itself_after_one_in_the_ui(corpus: HeldCorpus) -> None:
    (key,) = corpus.submit(0)
    corpus.until(lambda: corpus.status(key).state == "waiting for approval", 120)
    assert corpus.status(key).phase == "transcript"
    (asked,) = corpus.json("approve")["waiting"]
    assert (asked["key"], asked["why"]) == (key, "every episode is approved first")
    say_yes(corpus, key)
    corpus.wait_until_ready(key)
    (decided,) = corpus.json("approve", key)["decided"]
    assert (decided["decision"], decided["by"], decided["changed"]) == ("approved", "Dagster's UI", False)


def test_an_episode_whose_steps_work_beside_each_other_becomes_ready(corpus: HeldCorpus) -> None:
    """The run holds the episode, and the processes of its steps are let in."""
    key = corpus.key(1)
    corpus.holder.hold("before", "summary", key)
    corpus.holder.hold("before", "chunks", key)
    corpus.submit(1)
    corpus.until(lambda: corpus.status(key).state == "waiting for approval", 120)
    say_yes(corpus, key)
    summary = corpus.holder.wait_for("before", "summary", key)
    chunks = corpus.holder.wait_for("before", "chunks", key)
    corpus.holder.let_go()
    corpus.wait_until_ready(key)
    assert summary.pid != chunks.pid, "both work at the same time"
    assert sorted(corpus.saved(key)) == sorted(PHASES[:-1])
    assert corpus.litter() == []


def say_yes(corpus: HeldCorpus, key: str) -> None:
    """In the web UI, where a person materialises the asset `approval` of this episode."""
    said = {"eventType": "ASSET_MATERIALIZATION", "assetKey": {"path": ["approval"]}, "partitionKeys": [key]}
    answer = corpus.graphql(SAY_YES, p=said)
    assert answer["reportRunlessAssetEvents"]["__typename"] == "ReportRunlessAssetEventsSuccess"
