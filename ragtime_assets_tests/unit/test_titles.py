"""Titles in queries: said as a whole, or some words of them."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.titles import says_title, share_in_title


@pytest.mark.parametrize(
    ("query", "title", "said"),
    [
        ("the lamp that moved", "The Lamp That Moved", True),
        ("What does the episode The Lamp that Moved say about soap?", "The Lamp That Moved", True),
        ("lamps that move", "The Lamp That Moved", False),
        ("why was the lamp moved?", "The Lamp That Moved", False),
        ("Folge Post mit Federn von Staub und Siegel", "Post mit Federn", True),
        ("Post mit Federn", "#12: Post mit Federn - wie Tauben fliegen", True),
        ("jazz in Paris", "Jazz", False),
        ("", "The Lamp That Moved", False),
        ("the lamp that moved", "", False),
    ],
)
def test_a_title_is_said_where_all_of_it_or_of_a_part_of_it_is(query: str, title: str, said: bool) -> None:
    language = "de" if "Post" in title else "en"
    assert says_title(query, title, language) is said


def test_of_a_query_that_says_nothing_no_share_is_in_a_title() -> None:
    assert share_in_title("", "The Lamp That Moved", "en") == 0
