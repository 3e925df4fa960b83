"""Entities as people leaf through them, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.schema import entities, entity_decisions
from ragtime_assets_tests.corpus.rows import NOW

NAMES = {"e1": ("musician", "Django Reinhardt"), "e2": ("musician", "éric Dixon"), "e3": ("city", "Paris")}
IN = {"one": ("e1", "e3"), "two": ("e1", "e2", "e3"), "three": ("e2",)}


@pytest.fixture
def people(database: Database) -> SqlEntities:
    kept = {"disambiguation": "", "related": [], "qid_status": "pending", "qid_tries": 0, "created_at": NOW}
    decided = {"outcome": "linked", "reason": "only_of_name", "sentence": "", "evidence": [], "candidates": []}
    decided |= {"decided_by": "rule", "engine": "rules", "decided_at": NOW, "mentions": 1, "later": False}
    rows = [
        {"key": key, "type": NAMES[one][0], "name": NAMES[one][1], "entity_id": one, **decided}
        for key, named in IN.items()
        for one in named
    ]
    with database.writing() as connection:
        connection.execute(
            sa.insert(entities),
            [{"id": one, "type": type_, "name": name, **kept} for one, (type_, name) in NAMES.items()],
        )
        connection.execute(sa.insert(entity_decisions), rows)
    return SqlEntities(database, {})


def test_entities_are_listed_by_name_some_at_a_time_with_how_many_there_are(people: SqlEntities) -> None:
    everything, total = people.listed(limit=9)
    assert ({one.entity_id for one in everything}, total) == ({"e1", "e2", "e3"}, 3)
    listed, total = people.listed("musician", limit=1)
    assert ([one.name for one in listed], total) == (["Django Reinhardt"], 2)
    assert [one.name for one in people.listed("musician", limit=1, offset=1)[0]] == ["éric Dixon"]
    assert [one.entity_id for one in people.listed(None, "p", limit=9)[0]] == ["e3"]


def test_the_signs_with_which_names_begin_are_those_of_their_type(people: SqlEntities) -> None:
    assert people.initials("city") == ["P"]
    assert {"D", "P"} < set(people.initials())


def test_company_are_those_who_are_named_in_most_of_the_same_episodes(people: SqlEntities) -> None:
    assert [(one.name, one.episodes) for one in people.company("e1", 9)] == [("Paris", 2), ("éric Dixon", 1)]
    assert [one.name for one in people.company("e1", 1)] == ["Paris"]
