"""People are the judge: what they say of entities and names wins over every re-run, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.registry.people import Changed, People
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.corpus.schema import entities, entity_corrections, entity_decisions, entity_mentions, entity_names
from ragtime_assets.domain.linking.keys import LONGEST_NAME
from ragtime_assets.errors import InvalidCorrection, NotOneEntity
from ragtime_assets_tests.corpus.names import KIN, PEOPLE, found_in, known, learned, linked

TYPES = {**KIN, "city": frozenset({"city"}), "record_label": frozenset({"record_label"})}
ODD = ("%", "_", "'; drop table entities; --", '"', "* OR *", "\\", "{", "a" * 5_000, "\x00", "", " ")


class Corpus(NamedTuple):
    """A registry, as the phases and as people see it."""

    database: Database
    registry: SqlEntityRegistry
    people: SqlEntities

    def say(self, change: Callable[[People], Changed]) -> Changed:
        return self.people.correct(change, "ann")

    def rows(self, *tables: sa.Table) -> list[list[tuple]]:
        with self.database.reading() as connection:
            return [sorted(map(tuple, connection.execute(sa.select(table))), key=repr) for table in tables]

    def means(self, name: str, key: str = "one", kind: str = "musician") -> str | None:
        entity = linked(self.registry, name, kind=kind, key=key)[name].entity
        return entity.entity_id if entity else None


@pytest.fixture
def corpus(database: Database) -> Corpus:
    """The registry of a fresh corpus."""
    return Corpus(database, SqlEntityRegistry(database, PEOPLE), SqlEntities(database, TYPES, PEOPLE))


def own(corpus: Corpus, name: str, key: str = "one", kind: str = "musician") -> str:
    """An entity of the corpus's own, named in an episode."""
    found = corpus.means(name, key, kind)
    assert found
    return found


def two_of_a_name(corpus: Corpus) -> tuple[str, str]:
    both = learned(
        corpus.registry,
        known("Bill Evans", 1, disambiguation="pianist", begin=1929),
        known("Bill Evans", 2, disambiguation="saxophonist", begin=1958),
    )
    first, second = (one.entity_id or "" for one in both)
    return first, second


def test_who_was_merged_is_read_as_the_other_from_then_on(corpus: Corpus) -> None:
    wrong, right = own(corpus, "Sonny Rollings"), own(corpus, "Theodore Rollins", "two")
    corpus.say(lambda people: people.merge(wrong, right))
    assert corpus.means("Sonny Rollings") == right
    assert corpus.means("Sonny Rollings", "three") == right
    assert corpus.people.show(wrong).merged_into == right


def test_a_merge_touches_only_episodes_that_name_the_one_that_is_gone(corpus: Corpus) -> None:
    wrong, right = own(corpus, "Wrong Name"), own(corpus, "Right Name", "two")
    own(corpus, "Wrong Name", "three")
    told = corpus.people.preview(lambda people: people.merge(wrong, right), "ann")
    assert told.episodes == ("one", "three")


def test_a_merge_touches_episodes_in_which_either_may_be_meant(corpus: Corpus) -> None:
    first, second = two_of_a_name(corpus)
    decision = linked(corpus.registry, "Bill Evans", key="open")["Bill Evans"]
    assert decision.outcome == "ambiguous"
    assert "open" in corpus.say(lambda people: people.merge(first, second)).episodes
    assert corpus.means("Bill Evans", "open") == second


def test_unmerging_brings_back_just_what_was(corpus: Corpus) -> None:
    wrong, right = own(corpus, "Wrong Name"), own(corpus, "Right Name", "two")
    before = corpus.rows(entities, entity_names)
    corpus.say(lambda people: people.merge(wrong, right))
    assert corpus.means("Wrong Name") == right
    told = corpus.say(lambda people: people.unmerge(wrong))
    assert corpus.rows(entities, entity_names) == before
    assert set(told.episodes) == {"one", "two"}
    assert corpus.means("Wrong Name") == wrong


def test_a_preview_changes_nothing_and_says_what_the_correction_will(corpus: Corpus) -> None:
    wrong, right = own(corpus, "Wrong Name"), own(corpus, "Right Name", "two")
    tables = (entities, entity_names, entity_mentions, entity_decisions, entity_corrections)
    before = corpus.rows(*tables)
    told = corpus.people.preview(lambda people: people.merge(wrong, right), "ann")
    assert corpus.rows(*tables) == before
    assert corpus.say(lambda people: people.merge(wrong, right)) == told


