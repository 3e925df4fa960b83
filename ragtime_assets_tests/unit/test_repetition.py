"""Loops are what an engine says where it understands nothing; a refrain is not one."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.language.repetition import repetitions


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Thank you. " * 6, "Thank you."),
        ("so " + "la " * 20 + "and on", "so la and on"),
        ("we go to the next one, " * 4 + "then home", "we go to the next one, then home"),
        ("You you YOU you. " * 3, "You"),
    ],
)
def test_a_loop_is_left_once(said: str, kept: str) -> None:
    words = said.split()
    places = repetitions(words)

    assert " ".join(word for place, word in enumerate(words) if place not in places) == kept


@pytest.mark.parametrize(
    "said",
    [
        "No, no, no, no, no, no.",
        "Hare Krishna Hare Krishna Krishna Krishna",
        "one two three four",
        "",
        "very very good",
    ],
)
def test_what_people_say_twice_stays(said: str) -> None:
    assert repetitions(said.split()) == frozenset()
