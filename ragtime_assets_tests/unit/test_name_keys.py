"""Keys of names: one for all the ways in which a name is written, and looser ones to try after it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.linking.keys import is_name, is_one_word, key, loose_keys, short_key


@pytest.mark.parametrize(
    "names",
    [
        ("J. J. Johnson", "J.J. Johnson", "JJ Johnson", "j j johnson"),
        ("The Beatles", "Beatles", "the  BEATLES"),
        ("Café Society", "Cafe Society", "CAFÉ SOCIETY"),
        ("Simon & Garfunkel", "Simon and Garfunkel", "Simon und Garfunkel"),
        ("Vienna Art Orchestra", "Vienna Art Orchester"),
        ("Modern Jazz Quartet", "The Modern Jazz Quartett"),
        ("Django’s", "Django's", "Django"),
        ("'Round Midnight", "Round Midnight", "“Round Midnight”"),
        ("Sammy Davis Jr.", "Sammy Davis, junior"),
        ("R.E.M.", "REM"),
    ],
)
def test_spellings_of_one_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jo Jones", "Joe Jones"),
        ("Bill Evans", "Gil Evans"),
        ("Sammy Davis Jr.", "Sammy Davis"),
        ("Led Zeppelin II", "Led Zeppelin III"),
        ("Chicago 16", "Chicago 17"),
        ("!!!", "???"),
    ],
)
def test_names_that_differ_in_what_counts_have_no_key_in_common(one: str, other: str) -> None:
    assert not {key(one), *loose_keys(one)} & {key(other), *loose_keys(other)}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Evans, Bill", "Bill Evans"),
        ("van der Berg, Jan", "Jan van der Berg"),
        ("Coltranes", "Coltrane"),
        ("Duke Ellingtons Orchester", "Duke Ellington Orchestra"),
        ("des Blue Notes", "Blue Note"),
        ('Charlie "Bird" Parker', "Charlie Parker"),
        ("Mueller", "Müller"),
        ("Müller", "Mueller"),
        ("Herr Müller", "Müller"),
        ("Blue Note Records", "Blue Note"),
        ("AC/DC", "ACDC"),
    ],
)
def test_another_form_of_a_name_leads_to_it(said: str, meant: str) -> None:
    assert key(meant) in loose_keys(said)


def test_a_surname_is_the_last_word_but_for_a_generation() -> None:
    assert short_key("John Coltrane") == "coltrane"
    assert short_key("Sammy Davis Jr.") == "davis"
    assert short_key("Prince") is None
    assert short_key("名前") is None


def test_one_word_is_told_from_several_but_not_in_scripts_without_spaces() -> None:
    assert is_one_word("Miles")
    assert is_one_word("The Duke")
    assert not is_one_word("Miles Davis")
    assert not is_one_word("名前")


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 501, "\ud800"])
def test_what_nobody_can_be_called_is_no_name(name: str) -> None:
    assert not is_name(name)


@given(st.text(max_size=60))
def test_whatever_is_written_has_a_key_that_case_does_not_change(name: str) -> None:
    for one in (key(name), *loose_keys(name)):
        assert one == " ".join(one.split())
    if name.isascii():
        assert key(name) == key(name.upper()) == key(name.lower())
