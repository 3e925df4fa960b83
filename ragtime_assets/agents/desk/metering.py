"""One model request after the other, each with its row in the ledger, its place in the journal and its time limit.

The meter sits where the library calls a model, below the agent: a repair, a tool's round trip and a second attempt
are requests like any other. (A capability around the request may call its handler only once, so it cannot retry.)

The classes here extend the library's: import this module only inside functions.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic_ai.exceptions import (  # noqa: TID253 - this module is imported lazily
    ModelAPIError,
    ModelHTTPError,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import (  # noqa: TID253
    ModelMessage,
    ModelResponse,
)
from pydantic_ai.models import Model, ModelRequestParameters  # noqa: TID253
from pydantic_ai.models.wrapper import WrapperModel  # noqa: TID253
from pydantic_ai.settings import ModelSettings  # noqa: TID253

from ragtime_assets.agents.desk.apart import Stop
from ragtime_assets.agents.desk.complaints import fenced_complaints
from ragtime_assets.agents.desk.providers import ModelAccess, cost_of
from ragtime_assets.agents.desk.questions import dumped, is_output, loaded, question_of
from ragtime_assets.agents.desk.refusals import refused, senseless
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.agents.desk.throttle import Throttle
from ragtime_assets.domain.money.spending import (
    NOTHING,
    Budget,
    Cost,
    Outcome,
    Payer,
    PlannedCall,
    SettledCall,
    Tokens,
)
from ragtime_assets.domain.retries import LONGEST_WAIT, Retries, retried_async
from ragtime_assets.errors import BudgetSpent, RagtimeError, SourceUnavailable, TimedOut
from ragtime_assets.ports import Journal, Ledger

ATTEMPTS = 3
_BYTES_PER_TOKEN = 3
"""A token is about four letters of English and about one sign of Chinese: this errs on the dear side of both."""
_VERSION_LENGTH = 12
_CROWDED = frozenset({429, 503, 529})


@dataclass
class Meter:
    """What the requests to one model have in common while one event loop runs."""

    name: str
    model: Model
    payer: Payer
    ledger: Ledger
    journal: Journal
    throttle: Throttle
    budget: Budget
    access: ModelAccess
    seconds: float
    patience: float
    stop: Stop
    under_way: int = 0
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    def planned(self, spec: AgentSpec[Any], unit: str, turn: int, tokens: Tokens) -> PlannedCall:
        """A call that reads and writes at most `tokens`, the `turn`th about this unit."""
        provider, _, model = self.name.partition(":")
        cost = cost_of(tokens, self.name, self.model, self.access).amount
        return PlannedCall(
            payer=self.payer,
            agent=spec.name,
            unit=unit,
            provider=provider,
            model=model,
            charge=self.budget.charge(cost, tokens),
            is_priced=cost is not None,
            turn=turn,
            prompt_version=spec.version[:_VERSION_LENGTH],
        )

    async def open(self, call: PlannedCall) -> int:
        """Open a row; what calls under way reserve may come free, so a refusal counts when none is."""
        while True:
            try:
                number = self.ledger.open(call)
            except BudgetSpent as spent:
                if not self.under_way or spent.details.get("scope") == "call":
                    raise
                self.settled.clear()
                await self.settled.wait()
            else:
                self.under_way += 1
                return number

    def settle(self, number: int, settled: SettledCall) -> None:
        """Close a row."""
        self.under_way -= 1
        self.settled.set()
        self.ledger.settle(number, settled)


class _Kept(NamedTuple):
    """Where an answer is in the journal and in the ledger."""

    request: str
    nth: int
    number: int
    answer: str
    is_final: bool


class MeteredModel(WrapperModel):
    """The model as the agent sees it while it works on one unit."""

    def __init__(self, meter: Meter, spec: AgentSpec[Any], unit: str) -> None:
        """Every request is for this unit."""
        super().__init__(meter.model)
        self.unit = unit
        self.is_replay = False
        """Whether the last answer was paid for by an earlier attempt."""
        self.sound: Any = None
        """The last output that only a wish sent back."""
        self._spare: _Kept | None = None
        self._meter, self._spec = meter, spec
        self._asked: Counter[str] = Counter()
        self._last: _Kept | None = None
        self._rejected: list[_Kept] = []

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Ask, or give the answer that an earlier attempt paid for."""
        if self._last is not None and self._last.is_final:
            self.reject()  # else it would not be asked again
        messages = fenced_complaints(messages)
        question = question_of(messages, model_settings, model_request_parameters)
        request = hashlib.sha256(f"{self._meter.name}\0".encode() + question).hexdigest()
        nth = self._asked[request]
        self._asked[request] += 1
        longest = int((model_settings or {}).get("max_tokens") or 0)
        expected = Tokens(len(question) // _BYTES_PER_TOKEN, 0, longest)
        planned = self._meter.planned(self._spec, self.unit, self._asked.total(), expected)
        answer = self._meter.journal.find(self.unit, request, nth)
        self.is_replay = answer is not None
        if answer is not None:
            response = loaded(answer)
            is_final = is_output(response, model_request_parameters)
            self._last = _Kept(request, nth, self._replayed(planned), answer, is_final)
            return response
        response, number = await self._asked_again(planned, messages, model_settings, model_request_parameters)
        answer = dumped(response, self._meter.name)
        self._meter.journal.keep(self.unit, request, answer, nth)
        self._last = _Kept(request, nth, number, answer, is_output(response, model_request_parameters))
        return response

    def accept(self) -> None:
        """The last answer is good: it is the answer to the requests whose first one was rejected, too."""
        if self._last is not None:
            for kept in self._rejected:
                self._meter.journal.keep(self.unit, kept.request, self._last.answer, kept.nth)

    def reject(self) -> None:
        """The last answer is no good: it is never replayed."""
        if self._last is not None:
            self._meter.journal.reject(self.unit, self._last.request, self._last.nth)
            self._meter.ledger.reject(self._last.number)
            self._rejected.append(self._last)
            self._last = None

    def spare(self, output: Any) -> None:
        """The last answer is sound, and sent back because there may be a better one."""
        self.sound, self._spare = output, self._last

    def fall_back(self) -> None:
        """No better one came: the sound one counts as the last."""
        self._last = self._spare

    async def _asked_again(self, planned: PlannedCall, *question: Any) -> tuple[ModelResponse, int]:
        """Ask until there is an answer, or no attempt is left."""
        retries = Retries(ATTEMPTS, self._meter.patience)
        return await retried_async(lambda: self._attempt(planned, *question), retries)

    async def _attempt(self, planned: PlannedCall, *question: Any) -> tuple[ModelResponse, int]:
        meter = self._meter
        async with meter.throttle.turn():
            with meter.stop.sending():
                sent = await self._sent(planned, question)
        meter.throttle.eased()
        return sent

    async def _sent(self, planned: PlannedCall, question: tuple[Any, ...]) -> tuple[ModelResponse, int]:
        """The answer, and its number in the ledger."""
        meter = self._meter
        number, began = await meter.open(planned), time.monotonic()
        try:
            response = await self._answer(question)
        except asyncio.CancelledError:
            meter.settle(number, _ended("cancelled", planned.charge, began, "interrupted"))
            raise
        except RagtimeError as error:
            charge = NOTHING if isinstance(error.__cause__, ModelHTTPError) else planned.charge
            meter.settle(number, _ended("failed", charge, began, f"{type(error).__name__}: {error.message}"))
            if isinstance(error, SourceUnavailable) and error.details.get("status") in _CROWDED:
                meter.throttle.crowded(began, min(error.retry_after or 0.0, LONGEST_WAIT))
            raise
        meter.settle(number, self._settled(response, planned, began))
        return response, number

    async def _answer(self, question: tuple[Any, ...]) -> ModelResponse:
        meter = self._meter
        try:
            async with asyncio.timeout(meter.seconds):
                return await self.wrapped.request(*question)
        except TimeoutError as error:
            raise TimedOut(
                f"{meter.name} did not answer the {self._spec.name} of {self._spec.place(self.unit) or 'the episode'} "
                f"within {meter.seconds:g} seconds",
                remedy="`ragtime retry KEY` goes on where it stopped; RAGTIME_MODEL_TIMEOUT gives it longer.",
            ) from error
        except ModelAPIError as error:
            raise refused(error, meter.name) from error
        except UnexpectedModelBehavior as error:
            raise senseless(error, meter.name, self._spec.place(self.unit)) from error

    def _settled(self, response: ModelResponse, planned: PlannedCall, began: float) -> SettledCall:
        usage = response.usage
        reasoning = usage.details.get("reasoning_tokens", 0)
        tokens = Tokens(usage.input_tokens, usage.cache_read_tokens, usage.output_tokens, reasoning)
        if not tokens.total:
            return _ended("ok", planned.charge, began, None)
        cost = cost_of(tokens, self._meter.name, self._meter.model, self._meter.access)
        charge = self._meter.budget.charge(cost.amount, tokens)
        return SettledCall("ok", charge, _since(began), tokens, cost, request_id=response.provider_response_id)

    def _replayed(self, planned: PlannedCall) -> int:
        number = self._meter.ledger.open(planned.replayed)
        self._meter.ledger.settle(number, SettledCall("replayed", NOTHING))
        return number


def _ended(outcome: Outcome, charge: Decimal, began: float, error: str | None) -> SettledCall:
    return SettledCall(outcome, charge, _since(began), cost=Cost(), error=error)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
