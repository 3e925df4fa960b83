"""What a materialization shows: every fact of its artifact under its name, and a link to every file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from dagster import MetadataValue

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import UPSTREAM
from ragtime_assets.domain.links import artifact_url, report_url
from ragtime_assets.orchestration.metadata import CELL, PREVIEW, metadata_of
from ragtime_assets.phases.episode_report import make_episode_report
from ragtime_assets.phases.listening.renderings import RENDERINGS
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.made import ARTIFACTS, KEY, URL

FACE = "https://face.example"
MADE: dict[str, Artifact] = {name: artifact for name, (artifact, _) in ARTIFACTS.items()}
MADE |= {"episode_report": make_episode_report(KEY, URL, [], MADE)}


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "store", tmp_path / "scratch")


def shown(artifact: Artifact, store: ArtifactStore) -> dict[str, MetadataValue]:
    envelope = store.save(KEY, artifact, inputs={}, code_version="1", run_id="r", seconds=1.5)
    return metadata_of(artifact, envelope, store, FACE)


@pytest.mark.parametrize("kind", UPSTREAM)
def test_every_artifact_of_the_graph_tells_of_itself(kind: type[Artifact]) -> None:
    assert "tells" in vars(kind)


@pytest.mark.parametrize("name", MADE)
def test_a_materialization_shows_every_fact_and_file_of_its_artifact(name: str, store: ArtifactStore) -> None:
    artifact = MADE[name]
    metadata = shown(artifact, store)
    facts = [fact.name for fact in artifact.tells()]
    assert facts
    assert list(metadata) == [*facts, "engine", "seconds", "artifact", *artifact.files, "path"]
    for file, suffix in artifact.files.items():
        address = report_url(FACE, KEY) if file == "report" else artifact_url(FACE, name, KEY, suffix)
        assert metadata[file] == MetadataValue.url(address)
    assert metadata["path"] == MetadataValue.path(store.path(name, KEY))


def test_each_fact_is_of_the_kind_that_dagster_charts_or_links(store: ArtifactStore) -> None:
    details = details_of(published=datetime(2026, 3, 1, tzinfo=UTC))
    metadata = shown(details, store)
    assert metadata["audio_addresses"] == MetadataValue.int(1)
    assert metadata["page"] == MetadataValue.url(details.page_url)
    assert metadata["published"] == MetadataValue.timestamp(datetime(2026, 3, 1, tzinfo=UTC))
    assert shown(MADE["audio_file"], store)["duration_seconds"] == MetadataValue.float(60.0)
    assert shown(MADE["episode_report"], store)["complete"] == MetadataValue.bool(True)


def test_long_words_are_cut(store: ArtifactStore) -> None:
    preview = shown(details_of(description="word " * 1_000), store)["preview"]
    assert len(str(preview.value)) <= PREVIEW + 4
    said = Transcript.model_validate(MADE["transcript"].model_dump() | {"segments": [_long_segment()]})
    assert len(str(shown(said, store)["preview"].value)) <= CELL + 20


def test_the_files_beside_a_transcript_are_those_that_are_rendered() -> None:
    assert set(Transcript.files.values()) == set(RENDERINGS)


def _long_segment() -> dict[str, object]:
    return {"start": 0, "end": 60, "text": "word " * 500}
