"""What people change in the registry: it wins over every rule, and can be taken back."""

from __future__ import annotations

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.people import People
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets_tests.corpus.names import PEOPLE, found_in, known, learned, linked

BILL = Name("musician", "Bill Evans")


@pytest.fixture
def registry(database: Database) -> SqlEntityRegistry:
    return SqlEntityRegistry(database, PEOPLE)


@pytest.fixture
def people(database: Database) -> People:
    return People(database)


@pytest.fixture
def bills(registry: SqlEntityRegistry) -> list[str]:
    """The ids of two who are called Bill Evans."""
    two = learned(
        registry, known("Bill Evans", 1, disambiguation="pianist"), known("Bill Evans", 2, disambiguation="saxophonist")
    )
    return [str(one.entity_id) for one in two]


def meant(registry: SqlEntityRegistry, name: str = "Bill Evans", key: str = "one") -> tuple[str, str | None]:
    """What a name is decided to mean, and why."""
    decision = linked(registry, name, key=key)[name]
    return decision.reason, decision.entity.entity_id if decision.entity else None


def test_a_correction_wins_over_every_re_run(registry: SqlEntityRegistry, people: People, bills: list[str]) -> None:
    assert meant(registry) == ("several_fit", None)
    people.correct(BILL, bills[1], "ann")
    assert [meant(registry, key=key) for key in ("one", "two", "one")] == [("corrected", bills[1])] * 3
    decision = linked(registry, "Bill Evans")["Bill Evans"]
    assert (decision.by, decision.sentence) == ("person", "ann said that it means Bill Evans (saxophonist)")


def test_a_correction_holds_for_every_spelling_of_the_name(
    registry: SqlEntityRegistry, people: People, bills: list[str]
) -> None:
    people.correct(BILL, bills[1], "ann")
    assert meant(registry, "bill évans") == ("corrected", bills[1])


def test_what_is_said_of_one_episode_counts_before_what_is_said_of_all(
    registry: SqlEntityRegistry, people: People, bills: list[str]
) -> None:
    people.correct(BILL, bills[1], "ann", key="two")
    people.correct(BILL, bills[0], "bob")
    assert meant(registry, key="one") == ("corrected", bills[0])
    assert meant(registry, key="two") == ("corrected", bills[1])


def test_of_corrections_that_contradict_each_other_the_newest_counts_until_it_is_taken_back(
    registry: SqlEntityRegistry, people: People, bills: list[str]
) -> None:
    people.correct(BILL, bills[0], "ann")
    second = people.correct(BILL, bills[1], "bob")
    assert meant(registry) == ("corrected", bills[1])
    assert [(one.by, one.entity_id) for one in people.corrections(BILL)] == [("bob", bills[1]), ("ann", bills[0])]
    people.withdraw(second)
    assert meant(registry) == ("corrected", bills[0])


def test_a_name_may_be_said_to_mean_no_entity(registry: SqlEntityRegistry, people: People, bills: list[str]) -> None:
    people.correct(BILL, None, "ann", key="one")
    assert meant(registry, key="one") == ("corrected", None)
    assert linked(registry, "Bill Evans")["Bill Evans"].outcome == "not_applicable"
    assert meant(registry, key="two") == ("several_fit", None)


def test_merging_leaves_a_redirect_and_unmerging_brings_back_what_was(
    registry: SqlEntityRegistry, people: People
) -> None:
    trane, coltrane = learned(registry, known("Trane", 1, qid="Q1"), known("John Coltrane", 2, begin=1926))
    before = found_in(registry, "Trane", "John Coltrane")
    assert trane.entity_id
    assert coltrane.entity_id
    people.merge(trane.entity_id, coltrane.entity_id)
    (found,) = found_in(registry, "Trane")["Trane"].candidates
    assert (found.entity_id, found.name, found.qid, found.aliases) == (
        coltrane.entity_id,
        "John Coltrane",
        "Q1",
        ("Trane",),
    )
    assert people.show(trane.entity_id) == found
    people.unmerge(trane.entity_id)
    assert found_in(registry, "Trane", "John Coltrane") == before


