"""What was tried for an episode, step by step: shown while it happens, kept when it is over.

A step is anything that reaches outside or decides: a fetch, an index asked, a click in a browser, a tool of an agent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Literal

from ragtime_assets.domain.artifact import Record
from ragtime_assets.errors import TimedOut

Outcome = Literal["started", "ok", "failed", "error", "timeout"]
"""A step ends `ok` or `failed`; a tool call of an agent is shown as `started`, and ends `ok`, `error` or `timeout`."""

LONGEST_OUTPUT = 500
TRACE_SUFFIX = "trace.jsonl"
"""What a trace is called beside the artifact: a step per line."""

EXCHANGE_SUFFIX = "exchange.txt"
"""What the exchange with a model is called whose answer was no good."""


class TraceStep(Record):
    """One thing that was tried, and what came of it."""

    at: datetime
    tool: str
    arguments: dict[str, str] = {}
    outcome: Outcome = "ok"
    seconds: float = 0.0
    output: str = ""
    screenshot: str | None = None
    """The digest of the blob that shows what a browser showed."""
    agent: str | None = None
    """Whose doing it was, where a model decided on it: an agent that called a tool, or gave an answer."""


@dataclass
class OpenStep:
    """A step that is being taken; whoever takes it says what comes of it."""

    output: str = ""
    screenshot: str | None = None
    told: bool = True
    """Whether there is anything to tell; a failure always is told."""
    is_late: bool = False
    """Whether it was interrupted because the time for it was over."""


def _nobody(_: TraceStep) -> None:
    return None


class Trace:
    """Records steps in the order in which they end, from any thread, and shows each at once."""

    def __init__(self, show: Callable[[TraceStep], None] = _nobody) -> None:
        """`show` hears of every step."""
        self._show = show
        self._lock = Lock()
        self._steps: list[TraceStep] = []

    @property
    def steps(self) -> tuple[TraceStep, ...]:
        """Every step so far."""
        return tuple(self._steps)

    @contextmanager
    def step(self, tool: str, /, **arguments: str) -> Generator[OpenStep, None, None]:
        """Record what happens inside as one step; an error is its outcome, and goes on to the caller."""
        with self._taken(tool, arguments, None) as taken:
            yield taken

    @contextmanager
    def tool_call(self, agent: str, tool: str, arguments: Mapping[str, str]) -> Generator[OpenStep, None, None]:
        """Record a tool call of an agent as one step, which is shown when it starts, too: it may hang."""
        started = TraceStep(
            at=datetime.now(UTC), tool=tool, arguments=_all_cut(arguments), outcome="started", agent=agent
        )
        with self._lock:
            self._show(started)
        with self._taken(tool, arguments, agent) as taken:
            yield taken

    def refused(self, agent: str, unit: str, attempt: int, complaints: Sequence[str]) -> None:
        """Record an answer of an agent that was no good, and what was wrong with it."""
        about = {"unit": unit} if unit else {}
        step = TraceStep(
            at=datetime.now(UTC),
            tool="refused answer",
            arguments=_all_cut({**about, "attempt": str(attempt)}),
            outcome="error",
            output=_cut("; ".join(complaints)),
            agent=agent,
        )
        self._record(step)

    @contextmanager
    def _taken(self, tool: str, arguments: Mapping[str, str], agent: str | None) -> Generator[OpenStep, None, None]:
        taken, started, at = OpenStep(), time.monotonic(), datetime.now(UTC)
        error: BaseException | None = None
        try:
            yield taken
        except BaseException as raised:
            error = raised
            raise
        finally:
            said = f"{type(error).__name__}: {error}".removesuffix(": ") if error else taken.output
            step = TraceStep(
                at=at,
                tool=tool,
                arguments=_all_cut(arguments),
                outcome=_outcome(error, taken, agent),
                seconds=round(time.monotonic() - started, 3),
                output=_cut(said),
                screenshot=taken.screenshot,
                agent=agent,
            )
            if error or taken.told:
                self._record(step)

    def note(self, tool: str, output: str, **arguments: str) -> None:
        """Record something that took no time."""
        with self.step(tool, **arguments) as taken:
            taken.output = output

    def _record(self, step: TraceStep) -> None:
        with self._lock:
            self._steps.append(step)
            self._show(step)


def _outcome(error: BaseException | None, taken: OpenStep, agent: str | None) -> Outcome:
    if error is None:
        return "ok"
    if agent is None:
        return "failed"
    return "timeout" if taken.is_late or isinstance(error, TimedOut | TimeoutError) else "error"


def _all_cut(arguments: Mapping[str, str]) -> dict[str, str]:
    return {name: _cut(value) for name, value in arguments.items()}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_OUTPUT else text[: LONGEST_OUTPUT - 1] + "…"


def written_trace(steps: Iterable[TraceStep]) -> str:
    """Steps as they are kept."""
    return "".join(f"{step.model_dump_json()}\n" for step in steps)


def read_trace(text: str | None) -> tuple[TraceStep, ...]:
    """The steps of a trace as it is kept."""
    return tuple(TraceStep.model_validate_json(line) for line in (text or "").splitlines())