def test_a_merge_of_what_is_merged_names_what_it_stands_for(corpus: Corpus) -> None:
    one, other, third = own(corpus, "First Name"), own(corpus, "Second Name"), own(corpus, "Third Name")
    corpus.say(lambda people: people.merge(one, other))
    for gone, into in ((one, third), (third, one), (one, other), (other, one)):
        with pytest.raises(InvalidCorrection, match="was merged") as refused:
            corpus.say(lambda people, gone=gone, into=into: people.merge(gone, into))
        assert other in refused.value.remedy
        assert f"unmerge {one}" in refused.value.remedy


def test_nobody_is_merged_into_himself_or_into_another_type(corpus: Corpus) -> None:
    one, town = own(corpus, "Paris Jones"), own(corpus, "Paris", kind="city")
    with pytest.raises(InvalidCorrection, match="one entity already"):
        corpus.say(lambda people: people.merge(one, one))
    with pytest.raises(InvalidCorrection, match="cannot be one") as refused:
        corpus.say(lambda people: people.merge(one, town))
    assert f"entities type {one} city" in refused.value.remedy


def test_a_split_of_what_was_merged_twice_says_what_to_take_apart(corpus: Corpus) -> None:
    one, other, third = own(corpus, "First Name"), own(corpus, "Second Name"), own(corpus, "Third Name")
    corpus.say(lambda people: people.merge(one, other))
    corpus.say(lambda people: people.merge(other, third))
    with pytest.raises(InvalidCorrection, match="put together of 3") as refused:
        corpus.say(lambda people: people.split(third, "First Name", "", ["one"]))
    assert one in refused.value.remedy
    assert other in refused.value.remedy
    corpus.say(lambda people: people.unmerge(other))
    assert corpus.means("Second Name") == other
    assert corpus.means("First Name") == other


def test_a_split_makes_another_of_that_name_in_the_episodes_that_are_named(corpus: Corpus) -> None:
    one = own(corpus, "Bill Evans")
    own(corpus, "Bill Evans", "two")
    told = corpus.say(lambda people: people.split(one, "Bill Evans", "saxophonist", ["two"]))
    assert told.episodes == ("two",)
    assert told.entity_id not in (None, one)
    assert (corpus.means("Bill Evans", "two"), corpus.people.show(one).episodes) == (told.entity_id, 1)


def test_a_split_takes_an_alias_along(corpus: Corpus) -> None:
    (john,) = learned(corpus.registry, known("John Coltrane", 1, aliases=("Alice Coltrane",)))
    one = john.entity_id or ""
    assert corpus.means("Alice Coltrane", "two") == one
    new = corpus.say(lambda people: people.split(one, "Alice Coltrane", "harpist", [])).entity_id
    assert corpus.means("Alice Coltrane", "two") == new
    corpus.say(lambda people: people.merge(new or "", one))
    assert corpus.means("Alice Coltrane", "two") == one


def test_a_split_that_names_nothing_to_go_by_is_refused(corpus: Corpus) -> None:
    one = own(corpus, "Bill Evans")
    with pytest.raises(InvalidCorrection, match="no alias") as refused:
        corpus.say(lambda people: people.split(one, "Bill Evans", "", []))
    assert "--episode" in refused.value.remedy
    with pytest.raises(InvalidCorrection, match="not said in elsewhere"):
        corpus.say(lambda people: people.split(one, "Bill Evans", "", ["elsewhere"]))


def test_an_alias_is_found_and_one_that_was_taken_away_stays_away(corpus: Corpus) -> None:
    (monk,) = learned(corpus.registry, known("Thelonious Monk", 1, aliases=("Sphere",)))
    one = monk.entity_id or ""
    own(corpus, "High Priest of Bop", "two", "musician")
    assert corpus.say(lambda people: people.add_alias(one, "High Priest of Bop")).episodes == ("two",)
    assert one in [each.entity_id for each in found_in(corpus.registry, "High Priest of Bop").popitem()[1].candidates]
    corpus.say(lambda people: people.remove_alias(one, "Sphere"))
    assert found_in(corpus.registry, "Sphere")["Sphere"].candidates == ()
    learned(corpus.registry, known("Thelonious Monk", 1, aliases=("Sphere",)), key="again")
    assert found_in(corpus.registry, "Sphere")["Sphere"].candidates == ()
    corpus.say(lambda people: people.add_alias(one, "Sphere"))
    assert found_in(corpus.registry, "Sphere")["Sphere"].candidates != ()


def test_an_alias_that_another_has_is_told(corpus: Corpus) -> None:
    first, _ = two_of_a_name(corpus)
    miles = own(corpus, "Miles Davis")
    told = corpus.say(lambda people: people.add_alias(miles, "Bill Evans"))
    assert "pianist" in told.sentence
    assert "saxophonist" in told.sentence
    assert first != miles


