"""Whom a name means: what speaks for a candidate, the margin rule, and what stays open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ragtime_assets.domain.linking.deciding import decide_all
from ragtime_assets.domain.linking.decision import Decision, Found, Name, Verdict
from ragtime_assets.domain.linking.first_names import whole_names
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.talk import Said, Talk
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import rules_of

RULES: Rules = rules_of(load_vocabulary())


def entity(name: str, about: str = "", kind: str = "musician", **more: Any) -> KnownEntity:
    """Somebody whom MusicBrainz knows."""
    return KnownEntity(type=kind, name=name, mbid=f"{name} {about} {kind}", disambiguation=about, **more)


PIANIST = entity(
    "Bill Evans", "jazz pianist", begin=1929, end=1980, related=("Scott LaFaro", "Paul Motian", "Riverside")
)
SAXOPHONIST = entity("Bill Evans", "jazz saxophonist", begin=1958, related=("Miles Davis", "Soulgrass"))
TWO = (PIANIST, SAXOPHONIST)


def decided(
    said: str | tuple[str, str],
    context: str,
    candidates: Sequence[KnownEntity],
    *also: tuple[str, str],
    episodes: dict[str, int] | None = None,
    seconds: tuple[float, ...] = (),
    **talk: Any,
) -> Decision:
    """What a name means that is said in `context`, at `seconds`; `also` are other names, each with its sentence."""
    name = Name(*said) if isinstance(said, tuple) else Name("musician", said)
    others = {
        Name("musician", other): Said(Name("musician", other), (other,), (text,), seconds) for other, text in also
    }
    names = {name: Said(name, (name.name,), (context,), seconds), **others}
    found = {one: Found(candidates=tuple(candidates), episodes=episodes or {}) for one in names}
    return decide_all(Talk(names, **talk), found, RULES)[name]


def meant(decision: Decision) -> KnownEntity | None:
    return decision.entity if decision.outcome == "linked" else None


def test_the_only_one_of_a_name_is_meant_and_the_sentence_says_so() -> None:
    decision = decided("Miles Davis", "Miles Davis played.", [entity("Miles Davis")])
    assert (decision.outcome, decision.reason) == ("linked", "only_of_name")
    assert decision.sentence == "exact name, only musician of that name"


def test_of_two_of_one_name_nobody_is_guessed() -> None:
    decision = decided("Bill Evans", "Bill Evans played.", TWO)
    assert (decision.outcome, decision.reason, decision.entity) == ("ambiguous", "several_fit", None)
    assert decision.sentence == "2 fit alike: Bill Evans (jazz pianist), Bill Evans (jazz saxophonist)"
    assert len(decision.candidates) == 2


@pytest.mark.parametrize(
    ("context", "who"),
    [
        ("The pianist Bill Evans came.", PIANIST),
        ("Der Saxofonist Bill Evans kam.", SAXOPHONIST),
        ("Bill Evans and Scott LaFaro and Paul Motian.", PIANIST),
        ("Bill Evans was born in 1958.", SAXOPHONIST),
        ("Bill Evans died in 1980.", PIANIST),
    ],
)
def test_what_is_said_beside_the_name_tells_who_is_meant(context: str, who: KnownEntity) -> None:
    decision = decided("Bill Evans", context, TWO)
    assert meant(decision) == who, decision.sentence
    assert decision.reason == "fits_best"


def test_who_else_is_named_in_the_episode_tells_who_is_meant() -> None:
    others = (("Scott LaFaro", "LaFaro."), ("Paul Motian", "Motian."))
    decision = decided("Bill Evans", "Bill Evans came.", TWO, *others, seconds=(9.0,))
    assert meant(decision) == PIANIST
    assert "goes with Scott LaFaro, Paul Motian, named within a minute" in decision.sentence
    likelier, _ = decided("Bill Evans", "Bill Evans came.", TWO, *others).candidates
    assert likelier.entity == PIANIST
    assert "goes with Scott LaFaro, Paul Motian of this episode" in likelier.evidence


def test_what_is_said_elsewhere_tells_nothing_where_the_other_one_is_talked_of_too() -> None:
    others = (("Scott LaFaro", "LaFaro."), ("Paul Motian", "Motian."))
    assert meant(decided("Bill Evans", "Bill Evans came, the other one.", TWO, *others)) is None


def test_what_somebody_is_said_not_to_be_speaks_against_him() -> None:
    said = "Bill Evans, not the pianist, came with Soulgrass."
    decision = decided("Bill Evans", said, TWO, ("Soulgrass", "Soulgrass played."))
    assert meant(decision) == SAXOPHONIST
    assert "is no pianist, as is said" in decision.candidates[1].evidence


def test_that_the_others_are_wrong_makes_nobody_right() -> None:
    decision = decided("Bill Evans", "Welcome, Bill Evans.", TWO, persons=("Bill Evans",), year=2022)
    assert (decision.outcome, decision.entity) == ("ambiguous", None)


@pytest.mark.parametrize(
    "context",
    ["The tuner was a Roger Waters from Reading.", "Der Hund heißt Roger Waters.", "Ein Roger Waters hat angerufen."],
)
def test_who_is_introduced_by_name_is_mostly_somebody_else(context: str) -> None:
    waters = entity("Roger Waters", "bassist", related=("Pink Floyd",))
    assert meant(decided("Roger Waters", context, [waters])) is None


@pytest.mark.parametrize(("kind", "wanted"), [("record_label", "label"), ("music_venue", "club"), ("album", "record")])
def test_a_label_a_club_and_a_record_of_one_name_are_told_apart_by_type(kind: str, wanted: str) -> None:
    three = [
        entity("Blue Note", "label", "record_label"),
        entity("Blue Note", "club", "music_venue"),
        entity("Blue Note", "record", "album"),
    ]
    decision = decided((kind, "Blue Note"), "The Blue Note.", three)
    assert decision.entity
    assert decision.entity.disambiguation == wanted


def test_a_label_a_club_and_a_record_of_one_name_are_told_apart_in_one_episode() -> None:
    kinds = {"record_label": "label", "music_venue": "club", "album": "record"}
    three = [entity("Blue Note", what, kind) for kind, what in kinds.items()]
    said = {Name(kind, "Blue Note"): f"Blue Note, the {what}, was there." for kind, what in kinds.items()}
    talk = Talk({name: Said(name, ("Blue Note",), (text,)) for name, text in said.items()})
    found = decide_all(talk, dict.fromkeys(said, Found(candidates=tuple(three))), RULES)
    assert {name.type: one.entity and one.entity.disambiguation for name, one in found.items()} == kinds


def test_a_band_an_album_and_a_ship_of_one_name_are_told_apart() -> None:
    three = [
        entity("Bismarck", "metal band", "musical_group"),
        entity("Bismarck", "live album", "album"),
        entity("Bismarck", "battleship", "place"),
    ]
    for kind, context in (("musical_group", "The band Bismarck played."), ("album", "The album Bismarck came out.")):
        decision = decided((kind, "Bismarck"), context, three)
        assert (decision.outcome, decision.entity and decision.entity.type) == ("linked", kind), decision.sentence


def test_of_two_bands_of_one_name_neither_is_guessed_and_its_record_tells_which() -> None:
    two = [
        entity("Nirvana", "British psychedelic band", "musical_group", related=("Rainbow Chaser",)),
        entity("Nirvana", "American grunge band", "musical_group", related=("Nevermind",)),
    ]
    assert meant(decided(("musical_group", "Nirvana"), "Nirvana played.", two)) is None
    told = "Nirvana made Nevermind."
    assert meant(decided(("musical_group", "Nirvana"), told, two, ("Nevermind", told))) == two[1]


def test_a_band_is_never_linked_to_the_ship_of_its_name() -> None:
    ship = entity("Titanic", "ship", "place")
    decision = decided(("musical_group", "Titanic"), "Titanic played on.", [ship])
    assert (decision.outcome, decision.reason) == ("unknown", "nobody_of_name")


def test_a_name_of_one_word_needs_somebody_who_speaks_for_it() -> None:
    parker = entity("Charlie Parker", "alto saxophonist", aliases=("Bird",), related=("Dizzy Gillespie",))
    assert meant(decided("Bird", "A Bird sang.", [parker])) is None
    assert meant(decided("Bird", "Bird and Dizzy Gillespie.", [parker])) == parker


def test_a_surname_means_the_one_whose_whole_name_is_said_where_more_speaks_for_him() -> None:
    both = [entity("John Coltrane", "saxophonist"), entity("Alice Coltrane", "harpist")]
    said = "Coltrane went on with the saxophone."
    decision = decided("Coltrane", said, both, ("John Coltrane", "John Coltrane came."))
    assert meant(decision) == both[0]
    assert decision.reason == "short_for"


def test_a_surname_of_two_who_are_both_named_stays_open() -> None:
    both = [entity("John Coltrane", "saxophonist"), entity("Alice Coltrane", "harpist")]
    names = (("John Coltrane", "John Coltrane came."), ("Alice Coltrane", "Alice Coltrane came."))
    assert meant(decided("Coltrane", "Coltrane went on.", both, *names)) is None


@pytest.mark.parametrize("said", ["Telonius Monk", "Thelonious Munk", "Thelonious Monks"])
def test_a_misheard_name_means_the_one_it_sounds_like(said: str) -> None:
    monk = entity("Thelonious Monk", "pianist", related=("Charlie Rouse",))
    assert meant(decided(said, f"{said} and Charlie Rouse.", [monk])) == monk


@pytest.mark.parametrize("said", ["Jo Jones", "Joe Jonas", "Bob Jones"])
def test_a_name_that_is_nearly_anothers_is_not_his(said: str) -> None:
    assert meant(decided(said, f"{said} came.", [entity("Joe Jones", "drummer")])) is None


def test_a_name_nobody_knows_becomes_an_entity_and_one_word_of_a_person_does_not() -> None:
    unknown, single = decided("Nobody Known", "x", []), decided("Nobody", "x", [])
    assert (unknown.outcome, unknown.reason) == ("unknown", "nobody_of_name")
    assert unknown.entity == KnownEntity(type="musician", name="Nobody Known")
    assert (single.outcome, single.reason, single.entity) == ("unknown", "single_name", None)


def test_how_often_somebody_is_named_counts_only_among_those_that_fit_alike() -> None:
    often = {str(SAXOPHONIST.mbid): 400, str(PIANIST.mbid): 2}
    decision = decided("Bill Evans", "Bill Evans came.", TWO, episodes=often)
    assert (meant(decision), decision.reason) == (SAXOPHONIST, "better_known")
    assert meant(decided("Bill Evans", "The pianist Bill Evans came.", TWO, episodes=often)) == PIANIST
    few = {str(SAXOPHONIST.mbid): 4, str(PIANIST.mbid): 0}
    assert meant(decided("Bill Evans", "Bill Evans came.", TWO, episodes=few)) is None


def test_a_persons_word_wins_over_everything_that_is_said() -> None:
    name = Name("musician", "Bill Evans")
    found = Found(candidates=TWO, verdict=Verdict(entity=SAXOPHONIST, by="ann"))
    talk = Talk({name: Said(name, ("Bill Evans",), ("The pianist Bill Evans came.",))})
    decision = decide_all(talk, {name: found}, RULES)[name]
    assert (decision.entity, decision.by, decision.reason, decision.confidence) == (
        SAXOPHONIST,
        "person",
        "corrected",
        1,
    )


@pytest.mark.parametrize("cased", [str, str.lower, str.upper])
def test_capitals_change_no_decision(cased: Any) -> None:
    decision = decided(cased("Bill Evans"), cased("The pianist Bill Evans and Scott LaFaro."), TWO)
    assert meant(decision) == PIANIST


@pytest.mark.parametrize(
    "context",
    [
        "In June of sixty-one Bill Evans played with Scott LaFaro in a basement.",
        "Bill Evans und Scott LaFaro spielten neunzehnhunderteinundsechzig im Keller.",
    ],
)
def test_years_count_as_they_are_spoken(context: str) -> None:
    decision = decided("Bill Evans", context, TWO)
    assert meant(decision) == PIANIST
    younger = next(one for one in decision.candidates if one.entity == SAXOPHONIST)
    assert "a child in 1961" in "; ".join(younger.evidence)


@pytest.mark.parametrize(
    ("context", "number"),
    [
        ("There is the album Porgy and Bess, and it is for sale.", 0),
        ("Porgy and Bess, the opera, is what we saw.", 1),
        ("Porgy and Bess ist eine Oper in drei Akten.", 1),
    ],
)
def test_what_a_thing_is_said_to_be_tells_it_from_others_of_its_name(context: str, number: int) -> None:
    two = (entity("Porgy and Bess", "studio album", "work"), entity("Porgy and Bess", "opera", "work"))
    likelier, other = decided(("work", "Porgy and Bess"), context, two).candidates
    assert likelier.entity == two[number]
    assert likelier.score > 2 * other.score


def test_what_stands_between_a_name_and_something_else_does_not_say_what_it_is() -> None:
    two = (entity("Nirvana", "grunge band", "musical_group"), entity("Nirvana", "album", "album"))
    assert meant(decided(("musical_group", "Nirvana"), "We heard Nirvana album after album.", two)) != two[1]


def test_who_goes_with_others_that_are_named_may_be_meant_by_a_first_name() -> None:
    heath = entity("Jimmy Heath", "jazz saxophonist", related=("Percy Heath",))
    decision = decided("Percy", "Jimmy Heath and Percy made records.", [heath], ("Jimmy Heath", "Jimmy Heath."))
    assert decision.reason == "single_name"
    assert whole_names([linked_to(heath), decision], RULES) == {decision.said: (Name("musician", "Percy Heath"),)}


def linked_to(one: KnownEntity) -> Decision:
    """A name that means this one."""
    return Decision(
        type=one.type, name=one.name, outcome="linked", reason="only_of_name", sentence="it is so", entity=one
    )


def test_of_somebody_whose_name_is_nearly_this_one_more_has_to_be_said() -> None:
    gelder = entity("Rudy Van Gelder", "recording engineer", related=("Blue Note Records", "Alfred Lion"))
    assert meant(decided("Rudi van Geller", "The parents of Rudi van Geller had a house.", [gelder])) is None
    told = "Alfred Lion of Blue Note Records went to Rudi van Geller."
    assert (
        meant(decided("Rudi van Geller", told, [gelder], ("Alfred Lion", told), ("Blue Note Records", told))) == gelder
    )


@pytest.mark.parametrize("said", ["Our neighbour Bill Evans", "Mein Onkel Bill Evans", "A certain Bill Evans"])
def test_somebody_of_everyday_life_is_not_the_one_who_has_the_name_too(said: str) -> None:
    assert meant(decided("Bill Evans", f"{said} was on the phone.", [PIANIST])) is None


def test_whose_solo_it_is_is_no_introduction_of_somebody() -> None:
    assert meant(decided("John Coltrane", "Then comes a John Coltrane solo.", [entity("John Coltrane")])) is not None


def test_one_of_whom_only_the_name_is_known_is_as_unknown_as_before() -> None:
    own = KnownEntity(type="musician", name="Nobody Known", entity_id="e1")
    decision = decided("Nobody Known", "Nobody Known played.", [own])
    assert (decision.outcome, decision.reason, decision.entity) == ("unknown", "nobody_of_name", own)
