"""Which file of tests a worker of pytest takes."""

from __future__ import annotations

from ragtime_assets_tests.scheduling import TREES, next_file

SOAK, PAID, TEXT, WEB = f"{TREES}test_soak.py", f"{TREES}test_paid.py", "unit/test_text.py", "adapters/test_web.py"


def test_every_second_worker_takes_the_first_tree_and_the_others_the_first_units() -> None:
    waiting = [TEXT, WEB, SOAK, PAID]
    assert [next_file(waiting, number) for number in range(4)] == [SOAK, TEXT, SOAK, TEXT]


def test_a_worker_takes_what_there_is_where_nothing_is_left_of_its_kind() -> None:
    assert next_file([WEB, TEXT], 0) == WEB
    assert next_file([PAID, SOAK], 1) == PAID
