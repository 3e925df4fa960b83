"""What is said with a model about one unit until its answer is good: checked, sent back once, and refusals told.

The library is needed: import this module only inside functions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic

from pydantic_ai import Agent, ModelRetry, RunContext, UsageLimits, capture_run_messages  # noqa: TID253
from pydantic_ai.exceptions import UnexpectedModelBehavior, UsageLimitExceeded  # noqa: TID253
from pydantic_ai.messages import ModelMessage  # noqa: TID253

from ragtime_assets.agents.desk.audit import ToolAudit
from ragtime_assets.agents.desk.complaints import complaints_of, sent_back
from ragtime_assets.agents.desk.metering import Meter, MeteredModel
from ragtime_assets.agents.desk.questions import exchange_text
from ragtime_assets.agents.desk.spec import AgentSpec, Output
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import OutputInvalid, RagtimeError


@dataclass(frozen=True)
class Exchanges(Generic[Output]):
    """The exchanges of one agent about the units of one phase."""

    spec: AgentSpec[Output]
    meter: Meter
    trace: Trace
    limit: asyncio.Timeout
    """When all of them have to be over."""
    capabilities: Sequence[Any] = ()

    async def answer(self, unit: str, prompt: str) -> Output:
        """The good answer about a unit, or one that only a wish sent back; raises OutputInvalid when there is none."""
        model = MeteredModel(self.meter, self.spec, unit)
        try:
            answer = await self._asked(unit, prompt, model)
        except RagtimeError:
            if model.sound is None:
                raise
            answer = model.sound
            model.fall_back()
        model.accept()
        return answer

    async def _asked(self, unit: str, prompt: str, model: MeteredModel) -> Output:
        ended_by: Exception | None = None
        with capture_run_messages() as messages:
            try:
                limits = UsageLimits(request_limit=self.spec.requests)
                result = await self._agent.run(prompt, model=model, deps=model, usage_limits=limits)
            except (UnexpectedModelBehavior, UsageLimitExceeded) as error:
                ended_by = error
                model.reject()
                raise self._invalid(unit, error, messages) from error
            finally:
                self._tell(unit, messages, ended_by)
        return result.output

    @cached_property
    def _agent(self) -> Agent[MeteredModel, Output]:
        spec = self.spec
        agent = Agent(
            output_type=spec.output,
            name=spec.name,
            deps_type=MeteredModel,
            instructions=spec.rules,
            tools=spec.tools,
            retries={"output": spec.repairs, "tools": 2},
            capabilities=[ToolAudit(self.trace, spec.name, self.limit), *self.capabilities],
            model_settings={"max_tokens": spec.output_tokens},
        )

        @agent.output_validator
        def checked(context: RunContext[MeteredModel], output: Output) -> Output:
            asked = context.deps
            may_be_better = not (context.last_attempt or asked.is_replay)
            for check in spec.checks:
                if complaint := check(output, asked.unit):
                    raise ModelRetry(complaint)
            for wish in spec.wishes if may_be_better else ():
                if complaint := wish(output, asked.unit):
                    asked.spare(output)
                    raise ModelRetry(complaint)
            return output

        return agent

    def _invalid(self, unit: str, error: Exception, messages: list[ModelMessage]) -> OutputInvalid:
        place = self.spec.place(unit)
        about = f"{self.spec.name} of {place}" if place else self.spec.name
        said = one_line("; ".join(complaints_of(error)), 300)
        return OutputInvalid(
            f"{self.meter.name} gave no valid {about}: {said}", unit=place, exchange=exchange_text(messages)
        )

    def _tell(self, unit: str, messages: Sequence[ModelMessage], ended_by: Exception | None) -> None:
        """Every answer that was refused as a step, whatever came after it."""
        refused = sent_back(messages, {tool.__name__ for tool in self.spec.tools})
        if isinstance(ended_by, UnexpectedModelBehavior):
            refused.append(complaints_of(ended_by))
        for attempt, complaints in enumerate(refused, 1):
            self.trace.refused(self.spec.name, self.spec.place(unit), attempt, complaints)
