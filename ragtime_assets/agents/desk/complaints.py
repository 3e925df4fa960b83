"""What was wrong with a model's answer, in words: as it is sent back, fenced, and as the library raises it in the end.

The library's types are needed: import this module only inside functions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from pydantic import ValidationError
from pydantic_ai.exceptions import ToolRetryError  # noqa: TID253 - this module is imported lazily
from pydantic_ai.messages import (  # noqa: TID253
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    RetryFeedbackPart,
    ToolReturnPart,
)

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.domain.text.lines import one_line

MOST = 5
_LONGEST = 200


def sent_back(messages: Iterable[ModelMessage], tools: Collection[str]) -> list[list[str]]:
    """Of each answer that was sent back, what was wrong with it; a wrong call of one of the `tools` is no answer."""
    return [
        _complaints(part.content)
        for message in messages
        if isinstance(message, ModelRequest)
        for part in message.parts
        if _is_sent_back(part) and not (isinstance(part, ToolReturnPart) and part.tool_name in tools)
    ]


def fenced_complaints(messages: Iterable[ModelMessage]) -> list[ModelMessage]:
    """The messages as they are sent: what was wrong quotes what the model wrote, and that may quote strangers."""
    return [
        replace(message, parts=[_fenced(part) for part in message.parts])
        if isinstance(message, ModelRequest)
        else message
        for message in messages
    ]


def complaints_of(error: BaseException) -> list[str]:
    """What was wrong with the answer that ended an exchange; what the library says of it begins with the general."""
    cause = error.__cause__ or error
    if isinstance(cause, ToolRetryError):
        return _complaints(cause.tool_retry.content)
    if isinstance(cause, ValidationError):
        return _complaints(cause.errors(include_url=False))
    return _complaints(str(cause).partition(", body:")[0])


def _is_sent_back(part: ModelRequestPart) -> TypeGuard[RetryFeedbackPart | ToolReturnPart]:
    return isinstance(part, RetryFeedbackPart) or (isinstance(part, ToolReturnPart) and part.outcome == "retried")


def _fenced(part: ModelRequestPart) -> ModelRequestPart:
    if not _is_sent_back(part):
        return part
    said = part.content if isinstance(part.content, str) else "\n".join(_complaints(part.content, None))
    content = fenced("complaint", said)
    if isinstance(part, RetryFeedbackPart):
        return replace(part, content=content)
    # As an error it would be put into JSON, where the fence has no lines of its own.
    return replace(part, content=content, outcome="success", retry=None)


def _complaints(content: Any, most: int | None = MOST) -> list[str]:
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [_complaint(one) for one in content[:most]]
    return [one_line(str(content), _LONGEST)]


def _complaint(detail: Mapping[str, Any]) -> str:
    """One mistake, with the path to it."""
    path = ".".join(map(str, detail["loc"]))
    return one_line(f"{path}: {detail['msg']}" if path else str(detail["msg"]), _LONGEST)
