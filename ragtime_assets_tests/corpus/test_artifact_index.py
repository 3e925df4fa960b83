"""The index over the artifact files: what is there, and what is missing or stale."""

from __future__ import annotations

import pytest

from ragtime_assets.corpus.artifact_index import ArtifactIndex
from ragtime_assets.corpus.database import Database
from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.corpus.rows import NOW, envelope


@pytest.fixture
def index(database: Database) -> ArtifactIndex:
    """The index of a fresh corpus."""
    return ArtifactIndex(database)


def test_what_was_recorded_is_read_back(index: ArtifactIndex) -> None:
    index.record([envelope("one", "summary")])
    found = index.of(["one"])["one"]["summary"]
    assert (found.digest, found.inputs, found.engine) == ("summary", {"transcript": "transcript"}, "fake")
    assert (found.title, found.show, found.seconds) == ("A title", None, 1.5)
    assert found.created_at == NOW
    assert found.created_at.tzinfo is not None


def test_recording_again_replaces(index: ArtifactIndex) -> None:
    index.record([envelope("one", "summary"), envelope("one", "chunks")])
    index.record([envelope("one", "summary", "newer", engine="other")])
    assert {asset: one.digest for asset, one in index.of()["one"].items()} == {"summary": "newer", "chunks": "chunks"}
    assert index.of()["one"]["summary"].engine == "other"


def test_recording_nothing_is_harmless(index: ArtifactIndex) -> None:
    index.record([])
    assert index.of() == {}


def test_what_is_dropped_is_named_by_key_and_asset(index: ArtifactIndex) -> None:
    index.record([envelope("one", "summary"), envelope("one", "chunks"), envelope("two", "summary")])
    index.drop([("one", "summary"), ("two", "chunks")])
    index.drop([])
    assert {key: set(assets) for key, assets in index.of().items()} == {"one": {"chunks"}, "two": {"summary"}}


def test_forgetting_drops_one_episode_only(index: ArtifactIndex) -> None:
    index.record([envelope("one", "summary"), envelope("two", "summary")])
    index.forget("one")
    assert set(index.of()) == {"two"}


def test_an_episode_is_whole_while_each_artifact_was_made_from_those_that_are_there(index: ArtifactIndex) -> None:
    whole = [envelope(key, asset) for key in ("one", "two", "three") for asset in PHASES]
    index.record(whole)
    assert index.whole() == {"one", "two", "three"}
    index.record([envelope("two", "chunks", "newer")])
    index.drop([("three", "episode_report")])
    assert index.whole() == {"one"}


def test_a_question_about_a_hundred_thousand_episodes_is_answered(index: ArtifactIndex) -> None:
    index.record([envelope("key-99999", asset) for asset in PHASES])
    found = index.of([f"key-{number}" for number in range(100_000)])
    assert {key: set(assets) for key, assets in found.items()} == {"key-99999": set(PHASES)}
