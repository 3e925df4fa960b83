"""What every artifact shares: it does not change, its digest says what it is, old ones can be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from ragtime_assets.domain.artifact import Artifact, Envelope, upgraded
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.trace import TraceStep
from ragtime_assets.domain.graph import ARTIFACTS
from ragtime_assets_tests.fakes import details_of

STEP = TraceStep(at=datetime(2024, 5, 1, tzinfo=UTC), tool="fetch", arguments={"url": "https://show.example/one"})


class Third(Artifact):
    """An artifact that had two older shapes."""

    asset: ClassVar[str] = "third"
    schema_version: ClassVar[int] = 3
    upgrades: ClassVar[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {
        1: lambda payload: payload | {"words": payload["text"].split()},
        2: lambda payload: {"engine": payload["engine"], "count": len(payload["words"])},
    }
    count: int


def test_an_artifact_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        details_of().title = "other"  # type: ignore[misc]


def test_an_artifact_has_no_fields_but_its_own() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        details_of(surprise=1)


def test_the_same_content_has_the_same_digest_and_another_has_another() -> None:
    assert details_of().digest() == details_of().digest()
    assert details_of(title="Other").digest() != details_of().digest()
    assert len(details_of().digest()) == 64


def test_a_digest_stays_what_it_was_whatever_order_the_fields_come_in() -> None:
    """Another one for the same content would leave every corpus out of date."""
    written = '{"count": 1, "engine": "Café"}'
    assert Third(engine="Café", count=1).digest() == hashlib.sha256(written.encode()).hexdigest()


def test_how_an_artifact_came_about_is_no_part_of_its_digest() -> None:
    assert details_of(trace=(STEP,)).digest() == details_of().digest()


def test_a_digest_survives_being_written_and_read() -> None:
    details = details_of(title="Café 🎷", published=datetime(2026, 3, 1, tzinfo=UTC), confidence=0.1 + 0.2)
    assert EpisodeDetails.model_validate(details.model_dump(mode="json")).digest() == details.digest()
    assert EpisodeDetails.model_validate_json(details.model_dump_json()).digest() == details.digest()


def test_the_engine_is_part_of_the_digest() -> None:
    one, other = (Embeddings(engine=name, dimension=1, chunk_digests=(), vectors="v") for name in ("a", "b"))
    assert one.digest() != other.digest()


@pytest.mark.parametrize("artifact", ARTIFACTS.values(), ids=ARTIFACTS)
def test_what_is_left_out_of_a_digest_is_a_field(artifact: type[Artifact]) -> None:
    assert artifact.unfingerprinted <= set(artifact.model_fields)


def test_an_old_payload_is_upgraded_step_by_step() -> None:
    assert upgraded(Third, {"engine": "e", "text": "a b c"}, 1) == {"engine": "e", "count": 3}
    assert upgraded(Third, {"engine": "e", "words": ["a"]}, 2) == {"engine": "e", "count": 1}
    assert upgraded(Third, {"engine": "e", "count": 7}, 3) == {"engine": "e", "count": 7}


def test_an_envelope_keeps_its_moment_through_json() -> None:
    envelope = Envelope(
        schema_version=1,
        key="one",
        asset="third",
        digest="d",
        inputs={},
        code_version="1",
        engine="e",
        run_id="r",
        created_at=datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC),
        seconds=0.5,
        payload={"nested": [1, {"a": None}]},
    )
    assert Envelope.model_validate_json(envelope.model_dump_json()) == envelope


def test_a_trace_of_the_first_schema_is_still_read() -> None:
    details = details_of()
    step = {"action": "fetch", "target": "https://show.example/one", "outcome": "200 bytes"}
    old = details.model_dump(mode="json", exclude={"as_read"}) | {"trace": [step]}
    (read,) = EpisodeDetails.model_validate(upgraded(EpisodeDetails, old, 1)).trace
    assert (read.tool, read.arguments, read.output) == ("fetch", {"target": step["target"]}, "200 bytes")
    assert read.at == datetime(1970, 1, 1, tzinfo=UTC)
    assert EpisodeDetails.model_validate(upgraded(EpisodeDetails, details.model_dump(exclude={"trace"}), 1)) == details
