"""Entity links: what the registry has for each name, who else is asked, what was decided, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from ragtime_assets import errors
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLinks, LinkDecision
from ragtime_assets.domain.linking.decision import RULES
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import Linking, make_entity_links
from ragtime_assets_tests.fakes import FakeEntityRegistry, FakeLinkChooser, FakeMusicDatabase, details_of

VOCABULARY = load_vocabulary()
MILES = KnownEntity(type="musician", name="Miles Davis", entity_id="e7", mbid="m", qid="Q93341")


def said(*names: str, kind: str = "musician") -> Entities:
    """Each name once, a second apart."""
    mentions = (
        Mention(type=kind, name=name, surface=name, chunk=0, start=at, context=f"{name} plays.")
        for at, name in enumerate(names)
    )
    return Entities(engine="rules 1", language="en", mentions=tuple(mentions))


PIANIST = KnownEntity(type="musician", name="Bill Evans", mbid="m1", disambiguation="pianist")
SAXOPHONIST = KnownEntity(type="musician", name="Bill Evans", mbid="m2", disambiguation="saxophonist")


def made(registry: FakeEntityRegistry, entities: Entities, **tools: Any) -> EntityLinks:
    """The phase."""
    return make_entity_links("show-1", details_of(), entities, Linking(registry, VOCABULARY, **tools))


def decision(links: EntityLinks, name: str) -> LinkDecision:
    """What was decided of a name."""
    return next(one for one in links.decisions if one.name == name)


def test_there_is_one_link_for_each_name_and_its_decision_says_why() -> None:
    registry = FakeEntityRegistry(MILES)
    links = made(registry, said("Miles Davis", "Miles Davis", "Ann"))
    assert [(one.name, one.entity_id, one.canonical_name, one.mentions) for one in links.links] == [
        ("Ann", None, "Ann", 1),
        ("Miles Davis", "e7", "Miles Davis", 2),
    ]
    assert [(one.outcome, one.reason, one.qid) for one in links.decisions] == [
        ("unknown", "single_name", None),
        ("linked", "only_of_name", "Q93341"),
    ]
    assert links.decisions[1].sentence == "exact name, only musician of that name"
    assert list(registry.decided) == ["show-1"]


def test_how_a_link_was_decided_changes_no_digest() -> None:
    registry = FakeEntityRegistry()
    first = made(registry, said("Miles Davis"))
    again = made(registry, said("Miles Davis"), chooser=FakeLinkChooser())
    assert [one.outcome for one in (*first.decisions, *again.decisions)] == ["unknown", "unknown"]
    assert (first.engine, again.engine) == (RULES, "fake chooser")
    assert first.digest() == again.digest()


def test_an_artifact_of_before_tells_how_it_was_decided_then() -> None:
    old = {"type": "musician", "name": "Bird", "entity_id": "e", "canonical_name": "Charlie Parker", "mentions": 2}
    more = {"method": "alias", "mbid": "m", "qid": None, "confidence": None}
    links = EntityLinks.model_validate(EntityLinks.upgrades[1]({"engine": "registry", "links": [{**old, **more}]}))
    assert links.links[0].canonical_name == "Charlie Parker"
    assert (links.decisions[0].outcome, links.decisions[0].mbid) == ("linked", "m")


def test_a_year_means_no_entity() -> None:
    links = made(FakeEntityRegistry(), said("1959", kind="year"))
    assert (links.decisions[0].outcome, links.decisions[0].reason) == ("not_applicable", "type_not_linked")
    assert links.links[0].canonical_name == "1959"


def test_musicbrainz_is_asked_about_names_that_the_registry_does_not_know_and_no_others() -> None:
    registry, music = FakeEntityRegistry(MILES), FakeMusicDatabase(PIANIST)
    links = made(registry, said("Miles Davis", "Bill Evans", "Nobody Known"), music=music)
    assert music.asked == ["Bill Evans", "m1", "Nobody Known"]
    assert links.lookups == 2
    assert decision(links, "Bill Evans").mbid == "m1"
    assert decision(links, "Nobody Known").outcome == "unknown"


def test_what_the_corpus_knew_by_name_only_becomes_the_one_of_musicbrainz() -> None:
    registry = FakeEntityRegistry()
    first = made(registry, said("Bill Evans"))
    again = made(registry, said("Bill Evans"), music=FakeMusicDatabase(PIANIST))
    assert first.links[0].entity_id == again.links[0].entity_id
    assert again.decisions[0].mbid == "m1"


def test_of_two_in_musicbrainz_nobody_is_guessed() -> None:
    links = made(FakeEntityRegistry(), said("Bill Evans"), music=FakeMusicDatabase(PIANIST, SAXOPHONIST))
    assert (links.decisions[0].outcome, links.decisions[0].reason) == ("ambiguous", "several_fit")
    assert links.decisions[0].sentence == "2 fit alike: Bill Evans (pianist), Bill Evans (saxophonist)"
    assert (links.links[0].entity_id, links.links[0].canonical_name) == (None, "Bill Evans")


@pytest.mark.parametrize("error", [errors.SourceUnavailable("down"), errors.TimedOut("slow")])
def test_a_database_that_is_down_or_slow_is_asked_once_and_the_rest_is_for_later(error: errors.RagtimeError) -> None:
    music = FakeMusicDatabase(PIANIST)
    music.error = error
    links = made(FakeEntityRegistry(MILES), said("Bill Evans", "Miles Davis", "Nobody Known"), music=music)
    assert music.asked == ["Bill Evans"]
    assert {one.name for one in links.decisions if one.later} == {"Bill Evans", "Nobody Known"}


def test_what_there_was_no_time_to_look_up_is_for_later() -> None:
    music = FakeMusicDatabase(PIANIST)
    links = made(FakeEntityRegistry(), said("Bill Evans"), music=music, music_seconds=0)
    assert music.asked == []
    assert links.decisions[0].later


def test_a_candidate_without_a_name_is_no_candidate() -> None:
    nameless = KnownEntity(type="musician", name="", mbid="m9", aliases=("Bill Evans",))
    links = made(FakeEntityRegistry(), said("Bill Evans"), music=FakeMusicDatabase(nameless, PIANIST))
    assert links.decisions[0].mbid == "m1"


def test_only_names_that_may_mean_several_go_to_the_model() -> None:
    registry = FakeEntityRegistry(
        MILES, PIANIST.model_copy(update={"entity_id": "e1"}), SAXOPHONIST.model_copy(update={"entity_id": "e2"})
    )
    chooser = FakeLinkChooser("m2")
    links = made(registry, said("Miles Davis", "Bill Evans", "Nobody Known"), chooser=chooser)
    assert [one.name.name for one in chooser.asked] == ["Bill Evans"]
    told = decision(links, "Bill Evans")
    assert (told.outcome, told.reason, told.by, told.mbid) == ("linked", "chosen_by_model", "model", "m2")
    assert told.sentence == "fake chooser chose Bill Evans (saxophonist)"


def test_what_the_model_leaves_open_stays_open_and_says_so() -> None:
    registry = FakeEntityRegistry(
        PIANIST.model_copy(update={"entity_id": "e1"}), SAXOPHONIST.model_copy(update={"entity_id": "e2"})
    )
    told = made(registry, said("Bill Evans"), chooser=FakeLinkChooser()).decisions[0]
    assert (told.outcome, told.reason, told.by) == ("ambiguous", "none_chosen_by_model", "model")
    assert told.sentence.startswith("fake chooser chose none; 2 fit alike")
