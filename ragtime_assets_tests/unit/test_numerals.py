"""Numbers as they are written and said: one value, whatever the form."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ragtime_assets.domain.answering.amounts import values_in
from ragtime_assets.domain.answering.numerals import numerals


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1934", "nineteen thirty-four"),
        ("1934", "nineteen thirty four"),
        ("1934", "neunzehnhundertvierunddreißig"),
        ("1905", "nineteen oh five"),
        ("2024", "twenty twenty-four"),
        ("2005", "two thousand and five"),
        ("2005", "zweitausendfünf"),
        ("2010", "zweitausendzehn"),
        ("1,500", "1.500"),
        ("1,500", "fifteen hundred"),
        ("1500", "one thousand five hundred"),
        ("1500", "tausendfünfhundert"),
        ("121", "a hundred and twenty-one"),
        ("121", "hunderteinundzwanzig"),
        ("300", "three hundred"),
        ("300", "dreihundert"),
        ("2.5 million", "2,5 Millionen"),
        ("5 million", "fünf Millionen"),
        ("100,000", "hundred thousand"),
        ("3.5", "3,5"),
        ("3.5", "three point five"),
        ("150", "two and a half hours"),
        ("24", "zwölf Uhr nachts"),
        ("7", "um halb acht"),
        ("19", "um halb acht"),
        ("2.5 million", "zwei Komma fünf Millionen"),
        ("3rd", "third"),
        ("3rd", "dritten"),
        ("am 3. Mai", "the third of May"),
        ("20", "zwanzigsten"),
        ("21", "einundzwanzigste"),
        ("7", "siebten"),
        ("World War II", "Second World War"),
        ("12", "a dozen"),
        ("2", "both"),
        ("31.05.2024", "May 31, 2024"),
    ],
)
def test_one_number_in_two_forms_has_a_value_in_common(one: str, other: str) -> None:
    said = {value for numeral in numerals(one) for value in numeral.values}
    assert said & values_in(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1934", "1943"),
        ("nineteen thirty-four", "1935"),
        ("1,500", "150"),
        ("2.5 million", "2.5"),
        ("third", "fourth"),
        ("10.80", "ten eighty"),
    ],
)
def test_two_numbers_have_no_reading_in_common(one: str, other: str) -> None:
    said = {value for numeral in numerals(one) for value in numeral.values}
    assert said
    assert not said & values_in(other)


@pytest.mark.parametrize(
    "text", ["one of them", "the first time", "eine von ihnen", "a second later", "the Achtung", ""]
)
def test_words_that_are_as_often_no_number_need_not_stand_in_a_passage(text: str) -> None:
    assert not numerals(text)


@pytest.mark.parametrize(
    "text", ["the 1930s", "the thirties", "in den dreißiger Jahren", "die 1930er", "in den 1930ern", "in the '30s"]
)
def test_a_decade_is_one_and_has_its_year(text: str) -> None:
    (decade,) = numerals(text)
    assert decade.is_decade
    assert Decimal(1930) in decade.values


def test_a_number_is_told_as_it_stands() -> None:
    assert [one.text for one in numerals("Between 3 and twenty-five people, in 1.5 hours")] == [
        "3",
        "twenty-five",
        "1.5",
    ]
