"""What programs are told of the pages, and what they get."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from ragtime_assets.serve.app import ACTIONS, PAGES
from ragtime_assets.serve.face import json_address
from ragtime_assets.serve.openapi import READS, WRITES, document

ENTRANCE = "/enter"


def test_every_page_and_every_action_is_in_the_document() -> None:
    assert set(READS) == set(PAGES) - {ENTRANCE}
    assert set(WRITES) == set(ACTIONS) - {ENTRANCE, "/ask/stream"}


def test_every_reference_in_the_document_leads_to_a_schema() -> None:
    told = document("http://127.0.0.1:8080")
    named = set(re.findall(r"#/components/schemas/(\w+)", str(told)))
    assert named
    assert named <= set(told["components"]["schemas"])


@pytest.mark.parametrize("path", sorted(READS))
def test_every_page_is_json_to_programs_with_the_fields_that_the_document_names(
    face: TestClient, key: str, path: str
) -> None:
    entity = face.get("/entities.json", params={"q": "Django Reinhardt"}).json()["entities"][0]["id"]
    query = {"name": "The Long Chorus", "q": "Django"}
    address = path.format(key=key, id=entity)
    answer = face.get(address, params=query, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    told = document("http://127.0.0.1:8080")
    schema = told["components"]["schemas"][READS[path][0].__name__]
    assert set(answer.json()) == set(schema["properties"])
    assert face.get(json_address(address), params=query).json().keys() == answer.json().keys()
    assert face.get(address, params=query).headers["content-type"].startswith("text/html")


def test_an_entity_has_every_moment_its_years_and_its_company(face: TestClient, key: str) -> None:
    found = face.get("/entities.json", params={"q": "Django Reinhardt"}).json()["entities"][0]
    told = face.get(f"/entities/{found['id']}.json").json()
    assert told["named_in"][0]["key"] == key
    assert len(told["named_in"][0]["moments"]) > 1
    assert told["years"] == [{"year": "2025", "episodes": 1}]
    assert told["id"] not in [one["id"] for one in told["with_it"]]
    assert told["with_it"]


def test_names_stand_by_their_first_sign_and_by_their_type(face: TestClient) -> None:
    some = face.get("/entities.json", params={"type": "musician", "initial": "d"}).json()
    assert some["entities"]
    assert all(one["name"].startswith("D") and one["type"] == "musician" for one in some["entities"])
    assert some["total"] == len(some["entities"])


def test_errors_are_json_to_programs(face: TestClient) -> None:
    for path, status in (("/episodes/nobody.json", 404), ("/search.json?q=x&since=never", 400)):
        answer = face.get(path)
        assert answer.status_code == status
        assert set(answer.json()) == {"error", "message", "remedy", "status"}
