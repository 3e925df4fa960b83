"""What titles say apart from their subject, and whether two name the same episode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.episode.called import are_same, have_other_numbers, is_cut_off, marks, numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Season 2, Episode 3 - The Pier", "2.03 The Pier"),
        ("2x03 The Pier", "The Pier"),
        ("TL048 The Pier", "The Pier"),
        ("(3/12) The Pier", "The Pier"),
        ("The Pier (Episode 3)", "No. 3 – The Pier"),
        ("The Pier, part one", "The Pier (Part 1)"),
        ("Part 1: The Pier", "The Pier, Pt. 1"),
        ("Der Steg, zweiter Teil", "Der Steg (2/2)"),
        ("Encore: The Pier", "The Pier (encore)"),
        ("Käse & Öl", "Kaese und Oel"),
        ("Große Straße", "Grosse Strasse"),
        ("Ventidós &amp; más", "Ventidos y mas"),
        ("Episode 12", "Ep. 12"),
        ("TL#48. The Pier", "The Pier"),
        ("T3E07 El muelle", "El muelle"),
        ("Vol. 7: The Pier", "007 The Pier"),
        ("NEU: Der Steg", "Der Steg"),
        ("New episode | Folge 3: Der Steg", "Der Steg"),
        ("Wdh.: Der Steg am See", "Der Steg am See (Wiederholung)"),
        ("Encore: The Pier", "The Pier (Encore Presentation)"),
        ("Ann Lee on the price of piers", "The price of piers, with Ann Lee"),
        ("Der Preis der Stege – mit Anne Lehr", "Der Preis der Stege (Anne Lehr)"),
        ("Anne Lehr: Der Preis der Stege", "Der Preis der Stege | Anne Lehr"),
    ],
)
def test_two_ways_to_write_a_title_are_one(one: str, other: str) -> None:
    assert are_same(one, other)
    assert are_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Pier, part one", "The Pier, part two"),
        ("The Pier I", "The Pier II"),
        ("Der Steg, erster Teil", "Der Steg, dritter Teil"),
        ("Le quai (1/2)", "Le quai (2/2)"),
        ("The Pier", "The Pier, part 1"),
        ("The Pier", "The Pier (Rebroadcast)"),
        ("The Pier", "The Pier | Coming Soon"),
        ("The Pier", "Bonus: The Pier"),
        ("The Pier", "The Pier (Extended)"),
        ("Der Steg", "Aus dem Archiv: Der Steg"),
        ("深海魚の夜", "深海魚の夜 予告編"),
        ("Episode 12", "Episode 13"),
        ("Ann Lee on Bo Ray", "Bo Ray on Ann Lee"),
        ("The price of piers, with Ann Lee", "The price of piers, with Bo Ray"),
        ("Vol. 7: The Pier", "008 The Pier"),
        ("New York", "York"),
        ("", ""),
    ],
)
def test_titles_of_two_episodes_are_not_one(one: str, other: str) -> None:
    assert not are_same(one, other)
    assert not are_same(other, one)


def test_what_stands_before_a_title_counts_the_series_and_is_no_part_of_it() -> None:
    assert marks("(3/12) The Pier") == frozenset()
    assert marks("The Pier (3/12)") == {"part"}
    assert numbers("The Pier (3/12)") == {3}


def test_only_a_number_that_each_lacks_of_the_other_keeps_two_titles_apart() -> None:
    assert have_other_numbers("The Pier 2", "The Pier 3")
    assert not have_other_numbers("The Pier 2", "The Pier")
    assert not have_other_numbers("The Pier II", "The Pier, part 2")


def test_a_title_that_says_it_was_cut_off_is_the_beginning_of_the_whole() -> None:
    assert is_cut_off("The long story of a pier that was sold tw…", "The long story of a pier that was sold twice")
    assert is_cut_off("The long story of a pier that...", "The long story of a pier that was sold twice")
    assert not is_cut_off("The long story of a pier", "The long story of a pier that was sold twice")
    assert is_cut_off("Ep. 4: The long story of a pier…", "The long story of a pier that was sold twice")
    assert not is_cut_off("The long story of pier 4…", "The long story of pier 5 that was sold twice")
    assert not is_cut_off("Donaudampfschifffahrt…", "Donaudampfschifffahrtsgesellschaft")
    assert not is_cut_off("The…", "The long story of a pier that was sold twice")


@pytest.mark.parametrize("sign", ["-", "(", " ", "(1)", "1/", "part ", "# ", "."])
def test_a_title_that_repeats_itself_without_end_is_compared_like_any_other(sign: str) -> None:
    """A thousand dashes took minutes once: what stands behind a title was looked for from each of them."""
    assert not are_same(sign * 3_000 + "a", "The Pier")
    assert not is_cut_off(sign * 3_000 + "a", "The Pier")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_titles_can_be_compared_either_way(one: str, other: str) -> None:
    assert are_same(one, other) == are_same(other, one)
