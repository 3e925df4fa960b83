"""The episodes that are read just now: one of three hours takes half a second to open, and comes in parts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """The last few things that were opened, each as long as it is what it was."""

    def __init__(self, most: int) -> None:
        """Hold so many."""
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[Hashable, T]] = OrderedDict()

    def get(self, name: str, stamp: Hashable, open_: Callable[[], T]) -> T:
        """What has this name; opened anew where it has another stamp than before."""
        with self._lock:
            held = self._held.get(name)
            if held is not None and held[0] == stamp:
                self._held.move_to_end(name)
                return held[1]
        opened = open_()
        with self._lock:
            self._held[name] = (stamp, opened)
            self._held.move_to_end(name)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return opened
