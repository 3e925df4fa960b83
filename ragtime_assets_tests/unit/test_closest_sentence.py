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


def test_words_of_the_question_count_beside_nearness_as_they_do_for_passages() -> None:
    assert closest_sentence("Who worked in a band?", PASSAGE, {BORN: 0.3, WORKED: 0.1, PLAYED: 0.2}) == WORKED


def test_words_of_the_title_tell_no_sentence_of_the_episode_from_another() -> None:
    assert closest_sentence(TOGETHER, PASSAGE, {BORN: 0.4, WORKED: 0.1, PLAYED: 0.1}) == PLAYED


def test_what_nobody_embedded_is_compared_by_its_words() -> None:
    assert closest_sentence(TOGETHER, PASSAGE, {}) == PLAYED


@pytest.mark.parametrize("text", ["", " ", "no end"])
def test_a_passage_without_sentences_is_one(text: str) -> None:
    assert closest_sentence(TOGETHER, passage("a", text), {}) == text