def test_a_name_that_is_no_alias_is_not_taken_away(corpus: Corpus) -> None:
    one = own(corpus, "Miles Davis")
    with pytest.raises(InvalidCorrection, match="is the name of"):
        corpus.say(lambda people: people.remove_alias(one, "miles davis"))
    with pytest.raises(InvalidCorrection, match="is no alias of"):
        corpus.say(lambda people: people.remove_alias(one, "Prince of Darkness"))
    with pytest.raises(InvalidCorrection, match="called 'Miles Davis' already"):
        corpus.say(lambda people: people.add_alias(one, "Miles Davis"))


def test_what_a_person_says_of_a_name_wins_over_every_rerun(corpus: Corpus) -> None:
    first, second = two_of_a_name(corpus)
    linked(corpus.registry, "Bill Evans", key="one")
    linked(corpus.registry, "Bill Evans", key="two")
    told = corpus.say(lambda people: people.link("bill evans", second, "one", None, replace=False))
    assert told.episodes == ("one",)
    decision = linked(corpus.registry, "Bill Evans", key="one")["Bill Evans"]
    assert (decision.entity and decision.entity.entity_id, decision.by, decision.reason) == (
        second,
        "person",
        "corrected",
    )
    assert linked(corpus.registry, "Bill Evans", key="two")["Bill Evans"].outcome == "ambiguous"
    corpus.say(lambda people: people.link("Bill Evans", first, None, None, replace=False))
    assert corpus.means("Bill Evans", "two") == first
    assert corpus.means("Bill Evans", "one") == second


def test_a_name_that_means_nobody_is_linked_to_nobody_until_that_is_taken_back(corpus: Corpus) -> None:
    one = own(corpus, "Great Scott")
    corpus.say(lambda people: people.unlink("Great Scott", "one", None, replace=False))
    assert corpus.means("Great Scott") is None
    assert corpus.say(lambda people: people.withdraw("Great Scott", "one")).episodes == ("one",)
    assert corpus.means("Great Scott") == one
    with pytest.raises(InvalidCorrection, match="nobody said"):
        corpus.say(lambda people: people.withdraw("Great Scott", "one"))


def test_a_correction_that_contradicts_another_is_refused_unless_it_is_to_replace_it(corpus: Corpus) -> None:
    first, second = two_of_a_name(corpus)
    linked(corpus.registry, "Bill Evans")
    corpus.say(lambda people: people.link("Bill Evans", first, "one", None, replace=False))
    with pytest.raises(InvalidCorrection, match="said just that"):
        corpus.say(lambda people: people.link("Bill Evans", first, "one", None, replace=False))
    with pytest.raises(InvalidCorrection, match="contradict") as refused:
        corpus.say(lambda people: people.link("Bill Evans", second, "one", None, replace=False))
    assert "--replace" in refused.value.remedy
    with pytest.raises(InvalidCorrection, match="contradict"):
        corpus.say(lambda people: people.unlink("Bill Evans", "one", None, replace=False))
    corpus.say(lambda people: people.link("Bill Evans", second, "one", None, replace=True))
    assert corpus.means("Bill Evans") == second


def test_a_correction_of_somebody_who_was_merged_is_one_of_whom_he_stands_for(corpus: Corpus) -> None:
    first, second = two_of_a_name(corpus)
    linked(corpus.registry, "Bill Evans")
    corpus.say(lambda people: people.link("Bill Evans", first, "one", None, replace=False))
    corpus.say(lambda people: people.merge(first, second))
    assert corpus.means("Bill Evans") == second
    with pytest.raises(InvalidCorrection, match="said just that"):
        corpus.say(lambda people: people.link("Bill Evans", second, "one", None, replace=False))


def test_a_name_of_another_type_is_only_linked_when_that_is_said(corpus: Corpus) -> None:
    label = own(corpus, "Blue Note", kind="record_label")
    own(corpus, "Blue Notes", "two", kind="city")
    with pytest.raises(InvalidCorrection, match="as city, not as record_label") as refused:
        corpus.say(lambda people: people.link("Blue Notes", label, "two", None, replace=False))
    assert "--type city" in refused.value.remedy
    corpus.say(lambda people: people.link("Blue Notes", label, "two", "city", replace=False))
    assert corpus.means("Blue Notes", "two", "city") == label


def test_a_label_that_a_name_means_leaves_the_town_of_that_name_alone(corpus: Corpus) -> None:
    label, town = own(corpus, "Verve", kind="record_label"), own(corpus, "Verve", kind="city", key="two")
    corpus.say(lambda people: people.link("Verve", label, None, None, replace=False))
    assert corpus.means("Verve", "two", "city") == town


def test_a_type_that_was_put_right_stays_right_though_the_tagger_says_the_old_one(corpus: Corpus) -> None:
    one = own(corpus, "Blue Note", kind="city")
    told = corpus.say(lambda people: people.retype(one, "record_label"))
    assert told.episodes == ("one",)
    assert corpus.means("Blue Note", kind="city") == one
    assert corpus.means("Blue Note", "new", kind="city") == one
    assert corpus.people.show(one).entity.type == "record_label"


