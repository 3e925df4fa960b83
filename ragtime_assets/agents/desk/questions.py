"""What is said between an agent and its model, as it is recognised, kept and shown.

The library's types are needed: import this module only inside functions.
"""

from __future__ import annotations

import json
from typing import Any, cast

from pydantic_ai.messages import (  # noqa: TID253 - this module is imported lazily
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelResponse,
    ToolCallPart,
)
from pydantic_ai.models import ModelRequestParameters  # noqa: TID253
from pydantic_ai.settings import ModelSettings  # noqa: TID253

from ragtime_assets.agents.desk.refusals import senseless

LONGEST_EXCHANGE = 20_000
_PASSING = frozenset(
    {"timestamp", "run_id", "conversation_id", "usage", "metadata", "provider_details", "provider_response_id"}
)
"""What differs between two askings of the same question."""


def is_output(response: ModelResponse, parameters: ModelRequestParameters) -> bool:
    """Whether this was meant as the output, not as a call of one of the agent's tools."""
    tools = {tool.name for tool in parameters.function_tools}
    return not any(isinstance(part, ToolCallPart) and part.tool_name in tools for part in response.parts)


def question_of(
    messages: list[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
) -> bytes:
    """Everything that the model is told, as it is the same whenever it is asked."""
    told = {
        "messages": _lasting(ModelMessagesTypeAdapter.dump_python(messages, mode="json")),
        "settings": dict(settings or {}),
        "tools": [
            [tool.name, tool.description, tool.parameters_json_schema]
            for tool in (*parameters.function_tools, *parameters.output_tools)
        ],
    }
    return json.dumps(told, sort_keys=True, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lasting(one) for name, one in value.items() if name not in _PASSING}
    return [_lasting(one) for one in value] if isinstance(value, list) else value


def dumped(response: ModelResponse, model: str) -> str:
    """An answer as the journal keeps it."""
    try:
        return ModelMessagesTypeAdapter.dump_json([response]).decode()
    except ValueError as error:
        raise senseless(error, model) from error


def loaded(answer: str) -> ModelResponse:
    """An answer as the journal kept it."""
    (response,) = ModelMessagesTypeAdapter.validate_json(answer)
    return cast(ModelResponse, response)


def exchange_text(messages: list[ModelMessage]) -> str:
    """What was said, as JSON of bounded length: long texts are cut, the shortest of them last."""
    said = ModelMessagesTypeAdapter.dump_python(messages, mode="json")
    longest = LONGEST_EXCHANGE
    while len(text := json.dumps(_cut(said, longest), ensure_ascii=False)) > LONGEST_EXCHANGE and longest > 1:
        longest //= 2
    return text if len(text) <= LONGEST_EXCHANGE else json.dumps([f"{len(messages)} messages, too many to keep"])


def _cut(value: Any, longest: int) -> Any:
    if isinstance(value, dict):
        return {name: _cut(one, longest) for name, one in value.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [_cut(one, longest) for one in value]
    return f"{value[:longest]}…" if isinstance(value, str) and len(value) > longest else value
