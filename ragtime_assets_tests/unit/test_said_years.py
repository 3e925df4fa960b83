"""Years as people say them, in English and German."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.said_years import Span, said_years


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("recorded in 1961", 1961),
        ("in nineteen sixty-one", 1961),
        ("nineteen oh five", 1905),
        ("nineteen hundred", 1900),
        ("twenty thirteen", 2013),
        ("two thousand and nine", 2009),
        ("two thousand", 2000),
        ("neunzehnhunderteinundsechzig", 1961),
        ("neunzehnhundertfünfundfünfzig", 1955),
        ("zweitausenddreizehn", 2013),
    ],
)
def test_a_whole_year_is_one_year(said: str, year: int) -> None:
    assert said_years(folded_words(said)) == [(Span(year, year),)]


@pytest.mark.parametrize(("said", "first"), [("the 1950s", 1950), ("the nineteen sixties", 1960), ("1970er", 1970)])
def test_a_decade_is_ten_years(said: str, first: int) -> None:
    assert said_years(folded_words(said)) == [(Span(first, first + 9),)]


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("in sixty-one", {1861, 1961}),
        ("im Sommer einundsechzig", {1861, 1961}),
        ("nahm dreiundsechzig sein Debüt auf", {1863, 1963}),
        ("since 24", {1824, 1924, 2024}),
        ("in the seventies", {1870, 1970}),
        ("die Siebzigerjahre", {1870, 1970}),
    ],
)
def test_where_the_century_is_left_out_any_may_be_meant(said: str, years: set[int]) -> None:
    (found,) = said_years(folded_words(said))
    assert {span.first for span in found} == years


@pytest.mark.parametrize(
    "said",
    ["twenty-three people", "in thirty-two countries", "zweiundzwanzig Tore", "sixty-one", "nineteen", "a hundred", ""],
)
def test_other_numbers_are_no_years(said: str) -> None:
    assert said_years(folded_words(said)) == []
