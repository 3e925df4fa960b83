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


def test_a_loop_is_a_phrase_of_up_to_sixteen_words_said_four_times() -> None:
    for count, is_loop in ((16, True), (17, False)):
        words = [f"w{number}" for number in range(count)] * 4
        assert bool(repetitions(words)) is is_loop
    assert repetitions(["go", "on", "now"] * 3) == frozenset()


def test_ten_words_are_a_loop_and_begin_where_it_begins() -> None:
    assert repetitions(["go", "on"] * 5) == frozenset(range(2, 10))
    assert repetitions(["la", "oh", *["la"] * 10]) == frozenset(range(3, 12))


def test_every_loop_of_a_text_is_left_once() -> None:
    assert repetitions([*["la"] * 10, "and", *["na"] * 10]) == frozenset({*range(1, 10), *range(12, 21)})
