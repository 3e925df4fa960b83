"""Which item of Wikidata an entity is: exactly one of its name and its class, or none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragtime_assets.domain.linking.items import Finding, Item
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import InvalidContent, SourceUnavailable
from ragtime_assets.phases.enriching.resolving import AT_ONCE, resolve
from ragtime_assets_tests.fakes import FakeItemDatabase

TYPES = load_vocabulary().active
PIANIST_ID = "2f3f6e0a-7e0c-4b57-9b6d-5e8b3f5f1c01"
CLASSES = (
    Item(qid="Q5", wider=("Q154954",)),
    Item(qid="Q154954"),
    Item(qid="Q639669", wider=("Q2500638",)),
    Item(qid="Q15981151", wider=("Q639669",)),
    Item(qid="Q82955"),
    Item(qid="Q1549591", wider=("Q515",)),
    Item(qid="Q515", wider=("Q486972", "Q1549591")),  # a circle, as Wikidata has some
    Item(qid="Q208569", wider=("Q482994",)),
)
PIANIST = Item(qid="Q214013", names=("Bill Evans",), classes=("Q5",), occupations=("Q15981151",), begin=1929, end=1980)
POLITICIAN = Item(qid="Q900001", names=("Bill Evans",), classes=("Q5",), occupations=("Q82955",))
SAXOPHONIST = Item(qid="Q863514", names=("Bill Evans",), classes=("Q5",), occupations=("Q639669",), begin=1958)
SONG = Item(qid="Q900002", names=("Bill Evans",), classes=("Q7366",))
PARIS = Item(qid="Q90", names=("Paris", "Lutetia"), classes=("Q1549591",))
RECORD = Item(qid="Q900003", names=("Paris",), classes=("Q208569",))


def entity(kind: str = "musician", name: str = "Bill Evans", entity_id: str = "e1", **more: object) -> KnownEntity:
    """An entity of the registry."""
    return KnownEntity.model_validate({"type": kind, "name": name, "entity_id": entity_id, **more})


def found(*entities: KnownEntity, items: Sequence[Item] = ()) -> list[Finding]:
    """What becomes of these, where Wikidata has these items."""
    database = FakeItemDatabase(*CLASSES, *items)
    return [finding for some in resolve(entities, TYPES, database) for finding in some]


def test_a_musician_is_a_human_whose_occupation_is_a_kind_of_musician() -> None:
    (finding,) = found(entity(), items=(PIANIST, POLITICIAN, SONG))
    assert (finding.status, finding.qid) == ("resolved", "Q214013")


def test_a_person_needs_no_occupation() -> None:
    (finding,) = found(entity("person"), items=(POLITICIAN, SONG))
    assert finding.qid == "Q900001"


def test_a_city_is_one_by_way_of_subclasses_and_a_record_of_its_name_is_none() -> None:
    findings = found(entity("city", "Paris"), entity("album", "Paris", "e2"), items=(PARIS, RECORD))
    assert [one.qid for one in findings] == ["Q90", "Q900003"]


def test_an_item_is_also_found_by_its_other_names_and_the_entity_by_its_aliases() -> None:
    (finding,) = found(entity("city", "Lutetia"), items=(PARIS,))
    assert finding.qid == "Q90"


def test_of_several_that_fit_none_is_taken_and_they_are_named() -> None:
    (finding,) = found(entity(), items=(PIANIST, SAXOPHONIST))
    assert (finding.status, finding.qid) == ("not_found", None)
    assert finding.reason == "several items fit: Q214013, Q863514"


def test_years_tell_namesakes_apart() -> None:
    (finding,) = found(entity(begin=1958), items=(PIANIST, SAXOPHONIST))
    assert finding.qid == "Q863514"
    (finding,) = found(entity(end=1980), items=(PIANIST, SAXOPHONIST.model_copy(update={"end": 2020})))
    assert finding.qid == "Q214013"


def test_an_item_that_names_the_mbid_is_it_whatever_it_is_called() -> None:
    named = PIANIST.model_copy(update={"names": ("William John Evans",), "mbids": (PIANIST_ID,), "classes": ()})
    (finding,) = found(entity(mbid=PIANIST_ID), items=(named, SAXOPHONIST))
    assert (finding.status, finding.qid) == ("resolved", "Q214013")


def test_an_item_that_names_another_mbid_is_somebody_else() -> None:
    other = SAXOPHONIST.model_copy(update={"mbids": ("0e3f6e0a-7e0c-4b57-9b6d-5e8b3f5f1c02",)})
    (finding,) = found(entity(mbid=PIANIST_ID), items=(other,))
    assert finding.status == "not_found"


def test_what_nobody_has_is_not_found() -> None:
    (finding,) = found(entity(name="Nobody At All"), items=(PIANIST,))
    assert (finding.status, finding.reason) == ("not_found", "no item of its name and class")


def test_a_type_without_a_class_is_not_looked_for() -> None:
    types = {"thing": TYPES["musician"].model_copy(update={"key": "thing", "wikidata": None})}
    assert list(resolve([entity("thing")], types, FakeItemDatabase(PIANIST))) == [[]]


def test_an_outage_says_nothing_of_anybody() -> None:
    database = FakeItemDatabase(raises=SourceUnavailable("Wikidata is down"))
    with pytest.raises(SourceUnavailable):
        list(resolve([entity()], TYPES, database))


def test_an_entity_whose_question_is_refused_fails_alone() -> None:
    database = FakeItemDatabase(*CLASSES, PIANIST, raises=InvalidContent("refused"), refused={"bad"})
    ((good, bad),) = resolve([entity(), entity(name="bad", entity_id="e2")], TYPES, database)
    assert (good.status, bad.status, bad.reason) == ("resolved", "failed", "refused")


def test_what_was_found_is_told_some_at_a_time() -> None:
    many = [entity(entity_id=f"e{number}") for number in range(AT_ONCE + 1)]
    assert [len(some) for some in resolve(many, TYPES, FakeItemDatabase(*CLASSES, PIANIST))] == [AT_ONCE, 1]
