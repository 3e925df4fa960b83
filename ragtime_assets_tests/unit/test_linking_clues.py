"""The clues of linking: every one has a weight, and what each hears in a sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.clue import Clue, weights
from ragtime_assets.domain.linking.deciding import known_company
from ragtime_assets.domain.linking.decision import Found, Name
from ragtime_assets.domain.linking.judging import Fit, Rules, judge, subjects_of
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import How, in_parts, match, parts_of
from ragtime_assets.domain.linking.nations import nations
from ragtime_assets.domain.linking.talk import Said, Talk
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import rules_of

RULES: Rules = rules_of(load_vocabulary())
PACKAGE = Path(__file__).parents[2]
HOLLAND = KnownEntity(
    type="musician", name="Dave Holland", mbid="m1", disambiguation="British bassist", related=("Gateway",)
)


HEARD = [
    ("Dave Holland from Rhyl wants more drums.", Clue.FROM_ELSEWHERE),
    ("Dave Holland aus dem Lager brachte den Grill.", Clue.FROM_ELSEWHERE),
    ("We met Dave Holland, a student of law.", Clue.SAID_TO_BE_ANOTHER),
    ("Dave Holland, forty-two, sold the tickets.", Clue.AGED),
    ("Dave Holland, aged nine, sold the tickets.", Clue.AGED),
    ("Our engineer this week is Dave Holland.", Clue.OWN_LIFE),
    ("Dave Holland wrote in about the raffle.", Clue.EVERYDAY_PLACE),
    ("The label does not tell which Dave Holland it was.", Clue.UNSURE),
    ("Auf dem Zettel steht Dave Holland, vielleicht der Schlagzeuger.", Clue.UNSURE),
    ("Dave Holland, not the one with the bass, came.", Clue.ROLE_DENIED),
    ("Dave Holland, our new trainee, has patient parents.", Clue.OURS),
    ("Dave Holland, unser Volontär, hat geduldige Eltern.", Clue.OURS),
    ("The British player Dave Holland came.", Clue.NATION_NEAR),
    ("The Dutch player Dave Holland came.", Clue.OTHER_NATION),
    ("Ich weiß bis heute nicht, ob das Dave Holland war.", Clue.UNSURE),
    ("A Dave Holland sang.", Clue.INTRODUCED),
    ("The drummer Dave Holland came.", Clue.OTHER_ROLE),
    ("Dave Holland was a drummer.", Clue.OTHER_ROLE),
]


def fits(context: str, *candidates: KnownEntity, name: str = "Dave Holland", **talk: Any) -> list[Fit]:
    """The candidates for a name that is said in `context`."""
    asked = Name("musician", name)
    said = Said(asked, (name,), (context,))
    return judge(said, candidates or (HOLLAND,), Talk({asked: said}, **talk), RULES)


def clues(context: str, **more: Any) -> set[Clue]:
    """What `context` says of him."""
    return {one.clue for one in fits(context, **more)[0].evidence}


def test_every_clue_has_a_weight_a_reason_and_an_expected_weight() -> None:
    file = PACKAGE / "ragtime_assets/domain/linking/data/weights.toml"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if " = " in line]
    assert [line.split(" = ")[0] for line in lines] == [str(clue) for clue in Clue]
    assert all(line.partition("  # ")[2] for line in lines)
    expected = PACKAGE / "benchmarks/data/links/expected_weights.toml"
    assert list(tomllib.loads(expected.read_text(encoding="utf-8"))) == [str(clue) for clue in Clue]
    assert set(weights()) == set(Clue)


@pytest.mark.parametrize(("context", "clue"), HEARD)
def test_a_clue_is_heard_in_english_and_german(context: str, clue: Clue) -> None:
    assert clue in clues(context)
    assert clue in clues(context.lower(), name="dave holland")


def clues_of_one_of_two(context: str, entity: KnownEntity) -> set[Clue]:
    """What `context` says of it, where another thing of the episode has the name too."""
    asked, namesake = Name(entity.type, entity.name), Name("city", entity.name)
    said = Said(asked, (entity.name,), (context,))
    elsewhere = Said(namesake, (entity.name,), (f"{entity.name} heard the Circle Quartet.",))
    (fit,) = judge(said, (entity,), Talk({asked: said, namesake: elsewhere}), RULES)
    return {one.clue for one in fit.evidence}


@pytest.mark.parametrize(
    ("context", "clue", "entity"),
    [
        *((context, clue, HOLLAND) for context, clue in HEARD),
        ("Mr Dave Holland came.", Clue.ADDRESSED, HOLLAND),
        ("Dave Holland kam aus Wien.", Clue.AREA_NEAR, HOLLAND.model_copy(update={"area": "Vienna"})),
        (
            "Dave Holland taught in Neapel.",
            Clue.RELATED_WORD_NEAR,
            HOLLAND.model_copy(update={"related": ("Naples",)}),
        ),
        (
            "The club Steps burned down.",
            Clue.OTHER_KIND,
            KnownEntity(type="musical_group", name="Steps", mbid="m1", disambiguation="jazz band"),
        ),
    ],
)
def test_where_two_have_a_name_what_is_said_beside_it_counts(context: str, clue: Clue, entity: KnownEntity) -> None:
    assert clue in clues_of_one_of_two(context, entity)


def test_where_two_have_a_name_what_is_said_elsewhere_may_be_of_the_other() -> None:
    known = HOLLAND.model_copy(update={"related": ("Circle Quartet",)})
    assert Clue.RELATED in {
        one.clue for one in fits("Dave Holland came.", known, about=("The Circle Quartet",))[0].evidence
    }
    assert Clue.RELATED not in clues_of_one_of_two("Dave Holland came.", known)


@pytest.mark.parametrize(
    ("context", "clue"),
    [
        ("Dave Holland, a bassist of rank, came.", Clue.SAID_TO_BE_ANOTHER),
        ("Dave Holland from Gateway came.", Clue.FROM_ELSEWHERE),
        ("Our guest is Dave Holland.", Clue.OWN_LIFE),
        ("Dave Holland, in nineteen seventy, left.", Clue.AGED),
        ("Dave Holland knows, and says so.", Clue.UNSURE),
        ("Nobody else has done it, never. Dave Holland said so.", Clue.UNSURE),
        ("And Dave Holland, who still doesn't know whether it was in.", Clue.UNSURE),
        ("Dave Holland schreibt das auf.", Clue.EVERYDAY_PLACE),
        ("A Dave Holland solo came.", Clue.INTRODUCED),
        ("Dave Holland met the drummer.", Clue.OTHER_ROLE),
    ],
)
def test_what_only_looks_like_a_clue_is_none(context: str, clue: Clue) -> None:
    assert clue not in clues(context)


def test_the_surname_of_a_relative_is_not_said_where_only_the_name_itself_is() -> None:
    """ "Alfred Weber showed us round" does not say that Max Weber was there."""
    alfred = HOLLAND.model_copy(update={"name": "Alfred Weber", "related": ("Max Weber",)})
    max_weber = Name("musician", "Max Weber")
    saids = {
        one: Said(one, (one.name,), (context,))
        for one, context in (
            (Name("musician", "Alfred Weber"), "Alfred Weber showed us round."),
            (max_weber, "Max Weber wrote it."),
        )
    }
    (fit,) = judge(saids[Name("musician", "Alfred Weber")], (alfred,), Talk(saids), RULES)
    found = {one.clue for one in fit.evidence}
    assert Clue.RELATED in found
    assert Clue.RELATED_NEAR not in found


@pytest.mark.parametrize(
    ("context", "entity", "clue"),
    [
        ("Dave Holland, das ist der mit Kraft und Stoff.", {"related": ("Kraft und Stoff",)}, Clue.RELATED_NEAR),
        ("Dave Holland taught in Neapel.", {"related": ("Naples",)}, Clue.RELATED_WORD_NEAR),
        ("Der Münchner Dave Holland kam.", {"area": "Munich"}, Clue.AREA_NEAR),
        ("Dave Holland kam aus Wien.", {"area": "Vienna"}, Clue.AREA_NEAR),
        ("Dave Holland, also der vom Sohn.", {"disambiguation": "drummer, son of Jim Holland"}, Clue.KIN_NEAR),
        ("The brother, Dave Holland, came.", {"disambiguation": "brother of Jim Holland"}, Clue.KIN_NEAR),
        ("Sein Bruder Dave Holland kam.", {"disambiguation": "brother of Jim Holland"}, Clue.KIN_BESIDE),
        ("Dave Holland and his Weiber.", {"related": ("Die lustigen Weiber",)}, Clue.PART_OF_RELATED_NEAR),
    ],
)
def test_what_is_known_of_somebody_is_heard_in_either_language(
    context: str, entity: dict[str, Any], clue: Clue
) -> None:
    known = HOLLAND.model_copy(update=entity)
    for one, name in ((context, "Dave Holland"), (context.lower(), "dave holland")):
        assert clue in {each.clue for each in fits(one, known, name=name)[0].evidence}
    plain = "Dave Holland came."
    assert clue not in {each.clue for each in fits(plain, known)[0].evidence}


@pytest.mark.parametrize(("second", "is_soon"), [(40.0, True), (400.0, False)])
def test_who_is_named_within_a_minute_tells_more_than_who_is_named_some_time(second: float, is_soon: bool) -> None:
    names = Name("musician", "Dave Holland"), Name("musical_group", "Gateway")
    contexts = "Dave Holland came.", "Gateway played."
    saids = {
        name: Said(name, (name.name,), (context,), (at,))
        for name, context, at in zip(names, contexts, (10.0, second), strict=True)
    }
    band = KnownEntity(type="musical_group", name="Gateway", mbid="m9", disambiguation="jazz band")
    found = {name: Found(candidates=tuple(one for one in (HOLLAND, band) if one.name == name.name)) for name in names}
    talk, _ = known_company(Talk(saids), found, RULES)
    (fit,) = judge(saids[names[0]], (HOLLAND,), talk, RULES)
    told = {one.clue for one in fit.evidence}
    assert Clue.RELATED in told
    assert (Clue.RELATED_SOON in told) is is_soon


def test_each_more_that_is_named_with_somebody_counts() -> None:
    known = HOLLAND.model_copy(update={"related": ("Circle Quartet", "Blue Trio", "Grey Octet")})
    for context, more in (("the Blue Trio", 0), ("the Blue Trio and the Grey Octet", 1)):
        (fit,) = fits(f"Dave Holland had {context}.", known)
        assert [one.times for one in fit.evidence if one.clue is Clue.MORE_RELATED_NEAR] == [more]
    (fit,) = fits("Dave Holland had the Circle Quartet, the Blue Trio and the Grey Octet.", known)
    assert [one.times for one in fit.evidence if one.clue is Clue.MORE_RELATED_NEAR] == [2]


def test_a_surname_is_short_for_the_whole_name_where_the_first_name_is_said_too() -> None:
    nat = KnownEntity(type="musician", name="Nat Adderley", mbid="m1")
    assert fits("Adderley played.", nat, name="Adderley")[0].how is How.SURNAME
    assert fits("Adderley played.", nat, name="Adderley", persons=("Nat",))[0].how is How.IN_FULL


def test_a_musician_is_of_music_whatever_else_is_known() -> None:
    assert subjects_of(KnownEntity(type="musician", name="Dave Holland"), RULES) == {"jazz"}
    assert subjects_of(KnownEntity(type="person", name="Dave Holland"), RULES) == frozenset()


def test_a_type_that_the_tagger_left_wide_speaks_less_against_a_name_than_another() -> None:
    band = KnownEntity(type="musical_group", name="Steps", mbid="m1")
    for kind, clue in (("organisation", Clue.NARROWER_TYPE), ("musical_group", None)):
        asked = Name(kind, "Steps")
        said = Said(asked, ("Steps",), ("Steps came.",))
        (fit,) = judge(said, (band,), Talk({asked: said}), RULES)
        told = {one.clue for one in fit.evidence} & {Clue.NARROWER_TYPE, Clue.OTHER_TYPE}
        assert told == ({clue} if clue else set())


def test_the_dead_do_nothing_today() -> None:
    dead = HOLLAND.model_copy(update={"begin": 1940, "end": 1990})
    (fit,) = fits("Dave Holland is doing teas.", dead, year=2020)
    assert Clue.DEAD_TODAY in {one.clue for one in fit.evidence}
    for context, year in (("Dave Holland is doing teas.", 1990), ("Dave Holland did teas.", 2020)):
        (fit,) = fits(context, dead, year=year)
        assert Clue.DEAD_TODAY not in {one.clue for one in fit.evidence}


def test_what_somebody_is_in_front_of_the_name_is_no_part_of_it() -> None:
    lawyer = KnownEntity(type="person", name="Wolfgang Vogel", mbid="m1", disambiguation="East German lawyer")
    politician = KnownEntity(type="person", name="Bernhard Vogel", mbid="m2", disambiguation="German politician")
    for name in ("Anwalt Vogel", "anwalt vogel"):
        (first, second) = fits(f"{name} fuhr einen Mercedes.", politician, lawyer, name=name)
        assert (first.entity, second.entity) == (lawyer, politician)
        assert Clue.ROLE_BESIDE in {one.clue for one in first.evidence}
    oliver = KnownEntity(type="musician", name="King Oliver", mbid="m3", disambiguation="cornetist")
    (fit, *others) = fits(
        "King Oliver played.", oliver, KnownEntity(type="musician", name="Sy Oliver"), name="King Oliver"
    )
    assert (fit.entity, others) == (oliver, [])
    assert Clue.OTHER_ROLE not in {one.clue for one in fit.evidence}


def test_first_names_are_those_of_the_one_whose_whole_name_they_begin() -> None:
    physicist = KnownEntity(type="person", name="Carl Friedrich von Weizsäcker", mbid="m1")
    other = KnownEntity(type="person", name="Carl Orff", mbid="m2")
    found = fits("Carl Friedrich saß in Farm Hall.", physicist, other, name="Carl Friedrich")
    assert [(fit.entity, fit.how) for fit in found] == [(physicist, How.FIRST_NAME)]
    assert in_parts("Carl Friedrich", parts_of([physicist, other])) == [physicist]


def test_certainty_is_shared_with_those_of_the_same_name_and_with_nobody() -> None:
    drummer = HOLLAND.model_copy(update={"mbid": "m2", "disambiguation": "British drummer"})
    alone, both = fits("Dave Holland played."), fits("Dave Holland played.", HOLLAND, drummer)
    assert both[0].certainty == pytest.approx(both[1].certainty)
    assert both[0].certainty < alone[0].certainty < 1
    assert sum(fit.certainty for fit in both) < 1


def test_a_written_spelling_speaks_against_a_name_that_is_only_nearly_this_one() -> None:
    for written in ("with an e", "with two l", "mit einem E", "ohne D"):
        assert Clue.SPELLED_OUT in clues(f"Dave Hollande, {written}, wrote.", name="Dave Hollande"), written
    assert Clue.SPELLED_OUT not in clues("Dave Hollande, with a drummer, wrote.", name="Dave Hollande")
    assert Clue.SPELLED_OUT not in clues("Dave Holland, with an e, wrote.")


@pytest.mark.parametrize(
    ("words", "nation"),
    [(("englischen",), "english"), (("französin",), "french"), (("amerikanischer",), "american"), (("table",), None)],
)
def test_a_nation_is_known_by_its_people_and_its_endings(words: tuple[str, ...], nation: str | None) -> None:
    assert nations(folded_words(" ".join(words))) == (frozenset({nation}) if nation else frozenset())


@pytest.mark.parametrize(
    ("context", "is_short_for_it"),
    [
        ("Carl Hauptmann came, and Hauptmann stayed.", True),
        ("Hauptmann came. The brother, Carl Hauptmann, stayed.", False),
    ],
)
def test_a_surname_is_short_for_a_name_that_was_said_before_it(context: str, is_short_for_it: bool) -> None:
    carl = KnownEntity(type="person", name="Carl Hauptmann", mbid="m1", disambiguation="German dramatist")
    asked = Name("person", "Hauptmann")
    said = Said(asked, ("Hauptmann",), (context,))
    (fit,) = judge(said, (carl,), Talk({asked: said}), RULES, parts_of([carl]))
    assert (Clue.SAID_IN_FULL in {one.clue for one in fit.evidence}) is is_short_for_it


def test_in_a_programme_of_the_neighbourhood_people_are_called_like_somebody_known() -> None:
    everyday = ("Our plumber Jim came.", "Ann from the bakery won the raffle.", "Grandma Joan knits.")
    musical = ("Jim played the drums.", "Ann sang.", "Joan wrote the song.")
    asked = Name("musician", "Dave Holland")
    told: list[set[Clue]] = []
    for contexts in (everyday, musical):
        others = (Name("person", one) for one in ("Jim", "Ann", "Joan"))
        saids = {name: Said(name, (name.name,), (text,)) for name, text in zip(others, contexts, strict=True)}
        said = Said(asked, (asked.name,), ("Dave Holland came.",))
        (fit,) = judge(said, (HOLLAND,), Talk({asked: said, **saids}), RULES)
        told.append({one.clue for one in fit.evidence})
    assert Clue.EVERYDAY_TALK in told[0]
    assert Clue.EVERYDAY_TALK not in told[1]


@pytest.mark.parametrize(
    ("said", "name", "how"),
    [
        ("Giovanni Cassini", "Giovanni Domenico Cassini", How.LOOSE),
        ("fothering gay", "Fotheringay", How.NEAR),
        ("fitz caraldo", "Fitzcarraldo", How.NEAR),
        ("Giovanni Cassini", "Giovanni Domenico Cassini Maraldi", None),
        ("Lee Konitz Trio", "Lee Konitz", None),
        ("John Quincy", "John Quincy Adams", How.FIRST_NAME),
        ("Paul Rossini", "Giovanni Domenico Rossini", None),
    ],
)
def test_a_middle_name_may_be_left_out_and_a_word_be_heard_as_two(said: str, name: str, how: How | None) -> None:
    found = match(said, KnownEntity(type="person", name=name, mbid="m1"), is_person=True)
    assert (found and found.how) == how
