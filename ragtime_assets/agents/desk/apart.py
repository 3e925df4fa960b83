"""An event loop in a thread of its own, which an interrupt of the caller ends, but for calls that were sent."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, TypeVar, cast

from ragtime_assets.domain.outlasting import GRACE_SECONDS

T = TypeVar("T")

_SECONDS_TO_END = 4
_LOOK_SECONDS = 0.05


class Stop:
    """Whether somebody stops the work, which begins no call then; and how many calls were sent and not answered yet."""

    def __init__(self) -> None:
        """Nobody does."""
        self._asked = Event()
        self.sent = 0

    def ask(self) -> None:
        """Stop it."""
        self._asked.set()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """A call is under way while the context is open; raises CancelledError where none may begin any more."""
        if self._asked.is_set():
            raise asyncio.CancelledError
        self.sent += 1
        try:
            yield
        finally:
            self.sent -= 1


def run_apart(work: Callable[[Stop], Coroutine[Any, Any, T]], grace: float = GRACE_SECONDS) -> T:
    """What `work` returns or raises.

    The loop is not the caller's: the caller may have one that runs, and an interrupt (a signal handler that raises in
    the main thread) must not land in the middle of a loop. It lands here, waits for what was sent, so many seconds at
    most, cancels the work, and waits for its end.
    """
    stop = Stop()
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()
    result: Future[T] = Future()

    async def announced() -> T:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        running.set_result((asyncio.get_running_loop(), task))
        return await work(stop)

    def run() -> None:
        try:
            result.set_result(asyncio.run(announced()))
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            result.set_exception(error)

    thread = Thread(target=contextvars.copy_context().run, args=(run,), name="ragtime-models")
    thread.start()
    # Not for the thread: Python 3.11 takes a thread for ended whose join() an exception interrupted.
    try:
        wait([result])
    except BaseException:
        stop.ask()
        _outlast(stop, result, grace)
        if not result.done():
            loop, task = running.result(_SECONDS_TO_END)
            loop.call_soon_threadsafe(task.cancel)
            wait([result], _SECONDS_TO_END)
        thread.join(_SECONDS_TO_END)
        raise
    thread.join()
    return result.result()


def _outlast(stop: Stop, result: Future[Any], grace: float) -> None:
    until = time.monotonic() + grace
    while stop.sent and not result.done() and time.monotonic() < until:
        wait([result], _LOOK_SECONDS)
