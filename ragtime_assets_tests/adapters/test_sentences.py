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


@given(st.text(alphabet="abÄ 1.?!\n„“", max_size=80))
def test_nothing_is_lost_but_white_space(text: str) -> None:
    assert "".join("".join(NupunktSplitter().split(text)).split()) == "".join(text.split())


def test_sentences_without_spaces_between_them_are_told_apart() -> None:
    text = "\u4eca\u65e5\u306f\u96e8\u3067\u3059\u3002\u300c\u305d\u3046\uff1f\u300d\u306f\u3044\uff01"
    assert NupunktSplitter().split(text) == [
        "\u4eca\u65e5\u306f\u96e8\u3067\u3059\u3002",
        "\u300c\u305d\u3046\uff1f\u300d",
        "\u306f\u3044\uff01",
    ]
