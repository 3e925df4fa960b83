"""Errors of ours as answers of a tool: class, message and remedy, for a model to read and a program to tell apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction, signature, unwrap
from typing import Any

from mcp.types import CallToolResult, TextContent

from ragtime_assets.errors import RagtimeError


def answering(tool: Callable[..., Any]) -> Callable[..., Any]:
    """The tool, whose errors of ours are answers; what else it raises is a defect, and stays in the server's log."""

    @wraps(tool)
    def answered(*args: Any, **kwargs: Any) -> Any:
        try:
            return tool(*args, **kwargs)
        except RagtimeError as error:
            return fault(error)

    @wraps(tool)
    async def answered_later(*args: Any, **kwargs: Any) -> Any:
        try:
            return await tool(*args, **kwargs)
        except RagtimeError as error:
            return fault(error)

    taken: Any = answered_later if iscoroutinefunction(unwrap(tool)) else answered
    taken.__signature__ = signature(tool, eval_str=True)  # of a method what callers give, without its `self`
    return taken


def fault(error: RagtimeError) -> CallToolResult:
    """The error as a tool's answer."""
    told = {"class": type(error).__name__, "message": error.message, "remedy": error.remedy}
    return CallToolResult(
        content=[TextContent(type="text", text=spoken(error))], structured_content={"error": told}, is_error=True
    )


def spoken(error: RagtimeError) -> str:
    """The error in two lines."""
    return f"{type(error).__name__}: {error.message}\nWhat to do: {error.remedy}"
