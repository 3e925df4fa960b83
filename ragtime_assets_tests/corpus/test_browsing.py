"""Entities as people leaf through them, on both databases."""

from __future__ import annotations

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets_tests.corpus.names import KIN, PEOPLE, linked


@pytest.fixture
def registry(database: Database) -> SqlEntityRegistry:
    """Two episodes: Django is named in both, with Stéphane in one and with Ella in the other."""
    registry = SqlEntityRegistry(database, PEOPLE)
    linked(registry, "Django Reinhardt", "Stéphane Grappelli", key="one")
    linked(registry, "Django Reinhardt", "Ella Fitzgerald", "Stéphane Grappelli", key="two")
    linked(registry, "dizzy Gillespie", key="three")
    return registry


@pytest.fixture
def people(database: Database, registry: SqlEntityRegistry) -> SqlEntities:
    return SqlEntities(database, KIN, PEOPLE)


def test_names_are_listed_by_their_first_sign_whatever_its_case(people: SqlEntities) -> None:
    assert people.initials() == ["D", "E", "S"]
    found, total = people.listed(initial="d", limit=10)
    assert ([one.name for one in found], total) == (["dizzy Gillespie", "Django Reinhardt"], 2)


def test_a_list_comes_in_pages_and_says_how_many_there_are(people: SqlEntities) -> None:
    pages = [people.listed("musician", limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [total for _, total in pages] == [4, 4, 4]
    assert [len(found) for found, _ in pages] == [2, 2, 0]
    assert people.listed("city", limit=2) == ([], 0)


def test_who_was_merged_into_another_is_listed_no_more_and_shares_its_company(people: SqlEntities) -> None:
    django, ella = people.id_of("Django Reinhardt"), people.id_of("Ella Fitzgerald")
    people.correct(lambda said: said.merge("Ella Fitzgerald", "Stéphane Grappelli"), "ann")
    assert ella not in [one.entity_id for one in people.listed(limit=10)[0]]
    assert [(one.name, one.episodes) for one in people.company(django, 10)] == [("Stéphane Grappelli", 2)]


def test_company_is_who_is_named_in_most_of_the_same_episodes(people: SqlEntities) -> None:
    company = people.company(people.id_of("Django Reinhardt"), 10)
    assert [(one.name, one.episodes) for one in company] == [("Stéphane Grappelli", 2), ("Ella Fitzgerald", 1)]
    assert people.company(people.id_of("dizzy Gillespie"), 10) == []
