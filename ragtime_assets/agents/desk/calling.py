"""The one way to call a model: from a prompt per unit of work to a valid answer per unit, paid for once.

Sync at the edge, concurrent inside. How an answer is checked and repaired is `exchange`; what it costs, whether it was
there already, and who waits for whom is `metering`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragtime_assets.agents.desk.apart import Stop, run_apart
from ragtime_assets.agents.desk.spec import AgentSpec, Output
from ragtime_assets.agents.desk.throttle import Throttle
from ragtime_assets.agents.desk.tracing import Tracing
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.money.spending import Budget, Payer
from ragtime_assets.domain.outlasting import GRACE_SECONDS
from ragtime_assets.errors import RagtimeError, TimedOut
from ragtime_assets.ports import Journal, Ledger, Progress

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.providers import ModelAccess


def _nobody(done: float, total: float | None, doing: str) -> None:
    """Hears of progress, and tells nobody."""


@dataclass(frozen=True)
class ModelDesk:
    """Where phases get somebody who calls models for them; there is one in a process."""

    access: ModelAccess
    ledger: Ledger
    budget: Budget = Budget()
    concurrency: int = 8
    call_seconds: float = 120
    phase_seconds: float = 3_600
    patience: float = 1.0
    """Seconds before the second attempt; the third waits twice as long."""
    grace: float = GRACE_SECONDS
    """Seconds for which answers are waited for when somebody stops the run."""
    tracing: Tracing = field(default_factory=Tracing)
    throttles: dict[str, Throttle] = field(default_factory=dict[str, Throttle])

    def caller(self, model: str, payer: Payer, journal: Journal, trace: Trace | None = None) -> ModelCaller:
        """Who calls `model` for one phase of one episode."""
        return ModelCaller(self, model, payer, journal, trace or Trace())

    def throttle(self, provider: str) -> Throttle:
        """The one throttle of this provider."""
        return self.throttles.setdefault(provider, Throttle(self.concurrency))


@dataclass(frozen=True)
class ModelCaller:
    """Calls one model for one phase of one episode."""

    desk: ModelDesk
    model: str
    payer: Payer
    journal: Journal
    trace: Trace
    begun: float = field(default_factory=time.monotonic)
    """All calls of a phase are made before its time is over, however many there are."""

    @property
    def engine(self) -> str:
        """The model, as people read it."""
        return self.model

    def call(self, spec: AgentSpec[Output], prompt: str, unit: str = "") -> Output:
        """The answer to one prompt."""
        return self.call_all(spec, {unit: prompt})[unit]

    def call_all(
        self, spec: AgentSpec[Output], prompts: Mapping[str, str], progress: Progress = _nobody
    ) -> dict[str, Output]:
        """By unit, the answers to all prompts, asked together.

        When one fails no other is begun; those under way are waited for, so that what they cost is not lost. So it is
        when somebody stops the run, but not for long.
        """
        if not prompts:
            return {}
        return run_apart(lambda stop: self._in_time(spec, prompts, progress, stop), self.desk.grace)

    async def _in_time(
        self, spec: AgentSpec[Output], prompts: Mapping[str, str], progress: Progress, stop: Stop
    ) -> dict[str, Output]:
        answers: dict[str, Output] = {}
        seconds = self.desk.phase_seconds
        try:
            async with asyncio.timeout(self.begun + seconds - time.monotonic()) as limit:
                await self._all(spec, prompts, progress, answers, limit, stop)
        except TimeoutError as error:
            raise TimedOut(
                f"{self.payer.phase} waited {seconds:g} seconds for {self.model}: "
                f"{len(answers)} of {len(prompts)} answers came",
                remedy="`ragtime retry KEY` goes on where it stopped; RAGTIME_PHASE_TIMEOUT gives it longer.",
            ) from error
        return {unit: answers[unit] for unit in prompts}

    async def _all(
        self,
        spec: AgentSpec[Output],
        prompts: Mapping[str, str],
        progress: Progress,
        answers: dict[str, Output],
        limit: asyncio.Timeout,
        stop: Stop,
    ) -> None:
        from ragtime_assets.agents.desk.exchange import Exchanges
        from ragtime_assets.agents.desk.metering import Meter
        from ragtime_assets.agents.desk.providers import opened_model

        desk = self.desk
        async with opened_model(self.model, desk.access) as model:
            meter = Meter(
                name=self.model,
                model=model,
                payer=self.payer,
                ledger=desk.ledger,
                journal=self.journal,
                throttle=desk.throttle(self.model.partition(":")[0]),
                budget=desk.budget,
                access=desk.access,
                seconds=desk.call_seconds,
                patience=desk.patience,
                stop=stop,
            )
            exchanges = Exchanges(spec, meter, self.trace, limit, desk.tracing.capabilities())
            remaining, failures = iter(prompts.items()), list[RagtimeError]()

            async def work() -> None:
                for unit, prompt in _until(failures, remaining):
                    try:
                        answers[unit] = await exchanges.answer(unit, prompt)
                    except RagtimeError as error:
                        failures.append(error)
                    else:
                        progress(len(answers), len(prompts), spec.name)

            workers = [asyncio.create_task(work()) for _ in range(min(desk.concurrency, len(prompts)))]
            try:
                await asyncio.gather(*workers)
            finally:
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)
            if failures:
                failures[0].details.setdefault("finished", f"{len(answers)} of {len(prompts)}")
                raise failures[0]


def _until(failures: list[RagtimeError], remaining: Iterator[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    while not failures and (one := next(remaining, None)) is not None:
        yield one
