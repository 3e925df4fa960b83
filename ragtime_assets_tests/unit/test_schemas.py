"""Every artifact's file has a published JSON Schema, which is that of the model."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.artifacts.schemas import form_of, schema_of
from ragtime_assets.domain.graph import ARTIFACTS
from ragtime_assets.phases.episode_report import make_episode_report
from ragtime_assets_tests import made

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas"
MADE = {name: artifact for name, (artifact, _) in made.ARTIFACTS.items()}
MADE |= {"episode_report": make_episode_report(made.KEY, made.URL, [], MADE)}


@pytest.mark.parametrize("asset", ARTIFACTS)
def test_the_published_schema_is_that_of_the_model(asset: str) -> None:
    assert json.loads((PUBLISHED / form_of(asset)).read_text()) == schema_of(asset), "ragtime schema --to docs/schemas"


def test_no_schema_is_published_of_what_is_no_artifact() -> None:
    assert {path.name for path in PUBLISHED.iterdir()} == {form_of(asset) for asset in ARTIFACTS}


@pytest.mark.parametrize("asset", ARTIFACTS)
def test_what_is_kept_is_of_the_published_form_and_nothing_else_is(asset: str) -> None:
    artifact = MADE[asset]
    envelope = Envelope(
        schema_version=artifact.schema_version,
        key=made.KEY,
        asset=asset,
        digest=artifact.digest(),
        inputs={},
        code_version="1",
        engine=artifact.engine,
        run_id="r",
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        seconds=1,
        payload=artifact.model_dump(mode="json"),
    )
    document = json.loads(envelope.model_dump_json())
    schema = schema_of(asset)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert list(validator.iter_errors(document)) == []
    assert not validator.is_valid(document | {"payload": {**document["payload"], "more": 1}})
    assert not validator.is_valid(document | {"schema_version": 99})
