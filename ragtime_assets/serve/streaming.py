"""Answers as they come: one event per step and per checked sentence, then the whole; Server-Sent Events."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ragtime_assets.domain.answering.answer import AnswerEvent, Hears

_QUIET = 10.0
"""Seconds after which a line without meaning tells that the server is still there."""


def event(kind: str, document: Mapping[str, Any]) -> str:
    """One event."""
    return f"event: {kind}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n"


def told_as_event(one: AnswerEvent) -> str:
    """Something that happened, as it is."""
    return event(one.kind, {"text": one.text})


def events(
    work: Callable[[Hears], str], tell: Callable[[AnswerEvent], str] = told_as_event, quiet: float = _QUIET
) -> Iterator[str]:
    """What `work` hears of while it works, as `tell` tells it, and what it ends with.

    It works in a thread of its own: what was asked is finished, and paid for once, also where the reader goes away.
    """
    told: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def hears(one: AnswerEvent) -> None:
        told.put(tell(one))

    def working() -> None:
        try:
            told.put(work(hears))
        finally:
            told.put(None)

    threading.Thread(target=working, name="an answer", daemon=True).start()
    while True:
        try:
            one = told.get(timeout=quiet)
        except queue.Empty:
            yield ": still here\n\n"
            continue
        if one is None:
            return
        yield one
