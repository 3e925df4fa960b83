"""Sixty episodes, six of them bad: what is good becomes searchable, what is bad is named, nothing is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.orchestration.looking import look, status_document
from ragtime_assets.orchestration.tags import DEFER_TAG, RANGE_END_TAG, RANGE_START_TAG
from ragtime_assets_tests.end_to_end.conftest import Corpus, environment_of, free_port
from ragtime_assets_tests.shows import SLOWLY, guid, no_ears, serve_show

COUNT = 60
BAD = (3, 4, 24, 25, 40, 45)
"""Two in a row, at both sides of a border between batches, and whole batches without any."""
MOST_RUNS = COUNT // 25 + 2
LAST = frozenset(PHASES[-3:])
BACKFILLED = range(38, 42)
"""Three good ones, and a bad one among them."""

RUNS = """{ runsOrError { ... on Runs { results {
  runId jobName status tags { key value } assetSelection { path } } } } }"""
FAILURES = """query($r: ID!) { logsForRun(runId: $r) { ... on EventConnection { events {
  ... on ExecutionStepFailureEvent { stepKey failureMetadata { description } } } } } }"""
PARTITIONS = """query($a: AssetKeyInput!, $k: [String!]) { assetNodeOrError(assetKey: $a) { ... on AssetNode {
  assetPartitionStatuses { ... on DefaultPartitionStatuses {
    materializedPartitions unmaterializedPartitions failedPartitions materializingPartitions } }
  latestMaterializationByPartition(partitions: $k) { partition metadataEntries { label } } } } }"""
BACKFILL = """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
BACKFILL_STATUS = (
    "query($b: String!) { partitionBackfillOrError(backfillId: $b) { ... on PartitionBackfill { status } } }"
)


@dataclass(frozen=True)
class Run:
    """A run, as the web server tells of it."""

    id: str
    job: str
    status: str
    tags: dict[str, str]
    assets: frozenset[str]

    @property
    def is_over(self) -> bool:
        return self.status in ("SUCCESS", "FAILURE", "CANCELED")

    @property
    def is_of_a_schedule(self) -> bool:
        return "dagster/schedule_name" in self.tags

    def keys(self, order: list[str]) -> list[str]:
        """Its episodes, in the order of the partitions."""
        first = self.tags.get(RANGE_START_TAG) or self.tags["dagster/partition"]
        return order[order.index(first) : order.index(self.tags.get(RANGE_END_TAG, first)) + 1]


