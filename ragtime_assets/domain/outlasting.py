"""A call that was sent when its caller is told to stop: its answer is paid for, so it is waited for a little."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

GRACE_SECONDS = 25.0
"""A run that is stopped ends within half a minute."""


def outlasting(call: Callable[[], T], keep: Callable[[T], object], seconds: float = GRACE_SECONDS) -> T:
    """What the call gives or raises; an interrupt while it is under way waits so long, keeps what came, and goes on.

    The call is made in a thread, because an interrupt (a signal handler that raises in the main thread) would end it.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(call())
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            result.set_exception(error)

    Thread(target=copy_context().run, args=(run,), name="ragtime-call", daemon=True).start()
    try:
        wait([result])
    except BaseException:
        wait([result], seconds)
        if result.done() and result.exception() is None:
            keep(result.result())
        raise
    return result.result()
