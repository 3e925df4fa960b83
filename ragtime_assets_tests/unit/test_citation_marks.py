"""Where the marks of an answer stand, and which sentences they belong to."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.language.sentences import NupunktSplitter
from ragtime_assets.domain.answering.marks import joined, numbers_of, sentences_of, without_marks

SPLIT = NupunktSplitter().split


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("It was so [1].", (1,)),
        ("It was so [1][2].", (1, 2)),
        ("It was so [2, 1; 2].", (2, 1)),
        ("It was so [1-3].", (1, 2, 3)),
        ("It was so [1\u20133].", (1, 2, 3)),
        ("It was so [1-999999].", (1, 999_999)),
        ("It was so [3-1].", (3, 1)),
        ("It was so [sic] (1).", ()),
        ("It was [ 4 ] so.", (4,)),
    ],
)
def test_every_way_to_write_a_mark_is_read(sentence: str, numbers: tuple[int, ...]) -> None:
    assert numbers_of(sentence) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Django met him in 1934 [1]. They founded a quintet [2].",
        "Django met him in 1934. [1] They founded a quintet. [2]",
        "Django met him in 1934.[1] They founded a quintet.[2]",
        "- Django met him in 1934 [1].\n- They founded a quintet [2].",
        "1. Django met him in **1934** [1].\n2. They founded a quintet [2].",
    ],
)
def test_a_mark_belongs_to_the_sentence_that_it_ends(text: str) -> None:
    found = [one.text for one in sentences_of(text, SPLIT)]
    assert found == ["Django met him in 1934 [1].", "They founded a quintet [2]."]


def test_a_mark_behind_a_quotation_belongs_to_it() -> None:
    (one,) = sentences_of('He said: "Never again!" [3]', SPLIT)
    assert numbers_of(one.text) == (3,)
    assert without_marks(one.text) == 'He said: "Never again"!'


def test_lines_stay_lines() -> None:
    assert joined(sentences_of("It began so [1]. It went on [1].\n\nIt ended [2].", SPLIT)) == (
        "It began so [1]. It went on [1].\nIt ended [2]."
    )
