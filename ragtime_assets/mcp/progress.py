"""What happens while a question is answered, told to a client that asked for progress."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from anyio.from_thread import BlockingPortal
from mcp.server.mcpserver import Context

from ragtime_assets.domain.answering.answer import AnswerEvent, Hears

_TOLD = ("tool", "repair")


@asynccontextmanager
async def progress_told(context: Context[Any, Any]) -> AsyncIterator[Hears]:
    """Something that hears of events, in whatever thread, and tells the client of this request in their order.

    How much is left nobody knows, so there is no total. Sentences are no progress: they come checked, with the answer.
    """
    steps = count(1)
    async with BlockingPortal() as portal:

        def hear(event: AnswerEvent) -> None:
            if event.kind in _TOLD:
                portal.start_task_soon(context.report_progress, next(steps), None, event.text)

        yield hear
