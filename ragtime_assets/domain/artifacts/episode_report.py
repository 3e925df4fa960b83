"""What happened to one episode, for machines and for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.facts import Fact, Page

DONE, FAILED, MISSING = "done", "failed", "missing"


class PhaseLine(Record):
    """How one phase ended."""

    asset: str
    state: str
    """Done, failed, the state of the episode where the phase halted, or why it is still to be done."""
    halted: bool = False
    at: datetime | None = None
    engine: str | None = None
    seconds: float | None = None
    facts: str = ""
    error_class: str | None = None
    error: str | None = None
    remedy: str | None = None
    trace: str | None = None
    """Where every step that the phase tried is kept."""


class EpisodeReport(Artifact):
    """The report; `markdown` is its page for people."""

    asset: ClassVar[str] = "episode_report"
    files: ClassVar[Mapping[str, str]] = {"report": "md"}

    key: str
    url: str
    title: str | None
    show: str | None
    phases: tuple[PhaseLine, ...]
    spent: str = ""
    """What its model calls came to, in words; empty when there were none."""
    markdown: str

    @property
    def complete(self) -> bool:
        """Whether every phase before the report is done."""
        return all(line.state == DONE for line in self.phases)

    def tells(self) -> Iterator[Fact]:
        """Whether the episode got through, and the page."""
        yield Fact("title", self.title or "unknown")
        yield Fact("complete", self.complete)
        yield Fact("preview", Page(self.markdown))
