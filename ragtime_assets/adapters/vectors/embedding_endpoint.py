"""An OpenAI-compatible endpoint that embeds, and what its answers hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, Field, ValidationError

from ragtime_assets.adapters.web.openai_endpoint import OpenAIEndpoint
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.errors import OutputInvalid

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

_PATIENCE = 120
_NOT_AN_EMBEDDER = "Set RAGTIME_EMBEDDER=openai:MODEL to a model that embeds."


class EmbeddingEndpoint(OpenAIEndpoint):
    """Where text is sent."""

    does: ClassVar = "embed"
    settings: ClassVar = ("RAGTIME_EMBEDDING_URL", "RAGTIME_EMBEDDER", "RAGTIME_EMBEDDING_API_KEY")
    other_model: ClassVar = "Set RAGTIME_EMBEDDER=openai:MODEL to a model that embeds, and takes texts of 300 words."

    def send(self, texts: Sequence[str], deadline: Deadline) -> str:
        """The body of the answer about these texts."""
        asked = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        return self.post("embeddings", _PATIENCE, deadline, json=asked)


class _Row(BaseModel):
    embedding: list[float]
    index: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0)


class _Answer(BaseModel):
    data: list[_Row]


class _Billed(BaseModel):
    usage: _Usage


def read_tokens(body: str) -> int | None:
    """How many tokens an answer says were read; None when it does not."""
    try:
        return _Billed.model_validate_json(body).usage.prompt_tokens
    except ValidationError:
        return None


def read_rows(body: str, texts: int, dimension: int | None) -> Vectors:
    """The vectors of an answer about so many texts, in their order; raises OutputInvalid when it holds none."""
    import numpy as np

    if body.lstrip().startswith("<"):
        raise OutputInvalid(
            "a web page came where vectors were asked for",
            remedy="Correct RAGTIME_EMBEDDING_URL: it is the address of the API, which mostly ends in /v1.",
        )
    try:
        data = _Answer.model_validate_json(body).data
    except ValidationError as error:
        raise OutputInvalid(
            f"the answer is not a list of embeddings: {error.error_count()} mistakes", remedy=_NOT_AN_EMBEDDER
        ) from error
    rows = data if any(row.index is None for row in data) else sorted(data, key=lambda row: row.index or 0)
    places = [row.index for row in rows if row.index is not None]
    if len(rows) != texts or (places and places != list(range(texts))):
        raise OutputInvalid(f"{len(rows)} vectors came for {texts} texts", remedy=_NOT_AN_EMBEDDER)
    lengths = {len(row.embedding) for row in rows}
    if len(lengths) != 1 or (dimension is not None and lengths != {dimension}) or 0 in lengths:
        told = ", ".join(map(str, sorted(lengths)))
        wanted = f" and not {dimension}" if dimension else ""
        raise OutputInvalid(
            f"the vectors of the answer have {told} dimensions{wanted}",
            remedy="Set RAGTIME_EMBEDDER=openai:MODEL to the model that RAGTIME_EMBEDDING_URL has now; "
            "`ragtime reindex --vectors` then tells what it costs to embed everything with it.",
        )
    vectors = np.array([row.embedding for row in rows], dtype=np.float32)
    if not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
        raise OutputInvalid(
            "the answer has vectors that are not numbers, or nothing but zeros", remedy=_NOT_AN_EMBEDDER
        )
    return vectors
