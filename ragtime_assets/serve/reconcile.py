"""`/reconcile`: the W3C Reconciliation Service over the entities of the corpus, for OpenRefine and the like."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ragtime_assets.errors import InvalidContent
from ragtime_assets.serve.face import Face
from ragtime_assets.serve.parameters import body_of, fields_of, is_json

_LARGEST_BATCH = 1_000_000
"""Bytes."""


async def reconcile(face: Face, request: Request) -> Response:
    """What the service is, or the answers to a batch of queries; it only reads, so any client may post to it."""
    if request.method == "POST":
        body = await body_of(request, _LARGEST_BATCH)
        queries = body.decode("utf-8", "replace") if is_json(request) else fields_of(body).get("queries")
    else:
        queries = request.query_params.get("queries")
    return await run_in_threadpool(partial(_answer, face, queries))


def _answer(face: Face, queries: str | None) -> Response:
    service = face.studio.knowledge.reconciliation
    if queries is None:
        return JSONResponse(service.manifest(face.studio.settings.serve_url))
    return JSONResponse(service.answer(_read(queries)))


def _read(queries: str) -> Any:
    try:
        return json.loads(queries)
    except (ValueError, RecursionError) as error:
        raise InvalidContent(
            f"the reconciliation query batch is no JSON: {error}",
            remedy="Send a JSON object of queries as the Reconciliation Service API 0.2 documents it.",
        ) from None
