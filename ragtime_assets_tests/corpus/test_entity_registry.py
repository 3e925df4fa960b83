"""Canonical entities: how a name becomes a link, and what happens when many episodes name the same."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.entity_registry import SqlEntityRegistry, entity_id, fold
from ragtime_assets.corpus.schema import entities, entity_mentions
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink


@pytest.fixture
def registry(database: Database) -> SqlEntityRegistry:
    """The registry of a fresh corpus."""
    return SqlEntityRegistry(database)


def mention(name: str, kind: str = "musician") -> Mention:
    """A mention of `name` somewhere."""
    return Mention(type=kind, name=name, surface=name, chunk=0, start=0.0, context=name)


def resolve(registry: SqlEntityRegistry, *names: str, key: str = "one") -> dict[str, EntityLink]:
    """The link of each name."""
    return {link.name: link for link in registry.resolve(key, [mention(name) for name in names])}


def rows(database: Database, table: sa.Table) -> Sequence[sa.Row]:
    with database.reading() as connection:
        return connection.execute(sa.select(table)).all()


def test_a_name_that_nobody_knows_becomes_an_entity(registry: SqlEntityRegistry, database: Database) -> None:
    link = resolve(registry, "Django Reinhardt")["Django Reinhardt"]
    assert (link.method, link.canonical_name, link.mentions) == ("new", "Django Reinhardt", 1)
    assert [row.id for row in rows(database, entities)] == [link.entity_id]


@pytest.mark.parametrize("other", ["django reinhardt", "Django  Reinhardt", "DJANGO REINHARDT", "Djàngo Reinhardt"])
def test_another_spelling_is_the_same_entity(registry: SqlEntityRegistry, other: str) -> None:
    first = resolve(registry, "Django Reinhardt")["Django Reinhardt"]
    again = resolve(registry, other, key="two")[other]
    assert (again.method, again.entity_id, again.canonical_name) == ("exact", first.entity_id, "Django Reinhardt")


def test_two_spellings_in_one_episode_are_one_entity_with_two_links(
    registry: SqlEntityRegistry, database: Database
) -> None:
    links = resolve(registry, "Café Society", "Cafe Society", "Cafe Society")
    assert len(links) == 2
    assert len({link.entity_id for link in links.values()}) == 1
    assert links["Cafe Society"].mentions == 2
    assert [row.mentions for row in rows(database, entity_mentions)] == [3]


def test_the_same_name_of_another_type_is_another_entity(registry: SqlEntityRegistry) -> None:
    person, song = registry.resolve("one", [mention("Django", "musician"), mention("Django", "work")])
    assert person.entity_id != song.entity_id


def test_an_alias_leads_to_its_entity(registry: SqlEntityRegistry) -> None:
    entity = resolve(registry, "Django Reinhardt")["Django Reinhardt"].entity_id
    registry.add_alias(entity, "musician", "Jean Reinhardt")
    link = resolve(registry, "jean reinhardt", key="two")["jean reinhardt"]
    assert (link.method, link.entity_id, link.canonical_name) == ("alias", entity, "Django Reinhardt")


def test_an_alias_takes_no_name_from_its_owner(registry: SqlEntityRegistry) -> None:
    links = resolve(registry, "Django Reinhardt", "Stéphane Grappelli")
    registry.add_alias(links["Django Reinhardt"].entity_id, "musician", "Stephane Grappelli")
    again = resolve(registry, "Stéphane Grappelli")["Stéphane Grappelli"]
    assert (again.method, again.entity_id) == ("exact", links["Stéphane Grappelli"].entity_id)


def test_repeating_an_episode_is_harmless(registry: SqlEntityRegistry, database: Database) -> None:
    names = ["Django Reinhardt", "Stéphane Grappelli"]
    first, again = resolve(registry, *names), resolve(registry, *names)
    assert {name: link.entity_id for name, link in first.items()} == {n: link.entity_id for n, link in again.items()}
    assert len(rows(database, entities)) == len(rows(database, entity_mentions)) == 2


def test_an_episodes_rows_become_exactly_what_it_mentions_now(registry: SqlEntityRegistry, database: Database) -> None:
    resolve(registry, "Django Reinhardt", key="other")
    resolve(registry, "Django Reinhardt", "Stéphane Grappelli")
    left = resolve(registry, "Stéphane Grappelli")["Stéphane Grappelli"]
    found = {(row.key, row.entity_id) for row in rows(database, entity_mentions)}
    assert found == {("one", left.entity_id), ("other", entity_id("musician", fold("Django Reinhardt")))}
    assert registry.resolve("one", []) == ()


def test_more_names_than_fit_one_query_are_all_found(registry: SqlEntityRegistry) -> None:
    names = [f"Musician {number}" for number in range(1_000)]
    assert {link.method for link in resolve(registry, *names).values()} == {"new"}
    assert {link.method for link in resolve(registry, *names, key="two").values()} == {"exact"}


def test_crossing_names_from_eight_threads_end_as_one_entity_each(
    registry: SqlEntityRegistry, database: Database
) -> None:
    spellings = (str.lower, str.upper, str.title, str.swapcase)
    names = [f"{letter}lan {number}" for number in range(40) for letter in "eé"]
    barrier = Barrier(8)

    def work(thread: int) -> list[tuple[EntityLink, ...]]:
        barrier.wait()
        spelled = [spellings[(thread + n) % 4](name) for n, name in enumerate(names)]
        order = spelled if thread % 2 else spelled[::-1]
        return [registry.resolve(f"episode-{thread}-{n}", map(mention, order)) for n in range(3)]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert all(len(links) >= 40 for result in results for links in result)
    assert len(rows(database, entities)) == 40
    assert len(rows(database, entity_mentions)) == 8 * 3 * 40


def test_hostile_names_are_only_names(registry: SqlEntityRegistry, database: Database) -> None:
    names = ["'; DROP TABLE entities; --", "%", '"', "🎷", "名前", "a" * 2_000]
    assert set(resolve(registry, *names)) == set(names)
    assert len(rows(database, entities)) == len(names)
