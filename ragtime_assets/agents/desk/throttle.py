"""How many calls of one provider may be under way at once, across the threads and event loops of a process.

The number is halved when the provider says that it is too many, and grows by one after as many good answers. asyncio's
own locks belong to one loop; this one is shared by whatever calls the provider.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Lock


class Throttle:
    """Hands out turns."""

    def __init__(self, most: int) -> None:
        """Never more than `most` at once."""
        self._most = most
        self._limit = most
        self._open = 0
        self._good = 0
        self._halved_at = 0.0
        self._closed_until = 0.0
        self._lock = Lock()
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return self._limit

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A call's turn."""
        await self._enter()
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1
            self._wake()

    def eased(self) -> None:
        """A call went well."""
        with self._lock:
            self._good += 1
            if self._good >= self._limit and self._limit < self._most:
                self._limit, self._good = self._limit + 1, 0
        self._wake()

    def crowded(self, began: float, wait: float) -> None:
        """The provider refused a call that `began` then, and wants to be left alone for `wait` seconds.

        Calls that were under way together are refused together: only the first of them halves the number.
        """
        with self._lock:
            now = time.monotonic()
            self._closed_until = max(self._closed_until, now + wait)
            self._good = 0
            if began >= self._halved_at:
                self._limit, self._halved_at = max(1, self._limit // 2), now

    async def _enter(self) -> None:
        while True:
            with self._lock:
                closed = self._closed_until - time.monotonic()
                if closed <= 0 and self._open < self._limit:
                    self._open += 1
                    return
                loop = asyncio.get_running_loop()
                waiter = (loop, loop.create_future())
                if closed <= 0:
                    self._waiting.append(waiter)
            if closed > 0:
                await asyncio.sleep(closed)
            else:
                await self._woken(waiter)

    async def _woken(self, waiter: tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]) -> None:
        try:
            await waiter[1]
        except asyncio.CancelledError:
            with self._lock:
                still_waiting = waiter in self._waiting
                if still_waiting:
                    self._waiting.remove(waiter)
            if not still_waiting:
                self._wake()
            raise

    def _wake(self) -> None:
        with self._lock:
            free = max(0, self._limit - self._open)
            chosen = [self._waiting.popleft() for _ in range(min(free, len(self._waiting)))]
            # Under the lock: a loop with a waiter in the queue is alive, for its waiter has yet to take itself out.
            for loop, future in chosen:
                loop.call_soon_threadsafe(_let_go, future)


def _let_go(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
