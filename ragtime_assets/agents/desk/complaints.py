"""What was wrong with a model's answer, in words: as the library sends it back, and as it raises it in the end.

The library's types are needed: import this module only inside functions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_ai.exceptions import ToolRetryError  # noqa: TID253 - this module is imported lazily
from pydantic_ai.messages import (  # noqa: TID253
    ModelMessage,
    ModelRequest,
    RetryFeedbackPart,
    ToolReturnPart,
)

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
        if isinstance(part, RetryFeedbackPart)
        or (isinstance(part, ToolReturnPart) and part.outcome == "retried" and part.tool_name not in tools)
    ]


def complaints_of(error: BaseException) -> list[str]:
    """What was wrong with the answer that ended an exchange; what the library says of it begins with the general."""
    cause = error.__cause__ or error
    if isinstance(cause, ToolRetryError):
        return _complaints(cause.tool_retry.content)
    if isinstance(cause, ValidationError):
        return _complaints(cause.errors(include_url=False))
    return _complaints(str(cause).partition(", body:")[0])


def _complaints(content: Any) -> list[str]:
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [_complaint(one) for one in content[:MOST]]
    return [one_line(str(content), _LONGEST)]


def _complaint(detail: Mapping[str, Any]) -> str:
    """One mistake, with the path to it."""
    path = ".".join(map(str, detail["loc"]))
    return one_line(f"{path}: {detail['msg']}" if path else str(detail["msg"]), _LONGEST)
