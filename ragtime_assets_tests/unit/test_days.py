"""Days as people write them for a search."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.days import first_day, last_day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-05-31", "2024-05-31", "2024-05-31"),
        ("2024-5-3", "2024-05-03", "2024-05-03"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023", "2023-01-01", "2023-12-31"),
        (" 2023 ", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_day_a_month_and_a_year_have_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13", "2023-02-29", "0000", "31.05.2024", "2024-05-31T10:00", "20240531", "²⁰²⁴"]
)
def test_what_names_no_day_is_none(text: str) -> None:
    assert first_day(text) is None
    assert last_day(text) is None