def test_a_type_that_is_none_or_taken_is_refused(corpus: Corpus) -> None:
    town, label = own(corpus, "Blue Note", kind="city"), own(corpus, "Blue Note", "two", kind="record_label")
    with pytest.raises(InvalidCorrection, match="is no type") as refused:
        corpus.say(lambda people: people.retype(town, "planet"))
    assert "record_label" in refused.value.remedy
    with pytest.raises(InvalidCorrection, match="a city already"):
        corpus.say(lambda people: people.retype(town, "city"))
    with pytest.raises(InvalidCorrection, match="there is a record_label") as refused:
        corpus.say(lambda people: people.retype(town, "record_label"))
    assert label in refused.value.remedy


@pytest.mark.parametrize("odd", ODD)
def test_ids_that_do_not_exist_and_metacharacters_are_refused_and_change_nothing(corpus: Corpus, odd: str) -> None:
    one = own(corpus, "Miles Davis")
    tables = (entities, entity_names, entity_mentions, entity_decisions, entity_corrections)
    before = corpus.rows(*tables)
    for change in (
        lambda people: people.merge(odd, one),
        lambda people: people.merge(one, odd),
        lambda people: people.unmerge(odd),
        lambda people: people.split(odd, "x", "", []),
        lambda people: people.split(one, odd, "", []),
        lambda people: people.remove_alias(one, odd),
        lambda people: people.retype(odd, "city"),
        lambda people: people.link("Miles Davis", odd, None, None, replace=False),
        lambda people: people.unlink(odd, None, None, replace=False),
        lambda people: people.withdraw(odd, None),
    ):
        with pytest.raises((InvalidCorrection, NotOneEntity)) as refused:
            corpus.say(change)
        assert refused.value.remedy
    assert corpus.rows(*tables) == before
    assert isinstance(corpus.people.find(odd), list)


def test_a_name_as_long_as_a_name_may_be_is_an_alias_and_a_longer_one_is_none(corpus: Corpus) -> None:
    one = own(corpus, "Miles Davis")
    corpus.say(lambda people: people.add_alias(one, "x" * LONGEST_NAME))
    with pytest.raises(InvalidCorrection, match="cannot be a name"):
        corpus.say(lambda people: people.add_alias(one, "x" * (LONGEST_NAME + 1)))


def test_an_entity_is_named_by_the_start_of_its_id_or_a_name_that_only_one_has(corpus: Corpus) -> None:
    first, _ = two_of_a_name(corpus)
    miles = own(corpus, "Miles Davis")
    assert corpus.people.show(miles[:12]).entity.entity_id == miles
    assert corpus.people.show("miles davis").entity.entity_id == miles
    with pytest.raises(NotOneEntity, match="may be 2 entities.*pianist"):
        corpus.people.show("Bill Evans")
    assert corpus.people.show(first).entity.disambiguation == "pianist"


def test_everything_known_of_an_entity_is_shown_with_every_moment(corpus: Corpus) -> None:
    wrong, right = own(corpus, "Wrong Name"), own(corpus, "Right Name", "two")
    corpus.say(lambda people: people.merge(wrong, right))
    corpus.say(lambda people: people.link("Wrong Name", right, "one", None, replace=False))
    shown = corpus.people.show(right)
    assert shown.episodes == 2
    assert [(one.key, one.surface) for one in shown.moments] == [("one", "Wrong Name"), ("two", "Right Name")]
    assert [one.entity_id for one in shown.merged] == [wrong]
    assert [(row.said_by, row.key) for row in shown.corrections] == [("ann", "one")]
    assert {one.key for one in shown.sayings} == {"one", "two"}


def test_whoever_is_called_so_or_nearly_so_is_found(corpus: Corpus) -> None:
    monk = own(corpus, "Thelonious Monk")
    for words in ("Thelonious Monk", "monk", "Telonius Monk", "Monk, Thelonious", monk[:8]):
        assert [one.entity.entity_id for one in corpus.people.find(words)] == [monk], words
    (found,) = corpus.people.find("monk")
    assert found.episodes == 1
    assert corpus.people.find("monk", "city") == []


def test_the_very_name_is_found_first_then_those_that_begin_with_it(corpus: Corpus) -> None:
    names = ("Djangology", "Concert for Django", "Django Reinhardt", "The Django Bates Trio", "Django")
    learned(corpus.registry, *(known(name, number, "album") for number, name in enumerate(names)))
    found = [one.entity.name for one in corpus.people.find("django")]
    assert found == ["Django", "Django Reinhardt", "The Django Bates Trio", "Concert for Django", "Djangology"]
