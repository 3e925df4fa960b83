"""Which entities want a QID: by their rows alone, whichever episode brought them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.enrichment import Enrichment
from ragtime_assets.corpus.schema import entities
from ragtime_assets.domain.linking.items import Finding

TYPES = {"musician", "city"}


@pytest.fixture
def enrichment(database: Database) -> Enrichment:
    return Enrichment(database)


def add(database: Database, entity_id: str, kind: str = "musician", **more: object) -> None:
    """An entity as an episode brings it."""
    row = {"id": entity_id, "type": kind, "name": f"Name {entity_id}", "disambiguation": "", "related": []}
    row |= {"qid_status": "pending", "qid_tries": 0, "created_at": datetime.now(UTC)}
    with database.writing() as connection:
        connection.execute(sa.insert(entities).values(row | more))


def row(database: Database, entity_id: str) -> sa.Row[tuple[object, ...]]:
    """An entity's row."""
    with database.reading() as connection:
        return connection.execute(sa.select(entities).where(entities.c.id == entity_id)).one()


def waiting(enrichment: Enrichment, most: int = 100) -> list[str | None]:
    return [one.entity_id for one in enrichment.waiting(TYPES, most)]


def resolved(entity_id: str, qid: str) -> Finding:
    return Finding(entity_id=entity_id, status="resolved", qid=qid, reason="the only item")


def not_found(entity_id: str, status: str = "not_found") -> Finding:
    return Finding.model_validate({"entity_id": entity_id, "status": status, "reason": "nobody"})


def test_who_was_not_looked_for_waits_and_who_was_does_not(database: Database, enrichment: Enrichment) -> None:
    for entity_id in ("a", "b", "c"):
        add(database, entity_id)
    assert waiting(enrichment, 2) == ["a", "b"]
    enrichment.settle([resolved("a", "Q1"), not_found("b"), not_found("c", "failed")])
    assert waiting(enrichment) == []
    assert not enrichment.is_waiting(TYPES)
    assert enrichment.counts(TYPES) == {"resolved": 1, "not_found": 1, "failed": 1}
    add(database, "d")
    assert (waiting(enrichment), enrichment.is_waiting(TYPES)) == (["d"], True)


def test_types_without_a_class_and_entities_that_were_merged_wait_for_nothing(
    database: Database, enrichment: Enrichment
) -> None:
    add(database, "a")
    add(database, "b", merged_into="a")
    add(database, "c", kind="nickname")
    assert waiting(enrichment) == ["a"]


def test_what_was_found_is_kept_with_its_reason(database: Database, enrichment: Enrichment) -> None:
    add(database, "a")
    enrichment.settle([resolved("a", "Q214013")])
    found = row(database, "a")
    assert (found.qid, found.qid_status, found.qid_reason, found.qid_tries) == (
        *("Q214013", "resolved", "the only item", 1),
    )


def test_a_qid_that_another_entity_has_is_left_to_people(database: Database, enrichment: Enrichment) -> None:
    add(database, "a", qid="Q214013", qid_status="resolved")
    add(database, "b")
    (finding,) = enrichment.settle([resolved("b", "Q214013")])
    assert (finding.status, row(database, "b").qid) == ("not_found", None)
    assert "Q214013 is the QID of Name a (a) already" in str(row(database, "b").qid_reason)


def test_a_qid_that_a_merged_entity_brought_is_its_own(database: Database, enrichment: Enrichment) -> None:
    add(database, "a")
    add(database, "b", merged_into="a", qid="Q214013", qid_status="resolved")
    enrichment.settle([resolved("a", "Q214013")])
    assert (row(database, "a").qid_status, row(database, "b").qid) == ("resolved", "Q214013")


def test_retry_failed_really_retries_and_only_once(database: Database, enrichment: Enrichment) -> None:
    for entity_id in ("a", "b", "c"):
        add(database, entity_id)
    enrichment.settle([resolved("a", "Q1"), not_found("b"), not_found("c", "failed")])
    enrichment.ask("ann")
    enrichment.ask("ann", retry_failed=True, most=7)
    plain, retry = enrichment.requests()
    assert (retry.retry_failed, retry.most, retry.by) == (True, 7, "ann")
    enrichment.begin(plain)
    assert waiting(enrichment) == []
    enrichment.begin(retry)
    assert waiting(enrichment) == ["b", "c"]
    enrichment.settle([not_found("b"), not_found("c")])
    enrichment.begin(retry)
    assert waiting(enrichment) == []
    enrichment.finish([plain, retry])
    assert (enrichment.requests(), enrichment.is_waiting(TYPES)) == ([], False)
