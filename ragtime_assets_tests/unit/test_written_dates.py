"""Which days a text names, however it writes them."""

from __future__ import annotations

from datetime import date

import pytest

from ragtime_assets.domain.text.written_dates import names_day

DAY = date(2024, 3, 12)


@pytest.mark.parametrize(
    "text",
    [
        "datePublished: 2024-03-12T18:00:00+01:00",
        "20240312T1800",
        "Tuesday, March 12th, 2024",
        "12. März 2024",
        "12.03.2024",
        "12.3.2024, 18:00 Uhr",
        "03/12/2024",
        "12 de marzo de 2024",
        "le 12 mars 2024",
        "12 Mar 2024",
        "12 марта 2024 г.",
        "2024年3月12日",
        "2024년 3월 12일",
        "ngày 12 tháng 3, 2024",
        "12 มีนาคม 2024",
        "Folge 7 (3. Staffel), 12. März 2024",
    ],
)
def test_a_day_is_recognised_as_people_write_it(text: str) -> None:
    assert names_day(text, DAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "March 2024",
        "12 March",
        "13 March 2024",
        "12 April 2024",
        "12.03.2023",
        "2024 had 12 shows",
        "in 2024-04-12",
        "12 March, as said they all then in 2024",
        "012 March 2024",
    ],
)
def test_another_day_or_half_a_day_is_not_recognised(text: str) -> None:
    assert not names_day(text, DAY)


def test_a_day_and_a_month_of_the_same_number_both_have_to_stand_there() -> None:
    assert names_day("03.03.2024", date(2024, 3, 3))
    assert not names_day("3 shows in 2024", date(2024, 3, 3))
