"""Which names a question asks for, and whether they are spoken of."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.asked_names import is_asked_for, is_spoken, names_in, names_told, spoken_in
from ragtime_assets.domain.searching.query_words import likely_languages


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Who taught Coltrane to meditate?", ["Coltrane"]),
        ("When did Miles Davis and John Coltrane meet in New York?", ["Miles Davis", "John Coltrane", "New York"]),
        ("Slugs' Saloon", ["Slugs Saloon"]),
        ("Coltrane", ["Coltrane"]),
        ("Kind of Blue", ["Kind of Blue"]),
        ("The Hot Club de France", ["Hot Club de France"]),
        ("what is AACM?", ["AACM"]),
        ("How do musicians learn to improvise?", []),
        ("Improvising together is hard", []),
        ("did I hear a clarinet", []),
        ("miles davis", []),
        ("Wann verließ der Gitarrist das Orchester?", []),
        ("Wer war Django Reinhardt?", ["Django Reinhardt"]),
        ("Wie den Takt halten?", []),
        ("Wie Den Takt Halten", ["Takt Halten"]),
        ("Wie", []),
        ("Und Was Dann", []),
        ("Was erzählt sie über Kind of Blue?", ["Kind of Blue"]),
        ("Where Is The Love", ["Love"]),
        ("", []),
    ],
)
def test_names_are_told_from_the_starts_of_sentences_and_german_nouns(query: str, names: list[str]) -> None:
    assert names_in(query, likely_languages(query.split())) == names


def test_where_a_query_may_be_german_a_noun_in_it_is_no_name() -> None:
    assert names_in("Soaked old Books", ["de"]) == []
    assert names_in("Soaked old Books", ["en"]) == ["Books"]


@pytest.mark.parametrize(
    ("name", "told", "there"),
    [
        ("Miles Davis", "Then Davis' move to the city came.", True),
        ("Stephane Grapelli", "It was Grappelli's violin.", True),
        ("Led Zeppelin", "The manager led the band.", False),
        ("Miles Davis", "Miles away from here.", False),
        ("Frau Kolotscheck", "Da kam die Kolloczek herein.", True),
    ],
)
def test_a_name_is_spoken_where_its_last_word_is_or_one_that_sounds_like_it(name: str, told: str, there: bool) -> None:
    assert is_spoken(name, spoken_in(["Something else.", told])) is there


@pytest.mark.parametrize(
    ("told", "language", "names"),
    [
        ("Then Ottoline Graves rang. Moths, she said.", "en", {"Ottoline", "Graves"}),
        ("We met near Hollin Lock, by Barry's boat. Empty.", "en", {"Hollin", "Lock", "Barry"}),
        ("Dann kam der Taxifahrer, Mehmet Yıldız, mit seinem Hut.", "de", {"Mehmet", "Yıldız"}),
        ("Das Kind lachte. Die Mutter auch.", "de", set[str]()),
        ("It is called “Heron's Elbow”. Al said so.", "en", {"Heron", "Elbow"}),
        ("", "en", set[str]()),
        ("– … “ ”", "en", set[str]()),
    ],
)
def test_a_passage_tells_names_by_capitals_in_a_row_and_outside_german_by_one_within_a_sentence(
    told: str, language: str, names: set[str]
) -> None:
    assert names_told(told, language) == names


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("ottoline graves moths", True),
        ("otterlene graves", True),
        ("Mehmet", True),
        ("memet yildis taxi", True),
        ("what did the moths eat", False),
        ("who is al", False),
        ("otter lines", False),
        ("", False),
    ],
)
def test_a_name_is_asked_for_in_whatever_letters_and_as_it_was_heard(query: str, asked: bool) -> None:
    names = frozenset(("Ottoline", "Graves", "Mehmet", "Yıldız"))
    assert is_asked_for(names, query, spoken_in(["Ottoline Graves and Mehmet Yıldız came."])) is asked


def test_a_word_that_is_said_itself_is_no_misspelt_name() -> None:
    names = frozenset(("Gravel",))
    assert is_asked_for(names, "gravels", frozenset(("gravel",)))
    assert not is_asked_for(names, "gravels", frozenset(("gravel", "gravels")))
