"""Which sentence of a passage an answer begins with."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.sentences import closest_sentence
from ragtime_assets_tests.corpus.rows import passage

BORN = "Django Reinhardt was born in a caravan in Belgium."
WORKED = "In 1934 both worked in a dance band at a hotel."
PLAYED = "Between sets they played together behind the stage."
PASSAGE = passage("a", f"{BORN} {WORKED} {PLAYED}", episode_title="Django Reinhardt in Paris")
TOGETHER = "Where did Django Reinhardt play together with others?"


def test_it_is_the_one_that_is_nearest() -> None:
    assert closest_sentence("Was taten beide?", PASSAGE, {BORN: 0.1, WORKED: 0.4, PLAYED: 0.2}) == WORKED


def test_a_name_that_is_asked_for_draws_nobody_to_where_it_is_introduced() -> None:
    nearest = {BORN: 0.3, WORKED: 0.4, PLAYED: 0.1}
    assert closest_sentence("Which work had Reinhardt, born in Belgium?", PASSAGE, nearest) == WORKED


@pytest.mark.parametrize("known", [{}, {BORN: 0.9}])
def test_where_not_all_were_embedded_they_are_compared_by_their_words_without_those_of_the_title(
    known: dict[str, float],
) -> None:
    assert closest_sentence(TOGETHER, PASSAGE, known) == PLAYED


@pytest.mark.parametrize("text", ["", " ", "no end"])
def test_a_passage_without_sentences_is_one(text: str) -> None:
    assert closest_sentence(TOGETHER, passage("a", text), {}) == text
