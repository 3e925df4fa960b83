"""A Qdrant server on loopback: the REST interface as Qdrant documents it, over the library's own index in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pytest_httpserver import HTTPServer
from qdrant_client import QdrantClient, models
from werkzeug import Request, Response

_DONE = {"operation_id": 1, "status": "completed"}
_SELECTOR = TypeAdapter[Any](models.PointsSelector)


@dataclass
class QdrantServer:
    """Answers whoever has the key; keeps what it was asked."""

    server: HTTPServer
    key: str | None = None
    version: str = "1.17.0"
    refusals: list[Response] = field(default_factory=list)
    """What comes instead of the next answers."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)
    kept: QdrantClient = field(default_factory=lambda: QdrantClient(":memory:"))

    def __post_init__(self) -> None:
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    def _answer(self, request: Request) -> Response:
        self.asked.append((request.method, request.path))
        self.keys.add(request.headers.get("api-key"))
        if self.key and request.headers.get("api-key") != self.key:
            return Response("Must provide an API key or an Authorization bearer token", 401)
        if request.path == "/":
            return _json({"title": "qdrant - vector search engine", "version": self.version})
        if self.refusals:
            return self.refusals.pop(0)
        if request.path == "/collections":
            names = [{"name": one.name} for one in self.kept.get_collections().collections]
            return _json({"result": {"collections": names}, "status": "ok", "time": 0})
        found = re.fullmatch(r"/collections/([^/]+)(/.*)?", request.path)
        answer = _ANSWERS.get((request.method, found[2] or "")) if found else None
        if found is None or answer is None:
            return Response("", 404)
        name = found[1]
        if not self.kept.collection_exists(name) and request.method != "DELETE" and found[2] != "/exists":
            is_new = request.method == "PUT" and not found[2]
            if not is_new:
                return _json({"status": {"error": f"Not found: Collection `{name}` doesn't exist!"}}, 404)
        elif request.method == "PUT" and not found[2]:
            error = f"Wrong input: Collection `{name}` already exists!"
            return _json({"status": {"error": error}, "time": 0}, 409)
        body = json.loads(request.data) if request.data else {}
        result = answer(self.kept, name, body)
        shown = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
        return _json({"result": shown, "status": "ok", "time": 0})


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, mimetype="application/json")


def _create(kept: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    asked = models.CreateCollection.model_validate(body)
    return kept.create_collection(name, vectors_config=asked.vectors, metadata=asked.metadata)


def _upsert(kept: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    kept.upsert(name, [models.PointStruct.model_validate(one) for one in body["points"]])
    return _DONE


def _delete(kept: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    kept.delete(name, _SELECTOR.validate_python(body))
    return _DONE


def _query(kept: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    asked = models.QueryRequest.model_validate(body)
    return kept.query_points(
        name,
        query=asked.query,
        query_filter=asked.filter,
        limit=asked.limit or 10,
        with_payload=asked.with_payload or False,
    )


def _query_batch(kept: QdrantClient, name: str, body: dict[str, Any]) -> Any:
    return [_query(kept, name, one).model_dump(mode="json") for one in body["searches"]]


_ANSWERS: dict[tuple[str, str], Callable[[QdrantClient, str, dict[str, Any]], Any]] = {
    ("GET", "/exists"): lambda kept, name, _: {"exists": kept.collection_exists(name)},
    ("GET", ""): lambda kept, name, _: kept.get_collection(name),
    ("PUT", ""): _create,
    ("DELETE", ""): lambda kept, name, _: kept.delete_collection(name),
    ("PUT", "/index"): lambda _kept, _name, _body: _DONE,
    ("PUT", "/points"): _upsert,
    ("POST", "/points/delete"): _delete,
    ("POST", "/points/query"): _query,
    ("POST", "/points/query/batch"): _query_batch,
    ("POST", "/points/count"): lambda kept, name, _: kept.count(name),
}
