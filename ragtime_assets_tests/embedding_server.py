"""An OpenAI-compatible server that embeds, on loopback: texts that share words are near each other."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets_tests.fakes import FakeEmbedder

DIMENSION = 384


@dataclass
class EmbeddingServer:
    """Keeps what it was sent."""

    server: HTTPServer
    batches: list[list[str]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    refusals: list[Response | None] = field(default_factory=list)
    """What comes instead of an answer, call by call; None lets one through."""
    answers: list[str] = field(default_factory=list)
    """Bodies that come instead of vectors."""
    tokens_per_text: int | None = 10

    def __post_init__(self) -> None:
        self.server.expect_request("/v1/embeddings", method="POST").respond_with_handler(self._embed)

    @property
    def url(self) -> str:
        return self.server.url_for("/v1")

    def _embed(self, request: Request) -> Response:
        asked = json.loads(request.data)
        self.asked.append(asked)
        self.batches.append(asked["input"])
        self.keys.append(request.headers.get("Authorization"))
        if self.refusals and (refusal := self.refusals.pop(0)):
            return refusal
        if self.answers:
            return Response(self.answers.pop(0), content_type="application/json")
        return Response(json.dumps(self._answer(asked)), content_type="application/json")

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = FakeEmbedder().passages(asked["input"]) * 2  # of a length that is not one
        data = [{"object": "embedding", "index": at, "embedding": row.tolist()} for at, row in enumerate(rows)]
        answer = {"object": "list", "model": asked["model"], "data": data[::-1]}
        if self.tokens_per_text is not None:
            tokens = self.tokens_per_text * len(asked["input"])
            answer["usage"] = {"prompt_tokens": tokens, "total_tokens": tokens}
        return answer
