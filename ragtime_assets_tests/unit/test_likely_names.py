"""Names of the title and the show notes are names of people, not whatever has capitals."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.episode_details import Person
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.listening.likely_names import likely_names
from ragtime_assets_tests.listening import details

VOCABULARY = load_vocabulary()


def named(title: str, description: str = "", language: str = "en", persons: tuple[str, ...] = ()) -> tuple[str, ...]:
    people = tuple(Person(name=name) for name in persons)
    return likely_names(details(title=title, description=description, persons=people), VOCABULARY, language)


def test_people_come_first_then_names_of_the_title_then_those_of_the_notes() -> None:
    names = named(
        "How Django Reinhardt and Ludwig van Beethoven met",
        "With St\u00e9phane Grappelli's friends.",
        "en",
        ("Clara Wells",),
    )

    assert names == ("Clara Wells", "Django Reinhardt", "Ludwig van Beethoven", "St\u00e9phane Grappelli")


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Listen On Apple Podcasts. Leave Us Five Stars. Our Partners At The Museum"),
        ("en", "The Big Question. Support Us Today, Rate And Review"),
        ("de", "Alle Neuen Folgen. Viel Spa\u00df mit der Partnerin! Diesen Podcast Abonnieren"),
        ("de", "Unser Newsletter aus Europa. Werbung: Die Besten Angebote der Woche"),
        ("fi", "Kaikki Uudet Jaksot Ovat Nyt Kuultavissa"),
    ],
)
def test_a_heading_with_capitals_is_nobody_s_name(language: str, heading: str) -> None:
    assert named("About this show", heading, language) == ()


def test_a_run_of_capitals_ends_at_a_word_on_which_they_mean_nothing() -> None:
    assert named("Marian McPartland And Her Guests") == ("Marian McPartland",)


def test_a_name_without_a_known_first_name_counts_inside_a_sentence_of_prose() -> None:
    assert named("The Admiral", "How Grace Hopper taught machines to read.") == ("Grace Hopper",)


def test_no_more_than_fifteen_names_are_told_to_whoever_listens() -> None:
    assert len(named("Forty", persons=tuple(f"Player {number}" for number in range(40)))) == 15
