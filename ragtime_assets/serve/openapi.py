"""The OpenAPI document: every page as JSON, and what programs may ask for; its schemas are those of the views."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ragtime_assets import __version__
from ragtime_assets.domain.searching.narrowing import NARROWINGS
from ragtime_assets.serve.face import Face, json_address
from ragtime_assets.serve.faults import FaultView
from ragtime_assets.serve.page import View
from ragtime_assets.serve.views.ask import AskView
from ragtime_assets.serve.views.entity import EntitiesView, EntityView
from ragtime_assets.serve.views.episode import EpisodeView
from ragtime_assets.serve.views.home import HomeView
from ragtime_assets.serve.views.keep import DoneView, KeepView
from ragtime_assets.serve.views.report import ReportView
from ragtime_assets.serve.views.results import ResultsView
from ragtime_assets.serve.views.show import ShowsView, ShowView

SCHEMAS = "#/components/schemas/"
READS: Mapping[str, tuple[type[View], str, tuple[str, ...]]] = {
    "/": (HomeView, "What there is", ()),
    "/search": (ResultsView, "Passages that fit", ("q", "n", *NARROWINGS)),
    "/ask": (AskView, "A question; where no model is set, with the closest passages", ("q", *NARROWINGS)),
    "/shows": (ShowsView, "All shows", ("page",)),
    "/shows/show": (ShowView, "The episodes of a show", ("name", "page")),
    "/entities": (EntitiesView, "Who and what is named", ("q", "type", "initial", "page")),
    "/entities/{id}": (EntityView, "Every moment at which one is named", ("page",)),
    "/episodes/{key}": (EpisodeView, "An episode, with a part of its transcript", ("part", "at")),
    "/episodes/{key}/report": (ReportView, "What happened to an episode", ()),
    "/keep": (KeepView, "Where every episode stands", ("state", "page")),
}
WRITES: Mapping[str, tuple[type[View], str, tuple[str, ...], tuple[str, ...]]] = {
    "/ask": (AskView, "An answer, which may cost money", ("q",), NARROWINGS),
    "/keep/submit": (DoneView, "Submit an episode; its key comes back at once", ("url",), ("guid",)),
    "/keep/approve": (DoneView, "Say yes", ("key",), ("note",)),
    "/keep/reject": (DoneView, "Say no", ("key",), ("note",)),
    "/keep/retry": (DoneView, "Ask again for what is outstanding", ("key",), ()),
    "/keep/title": (DoneView, "Correct a title", ("key", "title"), ()),
    "/keep/name": (DoneView, "Write a name otherwise than it is heard", ("heard", "written"), ()),
}
"""By address, what is answered, what it is, the fields that are needed, and those that may be sent."""


def openapi(face: Face, request: Request) -> Response:
    """`/openapi.json`."""
    return JSONResponse(document(face.studio.settings.serve_url))


def document(server: str) -> dict[str, Any]:
    """The document of a server at this address."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for path, (view, told, query) in READS.items():
        paths[json_address(path)] = {
            "get": _operation(schemas, view, told, [*_in_path(path), *(_parameter(one) for one in query)])
        }
    for path, (view, told, needed, more) in WRITES.items():
        fields = {name: {"type": "string"} for name in (*needed, *more)}
        body = {"type": "object", "properties": fields, "required": list(needed)}
        operation = _operation(schemas, view, told, [], "200" if view is AskView else "202")
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
        operation["parameters"] = [
            {"name": "Accept", "in": "header", "required": True, "schema": {"const": "application/json"}}
        ]
        paths.setdefault(path, {})["post"] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ragtime podcast corpus", "version": __version__},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    schemas: dict[str, Any], view: type[View], told: str, parameters: list[dict[str, Any]], status: str = "200"
) -> dict[str, Any]:
    return {
        "summary": told,
        "parameters": parameters,
        "responses": {
            status: _answer(schemas, view, told),
            "default": _answer(schemas, FaultView, "What went wrong, and what to do"),
        },
    }


def _answer(schemas: dict[str, Any], view: type[View], told: str) -> dict[str, Any]:
    schema = view.model_json_schema(mode="serialization", ref_template=SCHEMAS + "{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas[view.__name__] = schema
    return {"description": told, "content": {"application/json": {"schema": {"$ref": SCHEMAS + view.__name__}}}}


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