def test_a_chain_of_merges_is_undone_at_any_of_its_links(registry: SqlEntityRegistry, people: People) -> None:
    ids = [str(one.entity_id) for one in learned(registry, *(known(f"Name {at}", at) for at in range(3)))]
    people.merge(ids[0], ids[1])
    people.merge(ids[1], ids[2])
    assert [people.show(one).name for one in ids] == ["Name 2"] * 3
    people.unmerge(ids[1])
    assert [people.show(one).name for one in ids] == ["Name 1", "Name 1", "Name 2"]
    people.unmerge(ids[0])
    assert [people.show(one).name for one in ids] == ["Name 0", "Name 1", "Name 2"]


def test_what_cannot_be_merged_or_unmerged_says_why(registry: SqlEntityRegistry, people: People) -> None:
    ids = [str(one.entity_id) for one in learned(registry, *(known(f"Name {at}", at) for at in range(3)))]
    with pytest.raises(InvalidSubmission, match="one entity already"):
        people.merge(ids[0], ids[0])
    with pytest.raises(InvalidSubmission, match="merged into no other"):
        people.unmerge(ids[0])
    with pytest.raises(InvalidSubmission, match="there is no entity nobody"):
        people.merge("nobody", ids[0])
    people.merge(ids[0], ids[1])
    with pytest.raises(InvalidSubmission, match="one entity already"):
        people.merge(ids[1], ids[0])
    with pytest.raises(InvalidSubmission, match="was merged into .* before"):
        people.merge(ids[0], ids[2])


def test_a_change_names_the_episodes_that_it_touches_and_no_others(registry: SqlEntityRegistry, people: People) -> None:
    trane, coltrane, _ = learned(registry, known("Trane", 1), known("John Coltrane", 2), known("Miles Davis", 3))
    assert trane.entity_id
    assert coltrane.entity_id
    registry.forget("before")
    linked(registry, "Trane", key="one")
    linked(registry, "John Coltrane", key="two")
    linked(registry, "Miles Davis", key="three")
    assert people.merge(trane.entity_id, coltrane.entity_id) == ["one"]
    assert people.episodes_of(coltrane.entity_id) == ["one", "two"]
    assert people.unmerge(trane.entity_id) == ["one", "two"]


def test_a_split_makes_a_second_entity_that_these_episodes_mean_and_a_merge_undoes_it(
    registry: SqlEntityRegistry, people: People
) -> None:
    _, first = meant(registry, key="one")
    meant(registry, key="two")
    assert first
    second = people.split(first, ["two"], "ann", "saxophonist")
    assert meant(registry, key="one")[1] == first
    assert meant(registry, key="two") == ("corrected", second)
    people.merge(second, first)
    assert meant(registry, key="two")[1] == first


def test_a_split_of_what_no_episode_names_is_refused(
    registry: SqlEntityRegistry, people: People, bills: list[str]
) -> None:
    with pytest.raises(InvalidSubmission, match="none of these episodes"):
        people.split(bills[0], ["nowhere"], "ann")


def test_another_name_leads_to_its_entity_and_takes_it_from_nobody(registry: SqlEntityRegistry, people: People) -> None:
    one, two = learned(registry, known("Django Reinhardt", 1), known("Babik Reinhardt", 2))
    assert one.entity_id
    people.name_also(one.entity_id, "Jean Reinhardt")
    people.name_also(one.entity_id, "Babik Reinhardt")
    assert [found.name for found in found_in(registry, "jean reinhardt")["jean reinhardt"].candidates] == [one.name]
    assert {found.name for found in found_in(registry, "Babik Reinhardt")["Babik Reinhardt"].candidates} == {
        one.name,
        two.name,
    }


@pytest.mark.parametrize("name", ["", "x" * 501, "a\x00b"])
def test_what_is_no_name_is_refused(people: People, name: str) -> None:
    with pytest.raises(InvalidSubmission, match="nothing that could be a name"):
        people.correct(Name("musician", name), None, "ann")
    with pytest.raises(InvalidSubmission, match="nothing that could be a name"):
        people.name_also("e", name)
