"""What the numbers of a passage amount to: all that a sentence may fairly make of them in other words or other units.

A passage is speech: two metres ten, one point eight, half a million, half past seven. What a sentence says is read
strictly, in `numerals.py`; what a passage says, in every way that it may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise

from ragtime_assets.domain.answering.number_words import SCALES
from ragtime_assets.domain.answering.numerals import Numeral, numerals
from ragtime_assets.domain.language.words import folded

_HUNDRED = 100
_HALF = Decimal("0.5")
_BESIDE = re.compile(r"\s+(?:[^\W\d_]+\s+){0,2}")
_POINT = re.compile(r"\s+(?:komma|comma|point|dot)\s+", re.IGNORECASE)
_AND_A_HALF = re.compile(r"\s+(?:and|und)\s+(?:a|one|ein|eine)\s+(half|quarter|halb\w*|viertel)\b", re.IGNORECASE)
_UNIT = re.compile(r"[\s-]+(?:(?:a|an|of|one|eine?r?)\s+)?([^\W\d_]+)")
_IN_UNITS = {
    60: "hour hours stunde stunden minute minutes minuten",
    12: "year years jahr jahre jahren dozen dutzend",
    7: "week weeks woche wochen",
    10: "decade decades jahrzehnt jahrzehnte jahrzehnten",
    100: "century centuries jahrhundert jahrhunderte jahrhunderten meter metern metres meters euro euros dollars",
    1_000: "kilo kilos kilogramm kilogram kilograms kilometer kilometern kilometres kilometers tonne tonnen tons",
}
_SMALLER = {unit: Decimal(factor) for factor, units in _IN_UNITS.items() for unit in units.split()}
"""How many of the next smaller unit one is."""
_NOON = 12
_YEARS = range(1_000, 2_100)
_OF_A_CLOCK = "uhr clock o pm p nachmittags abends afternoon evening night nachts"
_HALF_TO = "halb"


def values_in(text: str) -> frozenset[Decimal]:
    """Every value that some reading of the text has."""
    found = numerals(text, generous=True)
    said = frozenset(value for one in found for value in one.values)
    return frozenset((Decimal(1), *said, *_of_two(text, found), *_with_units(text, found)))


def years_between(text: str) -> frozenset[Decimal]:
    """The differences of any two years of a text."""
    years = [value for one in numerals(text) for value in one.values if value in _YEARS]
    return frozenset(abs(one - other) for one, other in combinations(years, 2))


def worked_out(text: str) -> frozenset[Decimal]:
    """The sums and the differences of any two numbers of a text."""
    pairs = combinations([value for one in numerals(text) for value in one.values], 2)
    return frozenset(value for one, other in pairs for value in (one + other, abs(one - other)))


def _of_two(text: str, found: list[Numeral]) -> Iterator[Decimal]:
    """What two numbers beside each other make: a whole and its part, the hour of a clock."""
    for one, other in pairwise(found):
        gap = text[one.place + len(one.text) : other.place]
        if _POINT.fullmatch(gap):
            scale = SCALES.get(folded(other.text.split()[-1]), 1)
            parts = {value / scale for value in other.values if value % scale == 0} | set(_whole(other))
            yield from (Decimal(f"{a}.{int(b)}") * scale for a in _whole(one) for b in parts if b == int(b))
        elif _BESIDE.fullmatch(gap):
            yield from (a + b / _HUNDRED for a in _whole(one) for b in _whole(other) if b < _HUNDRED)
        if folded(one.text) == _HALF_TO and gap == " ":
            yield from (hour + shift for hour in _whole(other) for shift in (-1, _NOON - 1))


def _with_units(text: str, found: list[Numeral]) -> Iterator[Decimal]:
    """What a number makes with the words behind it: and a half, a million, hours in minutes."""
    for one in found:
        behind = text[one.place + len(one.text) :]
        values = set(one.values)
        if more := _AND_A_HALF.match(behind):
            part = _HALF if more[1].lower().startswith("hal") else _HALF / 2
            values = {value + part for value in values}
            yield from values
            behind = behind[more.end() :]
        if unit := _UNIT.match(behind):
            word = folded(unit[1])
            if word in SCALES:
                yield from (value * SCALES[word] for value in values)
            if word in _SMALLER:
                yield from (value * _SMALLER[word] for value in values)
                yield from (value / _SMALLER[word] for value in values)
            if word in _OF_A_CLOCK.split():
                yield from (value + _NOON for value in values if 0 < value <= _NOON)


def _whole(one: Numeral) -> list[Decimal]:
    return [value for value in one.values if value == value.to_integral_value()]
