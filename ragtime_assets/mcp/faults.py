"""Errors of ours as answers of a tool: class, message and remedy, for a model to read and a program to tell apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction, signature, unwrap
from typing import Any

from mcp.types import CallToolResult, TextContent

from ragtime_assets.domain.searching.narrowing import OPTIONS
from ragtime_assets.errors import RagtimeError

_IN_TOOLS = (
    (r"`?ragtime entities find(?: NAME)?`?", "find_entity"),
    (r"`ragtime status` lists every show", "list_shows has all shows"),
    (r"`ragtime status` lists the keys of all episodes", "list_episodes has the keys of all that can be searched"),
    (r"`ragtime status` lists every episode", "list_episodes has all that can be searched"),
    (r" Is RAGTIME_HOME the folder that you mean\?", ""),
    (r"`ragtime status ([\w-]+)` tells", r"get_status with the key \1 tells"),
    (r"--feed F --guid G", "a feed's url with the guid of its item"),
    *((rf"(?<![\w-]){option}(?![\w-])", name) for option, name in OPTIONS.items()),
)
"""What errors call a way that an agent has too, and what it is called here."""
_KEEPER_S = re.compile(r"\bragtime [a-z]")


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
    told = {"class": type(error).__name__, "message": _in_tools(error.message), "remedy": _remedy(error)}
    return CallToolResult(
        content=[TextContent(type="text", text=spoken(error))], structured_content={"error": told}, is_error=True
    )


def spoken(error: RagtimeError) -> str:
    """The error in two lines."""
    return f"{type(error).__name__}: {_in_tools(error.message)}\nWhat to do: {_remedy(error)}"


def _remedy(error: RagtimeError) -> str:
    """What is left of commands is for who keeps the corpus, and an agent is told so."""
    told = _in_tools(error.remedy)
    return f"{told} (That command is for the keeper of this corpus.)" if _KEEPER_S.search(told) else told


def _in_tools(text: str) -> str:
    for command, tool in _IN_TOOLS:
        text = re.sub(command, tool, text)
    return text
