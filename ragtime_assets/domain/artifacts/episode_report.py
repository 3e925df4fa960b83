"""What happened to one episode, for machines and for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.episode.trace import Outcome
from ragtime_assets.domain.facts import Fact, Page

DONE, FAILED, MISSING = "done", "failed", "missing"
REPORTING = "reporting"


class Tried(Record):
    """One thing that a phase tried: a tier, an index, a page, a tool of an agent."""

    tool: str
    on: str = ""
    outcome: Outcome
    seconds: float
    said: str = ""


class ArtifactPlace(Record):
    """Where an artifact is, what it hashes to, and what its form is called."""

    url: str
    """Where a browser opens it, while `ragtime serve` runs."""
    path: str
    digest: str
    schema_version: int
    form: str
    """The name of its published JSON Schema."""
    code_version: str


class Spent(Record):
    """What the model calls of a phase came to."""

    calls: int
    tokens: int
    cost_usd: float | None = None
    """None where no price is known."""


class PhaseLine(Record):
    """How one phase ended."""

    asset: str
    state: str
    """Done, failed, the state of the episode where the phase halted, or why it is still to be done."""
    halted: bool = False
    at: datetime | None = None
    engine: str | None = None
    seconds: float | None = None
    attempts: int = 0
    """In how many runs it was worked on, as far as Dagster's history goes."""
    run_id: str | None = None
    """The run that made it, or in which it stopped."""
    spent: Spent | None = None
    facts: str = ""
    error_class: str | None = None
    error: str | None = None
    remedy: str | None = None
    tried: tuple[Tried, ...] = ()
    """The last things that it tried; the trace has them all."""
    trace: str | None = None
    """Where every step that the phase tried is kept."""
    artifact: ArtifactPlace | None = None


class ReportRun(Record):
    """A run that was about this episode."""

    run_id: str
    status: str
    """As Dagster has it; `reporting` for the run that writes this report, whose end nobody knows yet."""
    attempt: int
    started_at: datetime
    ended_at: datetime | None = None
    """None for the run that writes this report."""
    of_many: bool = False
    page: str


class ReportCheck(Record):
    """What a check said of the episode when it was evaluated last."""

    asset: str
    name: str
    passed: bool
    said: str = ""


class ReportDecision(Record):
    """What a person was asked before money was spent, and what was said."""

    asset: str
    why: str
    estimate: str
    asked_at: datetime
    decision: str | None = None
    """None while nobody decided."""
    by: str | None = None
    at: datetime | None = None
    note: str | None = None


class ReportCorrection(Record):
    """What a person said instead of what was read."""

    about: str
    said: str
    by: str
    at: datetime


class ReportEvent(Record):
    """One thing that happened, as `ragtime watch` tells it."""

    at: datetime
    asset: str
    kind: str
    text: str = ""
    run_id: str = ""


class Circumstances(Record):
    """What is known of an episode beside its phases."""

    state: str = ""
    """What the episode is called now, as `ragtime status` says it."""
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    """When its first run was asked for."""
    ended_at: datetime | None = None
    """When something last happened to it before this report."""
    runs: tuple[ReportRun, ...] = ()
    """The newest first."""
    checks: tuple[ReportCheck, ...] = ()
    decisions: tuple[ReportDecision, ...] = ()
    corrections: tuple[ReportCorrection, ...] = ()
    events: tuple[ReportEvent, ...] = ()
    """The last twenty, the oldest first."""


class EpisodeReport(Circumstances, Artifact):
    """The report; `markdown` is its page for people."""

    asset: ClassVar[str] = "episode_report"
    schema_version: ClassVar[int] = 2
    upgrades: ClassVar[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {1: dict}
    files: ClassVar[Mapping[str, str]] = {"report": "md"}

    key: str
    url: str
    title: str | None
    show: str | None
    phases: tuple[PhaseLine, ...]
    unresolved: tuple[str, ...] = ()
    """What is left for somebody to do or to decide, a line each."""
    spent: str = ""
    """What its model calls came to, in words; empty when there were none."""
    markdown: str

    @property
    def complete(self) -> bool:
        """Whether every phase before the report is done."""
        return all(line.state == DONE for line in self.phases)

    def tells(self) -> Iterator[Fact]:
        """Whether the episode got through, what is left, and the page."""
        yield Fact("title", self.title or "unknown")
        yield Fact("complete", self.complete)
        yield Fact("state", self.state or "unknown")
        yield Fact("unresolved", len(self.unresolved))
        yield Fact("preview", Page(self.markdown))
