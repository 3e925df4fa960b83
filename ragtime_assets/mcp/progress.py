"""What happens while a question is answered, told to a client that asked for progress."""

from __future__ import annotations

from itertools import count
from typing import Any

from anyio import from_thread
from anyio.lowlevel import current_token
from mcp.server.mcpserver import Context

from ragtime_assets.domain.answering.answer import AnswerEvent, Hears

_TOLD = ("tool", "repair")


def telling(context: Context[Any, Any]) -> Hears:
    """Something that hears of events in any thread but this one, and tells the client of this request.

    How much is left nobody knows, so there is no total. Sentences are no progress: they come checked, with the answer.
    """
    loop, steps = current_token(), count(1)

    def hear(event: AnswerEvent) -> None:
        if event.kind in _TOLD:
            from_thread.run(context.report_progress, next(steps), None, event.text, token=loop)

    return hear