@dataclass
class Batches:
    """The sixty, once they were all tried."""

    corpus: Corpus
    keys: list[str]

    @property
    def good(self) -> list[str]:
        return [key for key in self.keys if key not in self.bad]

    @cached_property
    def bad(self) -> list[str]:
        return [self.keys[number] for number in BAD]

    @cached_property
    def first_runs(self) -> list[Run]:
        """The runs that the submissions became."""
        return [run for run in self.runs() if run.tags.get("dagster/run_key", "").startswith("requests-")]

    def runs(self) -> list[Run]:
        """All runs over episodes, oldest first: what the schedules look after comes whenever its hour does."""
        found = self.corpus.graphql(RUNS)["runsOrError"]["results"]
        runs = (
            Run(
                id=one["runId"],
                job=one["jobName"],
                status=one["status"],
                tags={tag["key"]: tag["value"] for tag in one["tags"]},
                assets=frozenset(path["path"][0] for path in one["assetSelection"] or ()),
            )
            for one in reversed(found)
        )
        return [run for run in runs if not run.is_of_a_schedule]

    def wait_for_runs(self, count: int, seconds: float) -> list[Run]:
        """All runs, once there are so many and all are over."""
        return self.corpus.wait_until(
            self.runs, lambda runs: len(runs) >= count and all(run.is_over for run in runs), seconds
        )

    def episodes(self) -> dict[str, dict[str, Any]]:
        """What `ragtime status` tells of each, by key, without a process for the question."""
        studio = self.corpus.studio
        return {one.key: status_document(one, studio.settings) for one in look(studio, None).episodes}

    def backfill(self, keys: list[str]) -> None:
        """What the button in the UI does, until it is over."""
        wanted = {"partitionNames": keys, "assetSelection": [{"path": [asset]} for asset in PHASES]}
        launched = self.corpus.graphql(BACKFILL, p=wanted)["launchPartitionBackfill"]
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        self.corpus.wait_until(
            lambda: self.corpus.graphql(BACKFILL_STATUS, b=launched["backfillId"])["partitionBackfillOrError"][
                "status"
            ],
            lambda status: status in ("COMPLETED_SUCCESS", "COMPLETED_FAILED", "COMPLETED", "FAILED"),
            600,
        )


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batches]:
    """Submitted while nothing runs, then up until every run is over."""
    folder = tmp_path_factory.mktemp("batches")
    with serve_show(COUNT, SLOWLY) as base:
        environment = environment_of(folder, base) | {"RAGTIME_WHISPER_MODEL": no_ears(folder)}
        corpus = Corpus(folder, environment, free_port(), base)
        guids = [f"gone-{number}" if number in BAD else guid(number) for number in range(COUNT)]
        words = [word for one in guids for word in ("--guid", one)]
        keys = [one["key"] for one in corpus.json("submit", "--feed", f"{base}/feed.xml", *words)["submitted"]]
        try:
            corpus.start()
            found = Batches(corpus, keys)
            found.wait_for_runs(-(-COUNT // 25), 600)
            yield found
        finally:
            corpus.stop()


def test_every_good_episode_is_searchable_and_every_bad_one_is_named_with_its_cause(batches: Batches) -> None:
    found = {one["key"]: one for one in batches.corpus.json("status")["episodes"]}
    assert list(found) == batches.keys
    assert {key: one["state"] for key, one in found.items() if key in batches.good} == dict.fromkeys(
        batches.good, "ready"
    )
    for key in batches.good:
        assert {phase["state"] for phase in found[key]["phases"].values()} == {"done"}, key
    hits = batches.corpus.json("search", "On night 0 the trumpeter")["hits"]
    assert batches.keys[0] in [hit["episode_key"] for hit in hits]
    for number in (48, 59):
        passages = batches.corpus.studio.index.search.look(f"On night {number} the trumpeter").passages
        assert batches.keys[number] in [hit.passage.episode_key for hit in passages]
    for key in batches.bad:
        one = found[key]
        assert (one["state"], one["phase"]) == ("failed", "episode_details"), one
        assert "gone-" in one["error"]["message"], one
        assert one["error"]["remedy"], one
        assert one["phases"][REPORT]["at"], "it tells how far the episode got, and is made again with the rest"
        assert all(one["phases"][asset]["state"] == "missing" for asset in PHASES[1:-1])


def test_status_failed_names_the_bad_ones_and_nobody_else(batches: Batches) -> None:
    assert {one["key"] for one in batches.corpus.json("status", "--failed", code=1)["episodes"]} == set(batches.bad)
    told = batches.corpus.ragtime("status", "--failed", code=1)
    assert all(key in told for key in batches.bad)
    assert not any(key in told for key in batches.good)
    assert told.count("What to do:") == len(BAD)


def test_the_runs_were_batches_over_contiguous_episodes(batches: Batches) -> None:
    runs = batches.first_runs
    assert len(batches.runs()) == len(runs) <= MOST_RUNS
    assert all(run.tags[DEFER_TAG] == "true" for run in runs)
    assert sorted(key for run in runs for key in run.keys(batches.keys)) == sorted(batches.keys), "each in one run"


def test_a_batch_with_bad_episodes_is_a_failed_run_that_names_exactly_those(batches: Batches) -> None:
    for run in batches.first_runs:
        keys = run.keys(batches.keys)
        bad = [key for key in keys if key in batches.bad]
        assert run.status == ("FAILURE" if bad else "SUCCESS")
        events = batches.corpus.graphql(FAILURES, r=run.id)["logsForRun"]["events"]
        failures = [event for event in events if event]
        assert [one["stepKey"] for one in failures] == ([REPORT] if bad else [])
        told = "".join(one["failureMetadata"]["description"] for one in failures)
        assert [key for key in keys if key in told] == bad


def test_the_partitions_page_shows_each_episode_of_a_batch_with_its_metadata(batches: Batches) -> None:
    key = batches.good[10]
    for asset, fact in (("episode_details", "title"), ("transcript", "words"), ("search_index", "points")):
        node = batches.corpus.graphql(PARTITIONS, a={"path": [asset]}, k=[key])["assetNodeOrError"]
        shown = node["assetPartitionStatuses"]
        assert sorted(shown["materializedPartitions"]) == sorted(batches.good), asset
        assert shown["materializingPartitions"] == []
        (latest,) = node["latestMaterializationByPartition"]
        assert latest["partition"] == key
        assert {fact, "engine", "seconds", "artifact"} <= {entry["label"] for entry in latest["metadataEntries"]}


def test_every_episode_has_its_report(batches: Batches) -> None:
    reports = batches.corpus.home / "store" / "artifacts" / REPORT
    told = {path.stem: path.read_text() for path in reports.glob("*.md")}
    assert set(told) == set(batches.keys)
    assert all("gone-" in told[key] for key in batches.bad)
    assert not any("What went wrong" in told[key] for key in batches.good)


def test_retrying_all_of_them_tries_the_bad_ones_again_and_repeats_nothing(batches: Batches) -> None:
    before, runs = batches.episodes(), batches.runs()
    told = batches.corpus.ragtime("retry", *batches.keys)
    assert told.count("nothing is missing") == len(batches.good)
    assert " ".join(told.split()).count("asked for episode_details") == len(BAD)
    after_runs = batches.wait_for_runs(len(runs) + 2 * len(BAD), 480)
    tried = [run for run in after_runs[len(runs) :] if run.job == "ingest_episode"]
    assert sorted(key for run in tried for key in run.keys(batches.keys)) == sorted(batches.bad)
    after = batches.episodes()
    for key in batches.good:
        assert after[key] == before[key], "not even its report was written again"
    for key in batches.bad:
        assert (after[key]["state"], after[key]["phase"]) == ("failed", "episode_details")
        assert after[key]["phases"][REPORT]["at"] > before[key]["phases"][REPORT]["at"]


def test_a_backfill_from_the_ui_strands_nobody_behind_a_bad_episode(batches: Batches) -> None:
    keys = [batches.keys[number] for number in BACKFILLED]
    good, bad = ([key for key in keys if (key in batches.bad) == is_bad] for is_bad in (False, True))
    before, runs = batches.episodes(), {run.id for run in batches.runs()}
    batches.backfill(keys)
    launched = [run for run in batches.runs() if run.id not in runs and run.job != "report_episode"]
    alone = [run for run in launched if not run.assets & LAST]
    together = [run for run in launched if run.assets <= LAST]
    assert alone + together == launched, "no run spans both policies"
    assert sorted(run.keys(batches.keys)[0] for run in alone) == sorted(keys)
    assert {len(run.keys(batches.keys)) for run in alone} == {1}, "an episode that fails stops nobody else"
    assert len(together) < len(LAST) * len(good), "what is cheap is done for many at a time"
    after = batches.episodes()
    for key in good:
        assert after[key]["state"] == "ready", after[key]
        assert all(after[key]["phases"][asset]["at"] > before[key]["phases"][asset]["at"] for asset in PHASES)
    for key in bad:
        assert (after[key]["state"], after[key]["phase"]) == ("failed", "episode_details")
