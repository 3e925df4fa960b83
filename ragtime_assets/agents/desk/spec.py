"""What an agent is: its output, its instructions, its tools, and what its answers must satisfy; no library needed."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from ragtime_assets.agents.desk.fences import FENCE_RULE

Output = TypeVar("Output", bound=BaseModel)
Check = Callable[[Output, str], str | None]
"""Says in words what is wrong with the answer for a unit; None when nothing is."""


@dataclass(frozen=True)
class AgentSpec(Generic[Output]):
    """An agent without a model; what belongs to one episode is put in with `bound_to` and `dataclasses.replace`."""

    name: str
    output: type[Output]
    instructions: str
    tools: tuple[Callable[..., Any], ...] = ()
    """Functions, or methods of what `bound_to` is given."""
    checks: tuple[Check[Output], ...] = ()
    """Asked in their order about every answer that has the right type; the first complaint goes back to the model."""
    wishes: tuple[Check[Output], ...] = ()
    """Asked after the checks; an answer that is sent back for one is kept as it is if no better one comes."""
    places: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a unit is called where people read of it, unless its own name will do."""
    requests: int = 4
    """Most requests for one unit; tools take some of them."""
    output_tokens: int = 4_000
    """Longest answer to one request."""
    repairs: int = 1
    """How often an answer for one unit may go back."""

    def bound_to(self, hands: object) -> AgentSpec[Output]:
        """This agent with its tools as methods of `hands`, which hold what one episode needs."""
        return replace(self, tools=tuple(getattr(hands, tool.__name__) for tool in self.tools))

    def place(self, unit: str) -> str:
        """What people call this unit; nothing when the work has one unit only."""
        return self.places.get(unit, "" if unit == self.name else unit)

    @property
    def rules(self) -> str:
        """The instructions as the model gets them: ours, and how to treat what strangers wrote."""
        return f"{self.instructions.strip()}\n\n{FENCE_RULE}"

    @property
    def version(self) -> str:
        """The hash of everything that the model is told about its work; part of an asset's code version."""
        told = [self.rules, self.output.model_json_schema(), [_described(tool) for tool in self.tools]]
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def prompt_version(code_version: str, *specs: AgentSpec[Any]) -> str:
    """`code_version` with the prompts in it, so that a changed prompt makes what it wrote stale."""
    told = "".join(spec.version for spec in specs)
    return f"{code_version}+{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _described(tool: Callable[..., Any]) -> list[str]:
    return [tool.__name__, str(inspect.signature(tool)), inspect.getdoc(tool) or ""]
