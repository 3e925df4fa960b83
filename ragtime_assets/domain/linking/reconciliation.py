"""The W3C Reconciliation Service API, version 0.2, query side: what is asked and answered, and how candidates score.

What belongs here: the documents of the protocol as pure values. What does not: reading the registry
(`corpus/registry/reconciling.py`), and HTTP.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, cast
from urllib.parse import parse_qs

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import EntityType
from ragtime_assets.errors import InvalidContent

VERSIONS = ("0.1", "0.2")
MOST_QUERIES, MOST_CANDIDATES = 500, 10
CERTAIN, AHEAD = 80.0, 10.0
"""A candidate of this score is a match, if it is so far ahead of the second."""
_NAME, _OTHER_NAME, _LIKE = 85.0, 82.0, 65.0
_SPEAKS_FOR, _SPEAKS_AGAINST, _OF_ANOTHER_TYPE = 10.0, -30.0, -20.0
IDS = ("mbid", "qid")
PROPERTIES = {
    "mbid": "MusicBrainz id",
    "qid": "Wikidata id",
    "begin": "Year of birth or founding",
    "end": "Year of death or ending",
    "area": "Area",
    "related": "Member, band, label, record or place",
}
"""What candidates are compared by; a property of another name is not looked at."""


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(BaseModel):
    """A value that names another entity."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    name: str | None = None


def _listed(value: Any) -> Any:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


class PropertyValue(_Asked):
    """What is known of the entity beside its name; of several values one has to fit."""

    pid: str
    v: Annotated[tuple[bool | int | float | str | Reference, ...], BeforeValidator(_listed)]

    @property
    def texts(self) -> frozenset[str]:
        """The values, for comparing."""
        texts = ((one.id, one.name or "") if isinstance(one, Reference) else (str(one),) for one in self.v)
        return frozenset(one.strip().casefold() for some in texts for one in some if one.strip())


class Query(_Asked):
    """One question: a name, or what identifies the entity, or both."""

    query: str = ""
    type: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    limit: float = MOST_CANDIDATES
    properties: tuple[PropertyValue, ...] = ()
    type_strict: Literal["any", "should", "all"] = "any"

    @model_validator(mode="after")
    def _asks_something(self) -> Query:
        if "query" not in self.model_fields_set and not self.properties:
            raise ValueError("a query has a query or properties")
        return self

    def ids(self, pid: str) -> frozenset[str]:
        """The ids of one kind that are asked for."""
        return frozenset(text for one in self.properties if one.pid == pid for text in one.texts)


_QUERIES = TypeAdapter(Annotated[dict[str, Query], Field(max_length=MOST_QUERIES)])


def read_queries(document: object) -> dict[str, Query]:
    """The queries of a batch, by their ids; raises InvalidContent for what the protocol does not know."""
    try:
        return _QUERIES.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidContent(
            f"the reconciliation query batch is not as documented: {where}: {first['msg']}",
            remedy="Send a JSON object of queries as the Reconciliation Service API 0.2 documents it.",
        ) from error


def read_form(form: str) -> object:
    """The query batch of a form, as OpenRefine sends it: JSON in the field `queries`; None where there is none."""
    (text,) = parse_qs(form, keep_blank_values=True).get("queries", [""])[:1]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def manifest(types: Iterable[EntityType], address: str) -> dict[str, Any]:
    """What a client is told of the service at `address`."""
    return {
        "versions": list(VERSIONS),
        "name": "Ragtime: entities of this corpus",
        "identifierSpace": f"{address}/entities/",
        "schemaSpace": f"{address}/types/",
        "defaultTypes": [{"id": type_.key, "name": type_.name} for type_ in types],
        "view": {"url": f"{address}/entities/{{{{id}}}}"},
    }


def wanted_types(query: Query, types: Mapping[str, EntityType]) -> frozenset[str]:
    """The types among which candidates are looked for, narrower ones among them."""
    lines = {one: _line(one, types) for one in types}
    asked = set(query.type)
    if not asked or query.type_strict == "should":
        return frozenset(types)
    fewest = len(asked) if query.type_strict == "all" else 1
    return frozenset(one for one, line in lines.items() if len(asked.intersection(line)) >= fewest)


def result(query: Query, candidates: Iterable[KnownEntity], types: Mapping[str, EntityType]) -> dict[str, Any]:
    """The candidates as the answer to a query, the best first; at most one of them is a match."""
    scored = [(_features(query, one), one) for one in candidates]
    ranked = sorted(
        ((_score(query, one, features, types), features, one) for features, one in scored),
        key=lambda row: (-row[0], row[2].name, row[2].entity_id or ""),
    )
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    most = min(max(int(query.limit), 1), MOST_CANDIDATES)
    return {
        "result": [
            _candidate(one, score, features, types, is_match=not at and score >= CERTAIN and score - second >= AHEAD)
            for at, (score, features, one) in enumerate(ranked[:most])
        ]
    }


def _candidate(
    one: KnownEntity,
    score: float,
    features: Mapping[str, float | bool],
    types: Mapping[str, EntityType],
    *,
    is_match: bool,
) -> dict[str, Any]:
    described = {"description": one.disambiguation} if one.disambiguation else {}
    return {
        "id": one.entity_id or "",
        "name": one.name,
        **described,
        "type": [{"id": type_, "name": types[type_].name} for type_ in _line(one.type, types)],
        "score": score,
        "features": [{"id": name, "value": value} for name, value in features.items()],
        "match": is_match,
    }


def _features(query: Query, one: KnownEntity) -> dict[str, float | bool]:
    """How well the name fits, and which properties do; a property that the entity does not have says nothing."""
    features: dict[str, float | bool] = {"name": _name_score(query.query, one)} if query.query.strip() else {}
    for asked in query.properties:
        own = _own(one, asked.pid)
        if own and asked.texts:
            features[asked.pid] = not own.isdisjoint(asked.texts)
    return features


def _score(
    query: Query, one: KnownEntity, features: Mapping[str, float | bool], types: Mapping[str, EntityType]
) -> float:
    if any(features.get(pid) is True for pid in IDS):
        return 100.0
    score = float(features.get("name", 0.0))
    for pid in PROPERTIES:
        if pid in features:
            score += _SPEAKS_FOR if features[pid] else _SPEAKS_AGAINST
    if query.type_strict == "should" and query.type and not set(query.type) & set(_line(one.type, types)):
        score += _OF_ANOTHER_TYPE
    return round(min(max(score, 0.0), 99.0), 1)


def _name_score(asked: str, one: KnownEntity) -> float:
    from rapidfuzz.fuzz import ratio

    own = key(asked)
    if own == key(one.name):
        return _NAME
    others = [key(name) for name in one.aliases]
    if own in others:
        return _OTHER_NAME
    return round(max(ratio(own, other) for other in (key(one.name), *others)) * _LIKE / 100, 1)


def _own(one: KnownEntity, pid: str) -> frozenset[str]:
    values: Sequence[object] = one.related if pid == "related" else (getattr(one, pid),) if pid in PROPERTIES else ()
    return frozenset(str(value).casefold() for value in values if value is not None)


def _line(key_: str, types: Mapping[str, EntityType]) -> list[str]:
    """A type of the vocabulary, and all that it is a kind of."""
    line: list[str] = []
    at: str | None = key_
    while at is not None and at in types and at not in line:
        line.append(at)
        at = types[at].kind_of
    return line
