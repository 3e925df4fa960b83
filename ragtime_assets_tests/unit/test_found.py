"""How hits are shown: neighbours as one stretch, and the words of the query where they stand."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.found import RankedPassage, asked_words, stretches
from ragtime_assets_tests.corpus.rows import passage


def hit(rank: int, index: int, text: str = "words", key: str = "one") -> RankedPassage:
    found = passage(f"{key}-{index}", text, key, index=index, start=60.0 * index, end=60.0 * index + 60)
    return RankedPassage(rank, 1 / rank, found)


def test_neighbours_are_one_stretch_with_the_rank_of_the_best() -> None:
    first, second = stretches([hit(1, 4, "So they left."), hit(2, 9), hit(3, 3, "It was late.")])
    assert (first.best.rank, first.text, first.start, first.end) == (1, "It was late. So they left.", 180, 300)
    assert [one.index for one in first.passages] == [3, 4]
    assert [one.index for one in second.passages] == [9]


def test_a_hit_between_two_others_joins_them() -> None:
    (only,) = stretches([hit(1, 2), hit(2, 4), hit(3, 3)])
    assert [one.index for one in only.passages] == [2, 3, 4]


def test_neighbours_in_number_of_two_episodes_stay_apart() -> None:
    assert len(stretches([hit(1, 2), hit(2, 3, key="two")])) == 2


def test_a_sentence_that_two_passages_share_is_shown_once() -> None:
    (only,) = stretches([hit(1, 0, "He came. He saw the sea."), hit(2, 1, "He saw the sea. He left.")])
    assert only.text == "He came. He saw the sea. He left."


def test_a_half_word_is_no_overlap() -> None:
    (only,) = stretches([hit(1, 0, "they sing"), hit(2, 1, "singers came")])
    assert only.text == "they sing singers came"


@pytest.mark.parametrize(
    ("text", "language", "query", "shown"),
    [
        ("She played the violins.", "en", "who is playing violin", ["played", "violins"]),
        ("Er spielte Geigen.", "de", "Wer spielt Geige?", ["spielte", "Geigen"]),
        ("In the café of Stéphane", "en", "STEPHANE CAFE", ["café", "Stéphane"]),
        ("爵士樂的歷史", "zh", "歷史", ["歷", "史"]),
        ("What is that?", "en", "what is that violin", []),
        ("", "en", "violin", []),
        ("a *b* [c]", "en", "!!! [c]", ["c"]),
    ],
)
def test_words_of_the_query_are_found_in_whatever_form(text: str, language: str, query: str, shown: list[str]) -> None:
    assert [text[start:end] for start, end in asked_words(text, language, query)] == shown
