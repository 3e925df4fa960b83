"""A day in a title compares as one, however it is written."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.episode.called import are_same, have_other_numbers, holds, unnumbered
from ragtime_assets.domain.text.title_dates import with_days_in_figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Presseschau 05.03.2024", "Presseschau 5. März 2024"),
        ("Die Nachrichten vom 05.03.", "Die Nachrichten vom 5. März"),
        ("The News, March 5th, 2024", "The News 2024-03-05"),
        ("The News of 5 March 2024", "The News of Mar. 5 2024"),
        ("Le journal du 1er août 2023", "Le journal du 01.08.2023"),
        ("Noticias del 12 de marzo de 2024", "Noticias del 2024-03-12"),
        ("Presseschau 05.03.24", "Presseschau 05. 03. 2024"),
        ("Le journal du 9 janvier", "Le journal du 09.01."),
        ("The News of 14 July", "The News of July 14"),
    ],
)
def test_one_day_written_two_ways_is_one_title(one: str, other: str) -> None:
    assert are_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Presseschau vom 5. März 2024", "Presseschau vom 06.03.2024"),
        ("Presseschau vom 5. März", "Presseschau vom 5. April"),
        ("The News, March 5, 2024", "The News, March 5, 2023"),
    ],
)
def test_two_days_are_two_titles(one: str, other: str) -> None:
    assert not are_same(one, other)
    assert have_other_numbers(one, other)


def test_a_day_without_its_year_is_held_by_the_same_day_with_it() -> None:
    one, other = "Die Nachrichten vom 5. März", "Die Nachrichten vom 05.03.2024"
    assert not have_other_numbers(one, other)
    assert holds(unnumbered(one), unnumbered(other))


@pytest.mark.parametrize(
    "title",
    [
        "Episode 12 March of the Penguins",
        "Folge 3 Mai und ihre Folgen",
        "Version 1.2.3",
        "Rated 5 out of 10",
        "The 45.13. line",
        "3/5/2024",
        "Der 40. Mai",
        "No numbers in May",
        "192.168.10.12",
    ],
)
def test_what_names_no_day_stays_as_it_is(title: str) -> None:
    assert with_days_in_figures(title) == title


def test_an_episode_number_before_a_month_is_still_a_number() -> None:
    assert are_same("Episode 12 March of the Penguins", "Episode 12: March of the Penguins")
