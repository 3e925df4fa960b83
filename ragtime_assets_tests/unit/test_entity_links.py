"""Entity links: what the registry has for each name, what was decided, and how it is told."""

from __future__ import annotations

from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import make_entity_links
from ragtime_assets_tests.fakes import FakeEntityRegistry, details_of

VOCABULARY = load_vocabulary()
MILES = KnownEntity(type="musician", name="Miles Davis", entity_id="e7", mbid="m", qid="Q93341")


def said(*names: str, kind: str = "musician") -> Entities:
    """Each name once, a second apart."""
    mentions = (
        Mention(type=kind, name=name, surface=name, chunk=0, start=at, context=f"{name} plays.")
        for at, name in enumerate(names)
    )
    return Entities(engine="rules 1", language="en", mentions=tuple(mentions))


def test_there_is_one_link_for_each_name_and_its_decision_says_why() -> None:
    registry = FakeEntityRegistry(MILES)
    made = make_entity_links("show-1", details_of(), said("Miles Davis", "Miles Davis", "Ann"), registry, VOCABULARY)
    assert [(one.name, one.entity_id, one.canonical_name, one.mentions) for one in made.links] == [
        ("Ann", None, "Ann", 1),
        ("Miles Davis", "e7", "Miles Davis", 2),
    ]
    assert [(one.outcome, one.reason, one.qid) for one in made.decisions] == [
        ("unknown", "single_name", None),
        ("linked", "only_of_name", "Q93341"),
    ]
    assert made.decisions[1].sentence == "exact name, only musician of that name"
    assert list(registry.decided) == ["show-1"]


def test_how_a_link_was_decided_changes_no_digest() -> None:
    registry = FakeEntityRegistry()
    first = make_entity_links("show-1", details_of(), said("Miles Davis"), registry, VOCABULARY)
    again = make_entity_links("show-1", details_of(), said("Miles Davis"), registry, VOCABULARY)
    assert [one.outcome for one in (*first.decisions, *again.decisions)] == ["unknown", "linked"]
    assert first.digest() == again.digest()
