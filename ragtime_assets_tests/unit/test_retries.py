"""What failed for now is tried again, as long as that makes sense, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from ragtime_assets.domain.retries import LONGEST_WAIT, Retries, retried, retried_async
from ragtime_assets.errors import RagtimeError, SourceGone, SourceUnavailable, TimedOut


def failing(*errors: RagtimeError) -> Callable[[], str]:
    """Raises these in turn, then answers."""
    remaining = iter(errors)

    def attempt() -> str:
        if error := next(remaining, None):
            raise error
        return "answer"

    return attempt


def test_waits_grow_with_every_attempt() -> None:
    waits: list[float] = []
    attempt = failing(TimedOut("late"), SourceUnavailable("busy"), TimedOut("late"))

    assert retried(attempt, Retries(attempts=4, patience=10), waits.append) == "answer"

    assert [5 <= waits[0] <= 10, 10 <= waits[1] <= 20, 20 <= waits[2] <= 40] == [True] * 3


@pytest.mark.parametrize(("asked", "waited"), [(7.0, 7.0), (0.0, 0.0), (60.0, LONGEST_WAIT)])
def test_a_server_is_left_alone_as_long_as_it_asks_for(asked: float, waited: float) -> None:
    waits: list[float] = []
    retried(failing(SourceUnavailable("busy", retry_after=asked)), Retries(), waits.append)
    assert waits == [waited]


def test_the_last_error_says_how_many_attempts_there_were() -> None:
    waits: list[float] = []
    with pytest.raises(TimedOut) as raised:
        retried(failing(*[TimedOut("late")] * 5), Retries(attempts=3), waits.append)
    assert raised.value.details["attempts"] == 3
    assert len(waits) == 2


def test_who_asks_for_a_day_is_neither_waited_for_nor_asked_again() -> None:
    waits: list[float] = []
    with pytest.raises(SourceUnavailable, match="busy") as caught:
        retried(failing(SourceUnavailable("busy", retry_after=86_400)), Retries(), waits.append)
    assert (waits, caught.value.details["attempts"]) == ([], 1)
    assert "1440 minutes" in caught.value.remedy


def test_an_attempt_that_gets_further_is_none_of_those_that_count() -> None:
    reached = iter([0, 10, 20, 20, 20])
    waits: list[float] = []
    with pytest.raises(TimedOut) as caught:
        retried(failing(*[TimedOut("late")] * 9), Retries(attempts=3, reached=lambda: next(reached)), waits.append)
    assert (len(waits), caught.value.details["attempts"]) == (3, 3)


def test_work_that_falls_back_has_got_no_further() -> None:
    reached = iter([50, 10, 20, 30])
    waits: list[float] = []
    with pytest.raises(TimedOut):
        retried(failing(*[TimedOut("late")] * 9), Retries(attempts=3, reached=lambda: next(reached)), waits.append)
    assert len(waits) == 2


@pytest.mark.parametrize("left", [20.0, 30.0])
def test_nothing_waits_past_its_deadline_or_up_to_it(left: float) -> None:
    waits: list[float] = []
    with pytest.raises(SourceUnavailable):
        retried(failing(SourceUnavailable("busy", retry_after=30)), Retries(left=lambda: left), waits.append)
    assert waits == []


def test_what_will_not_change_is_not_tried_again() -> None:
    with pytest.raises(SourceGone):
        retried(failing(SourceGone("404")), Retries())


@pytest.mark.parametrize(("failures", "answered"), [(2, True), (3, False)])
def test_an_event_loop_is_as_patient(failures: int, answered: bool) -> None:
    attempt = failing(*[SourceUnavailable("busy", retry_after=0)] * failures)

    async def ask() -> str:
        return attempt()

    if answered:
        assert asyncio.run(retried_async(ask, Retries(attempts=3))) == "answer"
    else:
        with pytest.raises(SourceUnavailable) as caught:
            asyncio.run(retried_async(ask, Retries(attempts=3)))
        assert caught.value.details["attempts"] == 3


def test_waiting_on_an_event_loop_ends_when_it_is_cancelled() -> None:
    attempt = failing(SourceUnavailable("busy", retry_after=50))

    async def ask() -> str:
        return attempt()

    async def cancelled() -> None:
        async with asyncio.timeout(0.05):
            await retried_async(ask, Retries())

    with pytest.raises(TimeoutError):
        asyncio.run(cancelled())
