"""The entity registry: what it finds for a name, and what is written when it was decided what a name means."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.corpus.schema import entities, entity_decisions, entity_mentions, entity_names
from ragtime_assets.domain.linking.decision import RULES, Decision
from ragtime_assets.domain.linking.keys import key
from ragtime_assets_tests.corpus.names import PEOPLE, found_in, known, learned, linked, mention


@pytest.fixture
def registry(database: Database) -> SqlEntityRegistry:
    """The registry of a fresh corpus."""
    return SqlEntityRegistry(database, PEOPLE)


def rows(database: Database, table: sa.Table) -> Sequence[sa.Row]:
    with database.reading() as connection:
        return connection.execute(sa.select(table)).all()


def names_of(registry: SqlEntityRegistry, name: str, kind: str = "musician") -> list[str]:
    return [one.name for one in found_in(registry, name, kind=kind)[name].candidates]


def test_a_name_that_nobody_knows_becomes_an_entity_of_this_corpus(
    registry: SqlEntityRegistry, database: Database
) -> None:
    decision = linked(registry, "Django Reinhardt")["Django Reinhardt"]
    assert (decision.outcome, decision.reason) == ("unknown", "nobody_of_name")
    assert decision.entity
    (row,) = rows(database, entities)
    assert (row.id, row.own_key, row.mbid) == (decision.entity.entity_id, "django reinhardt", None)
    assert (row.qid_status, row.qid_tries) == ("pending", 0)


def test_an_id_says_nothing_of_the_name_and_stays_the_same(registry: SqlEntityRegistry, tmp_path) -> None:
    first = linked(registry, "Django Reinhardt")["Django Reinhardt"].entity
    again = linked(registry, "Django Reinhardt", key="two")["Django Reinhardt"].entity
    other = Database(f"sqlite:///{tmp_path / 'other.sqlite'}")
    elsewhere = linked(SqlEntityRegistry(other, PEOPLE), "Django Reinhardt")["Django Reinhardt"].entity
    other.close()
    assert first
    assert again
    assert elsewhere
    assert first.entity_id == again.entity_id != elsewhere.entity_id


@pytest.mark.parametrize(
    "other",
    ["django reinhardt", "Django  Reinhardt", "DJANGO REINHARDT", "Djàngo Reinhardt", "Reinhardt, Django"],
)
def test_another_spelling_is_the_same_entity(registry: SqlEntityRegistry, other: str) -> None:
    first = linked(registry, "Django Reinhardt")["Django Reinhardt"].entity
    again = linked(registry, other, key="two")[other]
    assert (again.outcome, again.entity) == ("unknown", first)


def test_two_of_one_name_are_two(registry: SqlEntityRegistry) -> None:
    pianist, saxophonist = learned(
        registry,
        known("Bill Evans", 1, disambiguation="pianist", begin=1929, end=1980),
        known("Bill Evans", 2, disambiguation="saxophonist", begin=1958),
    )
    assert pianist.entity_id != saxophonist.entity_id
    assert {one.entity_id for one in found_in(registry, "Bill Evans")["Bill Evans"].candidates} == {
        pianist.entity_id,
        saxophonist.entity_id,
    }


def test_the_same_name_of_another_type_is_another_entity(registry: SqlEntityRegistry) -> None:
    label, club, album = learned(
        registry,
        known("Blue Note", 1, "record_label"),
        known("Blue Note", 2, "music_venue"),
        known("Blue Note", 3, "album"),
    )
    found = found_in(registry, "Blue Note", kind="music_venue")["Blue Note"]
    assert [one.entity_id for one in found.candidates] == [club.entity_id]
    assert len({label.entity_id, club.entity_id, album.entity_id}) == 3


def test_an_entity_is_found_by_every_name_it_has(registry: SqlEntityRegistry) -> None:
    learned(registry, known("John Coltrane", 1, aliases=("Trane", "Coltrane, John")))
    for name in ("John Coltrane", "Trane", "trane", "Coltrane, John", "Coltranes", "Coltrane", "J. Coltrane"):
        assert names_of(registry, name) == ["John Coltrane"], name


@pytest.mark.parametrize("heard", ["Telonius Monk", "Thelonius Monck", "thelonious monks"])
def test_a_name_that_is_nearly_written_so_is_found_by_its_trigrams(registry: SqlEntityRegistry, heard: str) -> None:
    learned(registry, known("Thelonious Monk", 1), known("Miles Davis", 2), known("Meredith Monk", 3))
    assert names_of(registry, heard)[0] == "Thelonious Monk"


def test_of_a_surname_that_many_have_ten_at_most_are_told(registry: SqlEntityRegistry) -> None:
    learned(registry, *(known(f"Player{number} Smith", number) for number in range(60)))
    assert len(names_of(registry, "Smith")) == 10


def test_an_mbid_is_of_one_entity_of_a_type_whoever_names_it_first(
    registry: SqlEntityRegistry, database: Database
) -> None:
    (first,) = learned(registry, known("Miles Davis", 1), key="one")
    (again,) = learned(registry, known("Miles Dewey Davis", 1), key="two")
    assert (again.entity_id, again.name) == (first.entity_id, "Miles Davis")
    assert len(rows(database, entities)) == 1


def test_a_qid_is_of_one_entity_and_another_that_claims_it_has_none(registry: SqlEntityRegistry) -> None:
    first, second = learned(registry, known("One", 1, qid="Q1"), known("Two", 2, qid="Q1"))
    assert [first.qid, second.qid].count("Q1") == 1
    assert [first.qid, second.qid].count(None) == 1


def test_what_was_known_by_name_only_learns_who_it_is(registry: SqlEntityRegistry, database: Database) -> None:
    own = linked(registry, "Django Reinhardt")["Django Reinhardt"].entity
    assert own
    learned(
        registry, known("Django Reinhardt", 1, qid="Q44122", begin=1910).model_copy(update={"entity_id": own.entity_id})
    )
    (row,) = rows(database, entities)
    assert (row.id, row.mbid, row.qid, row.qid_status, row.begin) == (
        own.entity_id,
        known("", 1).mbid,
        "Q44122",
        "resolved",
        1910,
    )


def test_every_mention_has_a_row_with_its_second(registry: SqlEntityRegistry, database: Database) -> None:
    said = [mention("Django Reinhardt", start=at) for at in (1.5, 20.0)] + [mention("Paris", "city", 21.0)]
    registry.commit("one", said, [])
    found = [(row.key, row.type, row.name, row.start) for row in rows(database, entity_mentions)]
    assert found == [
        ("one", "musician", "Django Reinhardt", 1.5),
        ("one", "musician", "Django Reinhardt", 20.0),
        ("one", "city", "Paris", 21.0),
    ]


def test_an_episodes_rows_become_exactly_what_was_decided_now(registry: SqlEntityRegistry, database: Database) -> None:
    linked(registry, "Django Reinhardt", key="other")
    linked(registry, "Django Reinhardt", "Babik Reinhardt")
    linked(registry, "Babik Reinhardt")
    linked(registry, "Babik Reinhardt")
    for table in (entity_decisions, entity_mentions):
        found = sorted((row.key, row.name) for row in rows(database, table))
        assert found == [("one", "Babik Reinhardt"), ("other", "Django Reinhardt")]


def test_a_decision_is_kept_with_its_reason_its_evidence_and_who_decided(
    registry: SqlEntityRegistry, database: Database
) -> None:
    learned(registry, known("Miles Davis", 1))
    linked(registry, "Miles Davis")
    (row,) = (row for row in rows(database, entity_decisions) if row.key == "one")
    assert (row.outcome, row.reason, row.decided_by, row.engine) == ("linked", "only_of_name", "rule", RULES)
    assert row.sentence == "exact name, only musician of that name"
    assert row.evidence == ["exact name"]
    assert row.confidence is not None
    assert row.mentions == 1


def test_an_open_name_is_kept_with_those_who_may_be_meant(registry: SqlEntityRegistry, database: Database) -> None:
    two = learned(registry, known("Bill Evans", 1, related=("Scott LaFaro",)), known("Bill Evans", 2))
    linked(registry, "Bill Evans")
    (row,) = (row for row in rows(database, entity_decisions) if row.key == "one")
    assert (row.outcome, row.entity_id) == ("ambiguous", None)
    assert {one["entity"]["entity_id"] for one in row.candidates} == {one.entity_id for one in two}
    assert all({"score", "evidence"} <= set(one) for one in row.candidates)


def test_forgetting_an_episode_drops_its_rows_and_no_entity(registry: SqlEntityRegistry, database: Database) -> None:
    linked(registry, "Django Reinhardt")
    registry.forget("one")
    assert rows(database, entity_mentions) == rows(database, entity_decisions) == []
    assert len(rows(database, entities)) == 1


def test_more_names_than_fit_one_query_are_all_found(registry: SqlEntityRegistry) -> None:
    names = [f"Musician Number{number}" for number in range(1_000)]
    first, again = linked(registry, *names), linked(registry, *names, key="two")
    assert len({one.entity.entity_id for one in first.values() if one.entity}) == len(names)
    assert {name: one.entity for name, one in again.items()} == {name: one.entity for name, one in first.items()}


@pytest.mark.parametrize(
    "name",
    [
        "'; DROP TABLE entities; --",
        "100% Jazz_Band",
        'Say "No" AND NEAR(x) OR *',
        "\\ % _ [a-z]* ^",
        "🎷",
        "名前",
        "!!!",
        "a" * 300,
        "When the Pawn " * 21,
        "ü" * 500,
    ],
)
def test_hostile_names_are_only_names(registry: SqlEntityRegistry, name: str) -> None:
    first = linked(registry, name, kind="band")[name]
    again = linked(registry, name, kind="band", key="two")[name]
    assert (first.outcome, again.outcome) == ("unknown", "unknown")
    assert first.entity
    assert again.entity
    assert first.entity.entity_id == again.entity.entity_id


@pytest.mark.parametrize("name", ["x" * 501, "Miles\x00Davis", "Miles\ud800", " "])
def test_what_is_no_name_is_told_so_and_written_nowhere(
    registry: SqlEntityRegistry, database: Database, name: str
) -> None:
    assert linked(registry, name)[name].reason == "no_name"
    for table in (entities, entity_decisions, entity_mentions):
        assert rows(database, table) == []


def test_the_keys_in_the_tables_are_those_of_the_names(registry: SqlEntityRegistry, database: Database) -> None:
    learned(registry, known("The Modern Jazz Quartett", 1, "band", aliases=("MJQ", "Quartet, Modern Jazz")))
    assert [(row.name, row.key) for row in rows(database, entity_names)] == [
        (name, key(name)) for name in ("The Modern Jazz Quartett", "MJQ", "Quartet, Modern Jazz")
    ]


def test_a_decision_about_what_is_not_mentioned_is_not_kept(registry: SqlEntityRegistry, database: Database) -> None:
    stray = Decision(type="musician", name="Nobody", outcome="unknown", reason="single_name", sentence="one word")
    registry.commit("one", [mention("Django Reinhardt")], [stray])
    assert rows(database, entity_decisions) == []
