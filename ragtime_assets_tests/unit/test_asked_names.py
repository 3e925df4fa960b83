"""Which names a question asks for, and whether they are spoken of."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.asked_names import is_spoken, names_in, spoken_in


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
    assert names_in(query) == names


@pytest.mark.parametrize(
    ("name", "told", "there"),
    [
        ("Miles Davis", "Then Davis' move to the city came.", True),
        ("Stephane Grapelli", "It was Grappelli's violin.", True),
        ("Led Zeppelin", "The manager led the band.", False),
        ("Miles Davis", "Miles away from here.", False),
    ],
)
def test_a_name_is_spoken_where_its_last_word_is_or_one_that_sounds_like_it(name: str, told: str, there: bool) -> None:
    assert is_spoken(name, spoken_in(["Something else.", told])) is there
