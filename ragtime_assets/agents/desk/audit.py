"""Every tool call of an agent, told when it starts and kept when it ends; what goes wrong in it is news for the model.

The class here extends the library's: import this module only inside functions.
"""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic_ai import exceptions  # noqa: TID253 - this module is imported lazily
from pydantic_ai.capabilities import AbstractCapability  # noqa: TID253

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import RagtimeError

_SIGNALS = (
    exceptions.ToolRetryError,
    exceptions.ToolFailedError,
    exceptions.ModelRetry,
    exceptions.ToolFailed,
    exceptions.CallDeferred,
    exceptions.ApprovalRequired,
    exceptions.SkipToolExecution,
)
"""How a tool speaks to the library: not errors of the tool."""


class ToolAudit(AbstractCapability[Any]):
    """Records each call with arguments, outcome and duration, before anybody hears of its result."""

    def __init__(self, trace: Trace, agent: str, limit: asyncio.Timeout) -> None:
        """Record what `agent` calls into `trace`; `limit` is what may interrupt a call."""
        self._trace = trace
        self._agent = agent
        self._limit = limit

    async def wrap_tool_execute(self, ctx: Any, *, call: Any, tool_def: Any, args: Any, handler: Any) -> Any:
        """Run the tool; an error becomes text that the model can read."""
        said = {name: str(value) for name, value in dict(args).items()}
        try:
            with self._trace.tool_call(self._agent, call.tool_name, said) as step:
                try:
                    result = await handler(args)
                except asyncio.CancelledError:
                    step.is_late = self._limit.expired()
                    raise
                step.output = str(result)
                return result
        except _SIGNALS:
            raise
        except RagtimeError as error:
            if error.goes_on:  # of ours: no model is to conclude anything from it
                raise
            return _failed(error)
        except Exception as error:  # noqa: BLE001 - whatever a tool meets, the model hears of it and goes on
            return _failed(error)


def _failed(error: Exception) -> str:
    """What went wrong, which may be told in a server's words."""
    return f"failed: {type(error).__name__}\n{fenced('error', str(error))}"
