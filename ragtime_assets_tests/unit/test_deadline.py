"""Nothing is waited for after a deadline, nor after the one around it."""

from __future__ import annotations

from ragtime_assets.domain.deadline import Deadline


def test_of_two_deadlines_the_one_that_comes_first_counts() -> None:
    for own, outer, left in ((10, 100, 10), (100, 10, 10), (100, 0, 0)):
        assert left - 5 < Deadline(own, Deadline(outer)).left() <= left
    assert 5 < Deadline(10).left() <= 10


def test_what_comes_too_late_is_told_with_the_deadline_that_was_missed() -> None:
    assert Deadline(0.5).missed == "did not arrive within 0.5 seconds"
    assert Deadline(9, Deadline(100)).missed == "did not arrive within 9 seconds"
    assert Deadline(9, Deadline(0)).missed == "did not arrive within 0 seconds"
