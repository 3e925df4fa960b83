"""A call that was sent is outlasted by its answer, though somebody stops the caller."""

from __future__ import annotations

import os
import signal
from threading import Event, Timer

import pytest

from ragtime_assets.domain.outlasting import outlasting


def stop_soon() -> None:
    """Ctrl-C, once the call that asks for it is under way and waited for."""
    Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_the_answer_and_the_error_of_a_call_are_its_callers() -> None:
    def fails() -> str:
        raise KeyError("no answer")

    kept: list[str] = []
    assert outlasting(lambda: "answer", kept.append) == "answer"
    with pytest.raises(KeyError, match="no answer"):
        outlasting(fails, kept.append)
    assert kept == [], "what comes in time is kept by the caller"


@pytest.mark.usefixtures("interruptible")
def test_an_answer_that_comes_soon_after_the_stop_is_kept_and_the_stop_goes_on() -> None:
    stopped, kept = Event(), list[str]()

    def answers() -> str:
        stop_soon()
        stopped.wait(1)
        return "late"

    with pytest.raises(KeyboardInterrupt):
        outlasting(answers, kept.append, seconds=20)
    assert kept == ["late"]


@pytest.mark.usefixtures("interruptible")
def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    never, kept = Event(), list[bool]()

    def answers_never() -> bool:
        stop_soon()
        return never.wait()

    with pytest.raises(KeyboardInterrupt):
        outlasting(answers_never, kept.append, seconds=0.05)
    assert kept == []
    never.set()
