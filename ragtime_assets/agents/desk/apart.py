"""An event loop in a thread of its own, which an interrupt of the caller ends."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from threading import Thread
from typing import Any, TypeVar, cast

T = TypeVar("T")

_SECONDS_TO_END = 20


def run_apart(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `work` returns or raises.

    The loop is not the caller's: the caller may have one that runs, and an interrupt (a signal handler that raises in
    the main thread) must not land in the middle of a loop. It lands here, cancels the work, and waits for its end.
    """
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()
    result: Future[T] = Future()

    async def announced() -> T:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        running.set_result((asyncio.get_running_loop(), task))
        return await work()

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
        if not result.done():
            loop, task = running.result(_SECONDS_TO_END)
            loop.call_soon_threadsafe(task.cancel)
            wait([result], _SECONDS_TO_END)
        thread.join(_SECONDS_TO_END)
        raise
    thread.join()
    return result.result()
