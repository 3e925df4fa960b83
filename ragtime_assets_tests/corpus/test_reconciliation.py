"""The registry as a W3C Reconciliation service 0.2: its manifest, its queries and its results, on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.reconciling import Reconciliation
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.linking.reconciliation import MOST_QUERIES
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import InvalidContent
from ragtime_assets_tests.corpus.names import MBID, known, learned

VOCABULARY = load_vocabulary()
TYPES = VOCABULARY.active


@pytest.fixture
def service(database: Database) -> Reconciliation:
    """A registry with two Bill Evanses, and Blue Note as label, club and record."""
    learned(
        SqlEntityRegistry(database, VOCABULARY.people),
        known("Bill Evans", 1, qid="Q214013", begin=1929, end=1980, related=("Riverside",), disambiguation="pianist"),
        known("Bill Evans", 2, qid="Q863514", begin=1958, disambiguation="saxophonist"),
        known("Miles Davis", 3, aliases=("Miles Dewey Davis III",), begin=1926, end=1991),
        known("Blue Note", 4, "record_label", begin=1939),
        known("Blue Note", 5, "music_venue", area="New York"),
        known("Blue Note", 6, "album"),
    )
    return Reconciliation(database, TYPES)


def ask(service: Reconciliation, **query: Any) -> list[dict[str, Any]]:
    """The candidates for one query, as a client reads them off the wire."""
    answer = json.loads(json.dumps(service.answer({"q0": query})))
    assert set(answer) == {"q0"}
    check_results(answer["q0"])
    return answer["q0"]["result"]


def check_results(answer: Mapping[str, Any]) -> None:
    """The shape of reconciliation-result-batch.json."""
    assert set(answer) == {"result"}
    for one in answer["result"]:
        assert {"id", "name", "score", "match", "type"} <= set(one) <= {*one, "description", "features"}
        assert isinstance(one["id"], str)
        assert one["id"]
        assert isinstance(one["name"], str)
        assert isinstance(one["match"], bool)
        assert isinstance(one["score"], int | float)
        assert all(isinstance(kind["id"], str) and isinstance(kind["name"], str) for kind in one["type"])
        assert all(isinstance(each["value"], bool | int | float) for each in one.get("features", ()))
    scores = [one["score"] for one in answer["result"]]
    assert scores == sorted(scores, reverse=True)
    assert sum(one["match"] for one in answer["result"]) <= 1


def test_the_manifest_says_what_the_service_is(service: Reconciliation) -> None:
    found = service.manifest("https://corpus.example/reconcile")
    assert "0.2" in found["versions"]
    assert found["name"]
    for space in ("identifierSpace", "schemaSpace"):
        assert re.match(r"https?://", found[space])
    assert "{{id}}" in found["view"]["url"]
    assert {"id": "musician", "name": "Musician"} in found["defaultTypes"]


def test_a_name_of_one_entity_is_a_match(service: Reconciliation) -> None:
    (miles,) = ask(service, query="Miles Davis", type="musician")
    assert (miles["name"], miles["match"]) == ("Miles Davis", True)
    assert [kind["id"] for kind in miles["type"]] == ["musician", "person"]


@pytest.mark.parametrize("name", ["miles davis", "Davis, Miles", "Miles Dewey Davis III", "Miles Daviss"])
def test_a_name_written_otherwise_is_found(service: Reconciliation, name: str) -> None:
    assert ask(service, query=name)[0]["name"] == "Miles Davis"


def test_two_of_one_name_are_both_offered_and_neither_is_a_match(service: Reconciliation) -> None:
    found = ask(service, query="Bill Evans", type="musician")
    assert [one["match"] for one in found] == [False, False]
    assert {one["description"] for one in found} == {"pianist", "saxophonist"}


@pytest.mark.parametrize(
    ("prop", "who"),
    [
        ({"pid": "begin", "v": 1958}, "saxophonist"),
        ({"pid": "begin", "v": "1929"}, "pianist"),
        ({"pid": "related", "v": ["Verve", "Riverside"]}, "pianist"),
        ({"pid": "related", "v": {"id": "x", "name": "Riverside"}}, "pianist"),
        ({"pid": "qid", "v": "Q863514"}, "saxophonist"),
        ({"pid": "mbid", "v": MBID.format(1).upper()}, "pianist"),
    ],
)
def test_a_property_tells_namesakes_apart(service: Reconciliation, prop: dict[str, Any], who: str) -> None:
    first, *_ = ask(service, query="Bill Evans", properties=[prop])
    assert (first["description"], first["match"]) == (who, True)


def test_an_id_alone_is_enough(service: Reconciliation) -> None:
    (found,) = ask(service, properties=[{"pid": "qid", "v": "Q214013"}])
    assert (found["description"], found["score"], found["match"]) == ("pianist", 100.0, True)


def test_a_property_that_nobody_knows_changes_nothing(service: Reconciliation) -> None:
    plain, more = (
        ask(service, query="Miles Davis", **more) for more in ({}, {"properties": [{"pid": "P31", "v": "Q5"}]})
    )
    assert plain == more


def test_types_choose_among_things_of_one_name(service: Reconciliation) -> None:
    assert len(ask(service, query="Blue Note")) == 3
    (label,) = ask(service, query="Blue Note", type=["record_label"])
    assert (label["type"][0]["id"], label["match"]) == ("record_label", True)
    assert len(ask(service, query="Blue Note", type=["record_label", "album"])) == 2
    assert [one["type"][0]["id"] for one in ask(service, query="Blue Note", type="place")] == ["music_venue"]


def test_type_strict_is_heard(service: Reconciliation) -> None:
    both = ["record_label", "album"]
    assert ask(service, query="Blue Note", type=both, type_strict="all") == []
    assert len(ask(service, query="Blue Note", type=["music_venue", "place"], type_strict="all")) == 1
    should = ask(service, query="Blue Note", type="album", type_strict="should")
    assert (should[0]["type"][0]["id"], len(should)) == ("album", 3)
    assert ask(service, query="Blue Note", type="galaxy") == []


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (2, 2), (2.0, 2), (0, 1), (-5, 1), (1_000, 3)])
def test_the_limit_holds(service: Reconciliation, limit: float, count: int) -> None:
    assert len(ask(service, query="Blue Note", limit=limit)) == count


@pytest.mark.parametrize("name", ["", "   ", "%", "' OR 1=1 --", '"*" NEAR(', "x" * 300, "\x00", "Nobody At All"])
def test_a_name_that_nobody_has_has_an_empty_result(service: Reconciliation, name: str) -> None:
    assert ask(service, query=name) == []


def test_a_batch_is_answered_by_the_ids_of_its_queries(service: Reconciliation) -> None:
    answer = service.answer({"q1": {"query": "Miles Davis"}, "anything": {"query": "Bill Evans"}})
    assert {name: len(one["result"]) for name, one in answer.items()} == {"q1": 1, "anything": 2}
    assert service.answer({}) == {}


def test_a_batch_may_come_as_the_field_of_a_form(service: Reconciliation) -> None:
    batch = {"q0": {"query": "Miles & Davis", "limit": 1}, "q1": {"query": "Miles Davis"}}
    form = urlencode({"extend": "", "queries": json.dumps(batch)})
    assert service.answer_form(form) == service.answer(batch)


@pytest.mark.parametrize("form", ["", "queries=", "queries=%7B", "queries=[]", "query=x"])
def test_a_form_without_a_query_batch_is_refused(service: Reconciliation, form: str) -> None:
    with pytest.raises(InvalidContent, match="not as documented"):
        service.answer_form(form)


@pytest.mark.parametrize(
    "document",
    [
        [],
        "x",
        None,
        {"q0": "Miles Davis"},
        {"q0": {}},
        {"q0": {"properties": []}},
        {"q0": {"query": 7}},
        {"q0": {"query": "a", "limit": "many"}},
        {"q0": {"query": "a", "type_strict": "never"}},
        {"q0": {"query": "a", "type": 5}},
        {"q0": {"query": "a", "properties": [{"pid": "begin"}]}},
        {"q0": {"query": "a", "properties": [{"pid": "begin", "v": {"name": "no id"}}]}},
        {"q0": {"query": "a", "unknown": 1}},
        {f"q{number}": {"query": "a"} for number in range(MOST_QUERIES + 1)},
    ],
)
def test_what_is_no_query_batch_is_refused(service: Reconciliation, document: object) -> None:
    with pytest.raises(InvalidContent, match="not as documented"):
        service.answer(document)
