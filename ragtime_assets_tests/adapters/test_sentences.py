"""Sentences: German dates stay whole, nothing but white space is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.adapters.language.sentences import NupunktSplitter


@pytest.mark.parametrize(
    "sentence",
    [
        "Jean Django Reinhardt wird am 23. Januar 1910 in einem belgischen Dorf geboren.",
        "Das war im 19. Jahrhundert noch anders.",
        "Er spielt Gitarre, z.B. mit Dr. Meyer.",
        "Dr. Smith and Miles Davis Jr. met in St. Louis.",
    ],
)
def test_a_date_or_an_abbreviation_does_not_end_a_sentence(sentence: str) -> None:
    assert NupunktSplitter().split(f"{sentence} Danach war es still.") == [sentence, "Danach war es still."]


def test_a_number_at_the_end_does_end_it() -> None:
    assert NupunktSplitter().split("Es war Nummer 7. Er ging.") == ["Es war Nummer 7.", "Er ging."]


def test_a_text_without_full_stops_is_one_sentence() -> None:
    assert NupunktSplitter().split(" and then we went home ") == ["and then we went home"]
    assert NupunktSplitter().split("") == []


@given(st.text(alphabet="abÄ 1.?!\n„“ก\u0e31\u3002\u300d\u3068", max_size=80))
def test_nothing_is_lost_but_white_space(text: str) -> None:
    assert "".join("".join(NupunktSplitter().split(text)).split()) == "".join(text.split())


def test_sentences_without_spaces_between_them_are_told_apart() -> None:
    text = "\u4eca\u65e5\u306f\u96e8\u3067\u3059\u3002\u300c\u305d\u3046\uff1f\u300d\u306f\u3044\uff01"
    assert NupunktSplitter().split(text) == [
        "\u4eca\u65e5\u306f\u96e8\u3067\u3059\u3002",
        "\u300c\u305d\u3046\uff1f\u300d",
        "\u306f\u3044\uff01",
    ]


def test_what_is_quoted_inside_a_japanese_sentence_does_not_end_it() -> None:
    text = "\u300c\u672c\u5f53\uff1f\u300d\u3068\u5f7c\u306f\u8a00\u3063\u305f\u3002\u306f\u3044\u3002"
    assert NupunktSplitter().split(text) == [text[:-3], text[-3:]]


def test_thai_is_cut_at_spaces_into_sentences_and_not_at_its_abbreviations() -> None:
    clause = (
        "\u0e27\u0e31\u0e19\u0e19\u0e35\u0e49\u0e40\u0e23\u0e32\u0e08\u0e30\u0e04\u0e38\u0e22\u0e01\u0e31\u0e19" * 3
    )
    year = f"\u0e1e.\u0e28. 2498 {clause}"
    short = clause[:6]

    assert NupunktSplitter().split(f"{clause} {clause} {short}") == [clause, f"{clause} {short}"]
    assert NupunktSplitter().split(f"{short} {clause} {year}") == [f"{short} {clause}", year]
