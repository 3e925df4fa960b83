"""The published form of every artifact's file: JSON Schema, made from the models themselves.

`ragtime schema --to docs/schemas` writes them; a test compares what lies there with what is made here.
"""

from __future__ import annotations

from typing import Any

from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.graph import ARTIFACTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def form_of(asset: str) -> str:
    """The name of the file in which the schema of an artifact is published."""
    return f"{asset}.schema.json"


def schema_of(asset: str) -> dict[str, Any]:
    """What the file of this artifact looks like: the envelope, with the artifact as its payload."""
    artifact = ARTIFACTS[asset]
    payload = artifact.model_json_schema(mode="serialization")
    envelope = Envelope.model_json_schema(mode="serialization")
    definitions = {**payload.pop("$defs", {}), artifact.__name__: payload}
    told = {
        "payload": {"$ref": f"#/$defs/{artifact.__name__}"},
        "asset": {"const": asset},
        "schema_version": {"const": artifact.schema_version},
    }
    return {
        "$schema": DIALECT,
        "$id": form_of(asset),
        **envelope,
        "title": f"{asset}, as it is kept",
        "properties": envelope["properties"] | told,
        "$defs": definitions,
    }
