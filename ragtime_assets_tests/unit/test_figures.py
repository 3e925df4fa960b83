"""Numbers are written as people read them."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.figures import clock, plural, size


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (1_400_000, "1.4 MB"),
        (999_900_000, "999.9 MB"),
        (2_000_000_000, "2.0 GB"),
        (3_000_000_000_000, "3.0 TB"),
        (4_000_000_000_000_000, "4000.0 TB"),
    ],
)
def test_a_size_has_the_unit_that_keeps_it_short(count: int, written: str) -> None:
    assert size(count) == written


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0:00"), (9.9, "0:09"), (60, "1:00"), (754, "12:34"), (3_600, "1:00:00")]
)
def test_a_time_has_hours_only_when_it_needs_them(seconds: float, written: str) -> None:
    assert clock(seconds) == written


def test_one_thing_is_one_and_many_are_grouped_by_thousands() -> None:
    assert [plural(1, "word"), plural(0, "word"), plural(1_234, "entity", "entities")] == [
        "1 word",
        "0 words",
        "1,234 entities",
    ]
