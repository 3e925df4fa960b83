"""Settings that are not the default: each step in a process of its own, and a person's yes before an episode costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, held_corpus, up
from ragtime_assets_tests.shows import SLOWLY, serve_show

SAY_YES = "mutation($p: ReportRunlessAssetEventsParams!) { reportRunlessAssetEvents(eventParams: $p) { __typename } }"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, no_settings: None) -> Iterator[HeldCorpus]:
    """A corpus that is up."""
    other = {"executor": "multiprocess", "approval": "always"}
    folder = tmp_path_factory.mktemp("other")
    with serve_show(1, SLOWLY) as base, held_corpus(folder, base, **other) as corpus, up(corpus, web=True):
        yield corpus


@pytest.fixture(scope="module")
def waiting(corpus: HeldCorpus) -> dict[str, Any]:
    """The one episode, once it waits for a yes, as `ragtime approve` tells of it."""
    (key,) = corpus.submit(0)
    corpus.until(lambda: corpus.status(key).state == "waiting for approval", 120)
    (asked,) = corpus.json("approve")["waiting"]
    return asked


@pytest.fixture(scope="module")
def pids(corpus: HeldCorpus, waiting: dict[str, Any]) -> set[int]:
    """The processes that worked on it at the same time, once it is ready, after somebody said yes in the web UI."""
    key, assets = waiting["key"], ("summary", "chunks")
    for asset in assets:
        corpus.holder.hold("before", asset, key)
    said = {"eventType": "ASSET_MATERIALIZATION", "assetKey": {"path": ["approval"]}, "partitionKeys": [key]}
    answer = corpus.graphql(SAY_YES, p=said)
    assert answer["reportRunlessAssetEvents"]["__typename"] == "ReportRunlessAssetEventsSuccess"
    held = {corpus.holder.wait_for("before", asset, key).pid for asset in assets}
    corpus.holder.let_go()
    corpus.wait_until_ready(key)
    return held


def test_an_episode_waits_for_a_yes_before_it_costs(corpus: HeldCorpus, waiting: dict[str, Any]) -> None:
    key = waiting["key"]
    assert waiting["why"] == "every episode is approved first"
    assert (corpus.status(key).state, corpus.status(key).phase) == ("waiting for approval", "transcript")
    assert corpus.saved(key) == ["episode_details", "audio_file"]


def test_a_yes_in_the_ui_lets_it_go_on_by_itself_and_the_history_says_who_gave_it(
    corpus: HeldCorpus, waiting: dict[str, Any], pids: set[int]
) -> None:
    (decided,) = corpus.json("approve", waiting["key"])["decided"]
    assert (decided["decision"], decided["by"], decided["changed"]) == ("approved", "Dagster's UI", False)


def test_an_episode_whose_steps_work_beside_each_other_becomes_ready(
    corpus: HeldCorpus, waiting: dict[str, Any], pids: set[int]
) -> None:
    """The run holds the episode, and the processes of its steps are let in."""
    assert len(pids) == 2, "both work at the same time"
    assert sorted(corpus.saved(waiting["key"])) == sorted(PHASES[:-1])
    assert corpus.litter() == []
