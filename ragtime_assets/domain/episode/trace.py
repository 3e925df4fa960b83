"""What was tried for an episode, step by step: shown while it happens, kept when it is over.

A step is anything that reaches outside or decides: a fetch, an index asked, a click in a browser, a tool of an agent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Literal

from ragtime_assets.domain.artifact import Record

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
    outcome: Literal["ok", "failed"] = "ok"
    seconds: float = 0.0
    output: str = ""
    screenshot: str | None = None
    """The digest of the blob that shows what a browser showed."""


@dataclass
class OpenStep:
    """A step that is being taken; whoever takes it says what comes of it."""

    output: str = ""
    screenshot: str | None = None
    told: bool = True
    """Whether there is anything to tell; a failure always is told."""


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
                arguments={name: _cut(value) for name, value in arguments.items()},
                outcome="failed" if error else "ok",
                seconds=round(time.monotonic() - started, 3),
                output=_cut(said),
                screenshot=taken.screenshot,
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


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_OUTPUT else text[: LONGEST_OUTPUT - 1] + "…"


def written_trace(steps: Iterable[TraceStep]) -> str:
    """Steps as they are kept."""
    return "".join(f"{step.model_dump_json()}\n" for step in steps)


def read_trace(text: str | None) -> tuple[TraceStep, ...]:
    """The steps of a trace as it is kept."""
    return tuple(TraceStep.model_validate_json(line) for line in (text or "").splitlines())
