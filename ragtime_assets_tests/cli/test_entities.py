"""`ragtime entities enrich` only writes a request down; `ragtime status` says that it waits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragtime_assets.studio import Studio
from ragtime_assets_tests.cli.conftest import Terminal


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Studio:
    """An empty corpus that may ask Wikidata."""
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path))
    monkeypatch.setenv("RAGTIME_CONTACT", "keeper@example.org")
    return Studio()


def test_enrich_writes_down_what_was_asked_for_and_does_nothing_else(terminal: Terminal, studio: Studio) -> None:
    assert "0 entities without a QID" in terminal.type("entities", "enrich")
    terminal.type("entities", "enrich", "--retry-failed", "--limit", "5")
    asked = [(one.retry_failed, one.most) for one in studio.enrichment.requests()]
    assert asked == [(False, None), (True, 5)]


def test_enrich_tells_programs_the_number_of_the_request(terminal: Terminal, studio: Studio) -> None:
    document = json.loads(terminal.type("entities", "enrich", "--json"))
    assert document == {"request": 1, "entities": {}, "off": None}


def test_a_request_without_a_worker_waits_and_status_says_so(terminal: Terminal, studio: Studio) -> None:
    assert "QIDs were asked for" not in terminal.type("status")
    terminal.type("entities", "enrich")
    said = " ".join(terminal.type("status").split())
    assert "QIDs were asked for at" in said
    assert "0 entities wait" in said
    assert "Dagster's daemon never ran: nothing that waits starts. What to do: ragtime up" in said
    studio.enrichment.finish(studio.enrichment.requests())
    assert "QIDs were asked for" not in terminal.type("status")


def test_programs_are_told_of_the_requests_that_wait(terminal: Terminal, studio: Studio) -> None:
    assert json.loads(terminal.type("status", "--json"))["enrichment"] == {
        "requests": [],
        "entities_waiting": 0,
        "not_asked": None,
    }
    terminal.type("entities", "enrich")
    (request,) = studio.enrichment.requests()
    told = json.loads(terminal.type("status", "--json"))["enrichment"]["requests"]
    assert told == [{"id": request.id, "by": request.by, "asked_at": request.at.isoformat()}]


def test_without_a_contact_the_request_waits_and_both_say_why(
    terminal: Terminal, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAGTIME_CONTACT")
    for words in (("entities", "enrich"), ("status",)):
        assert "Wikidata is not asked: RAGTIME_CONTACT is not set" in " ".join(terminal.type(*words).split())


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_that_is_none_is_refused(terminal: Terminal, studio: Studio, limit: str) -> None:
    terminal.type("entities", "enrich", "--limit", limit, code=2)
    assert studio.enrichment.requests() == []
