"""What is broken now in the whole corpus, and what to do about it: counts that are exact, samples that are capped.

The asset `corpus_health` and `ragtime health` show the same `Health`; what it is gathered from is in
`orchestration/health.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.facts import Table
from ragtime_assets.domain.phase_failure import PhaseFailure

SAMPLE = 5
"""Of the episodes that one cause stopped; all of them are counted."""
_LONGEST = 300


class Cause(Record):
    """Something that keeps episodes from going on, by the class of the error or the state in which they wait."""

    cause: str
    phase: str
    episodes: int
    said: str
    """What the first of them says."""
    remedy: str
    sample: tuple[str, ...]
    """The keys of a few of them."""


class FailingFeed(Record):
    """A feed whose last poll failed."""

    url: str
    failures: int
    """In a row."""
    error: str


class ToolOutcomes(Record):
    """What a tier, an index, a page reader or a tool of an agent came to at a host, over all attempts."""

    asset: str
    tool: str
    host: str
    ok: int
    failed: int


class StaleArtifacts(Record):
    """Artifacts that would be made otherwise now; they are finished all the same."""

    asset: str
    episodes: int
    causes: Mapping[str, int]
    """Of how many the code, prompt, model, vocabulary or a correction is another now."""


class Told(Record):
    """Something that is wrong, in words."""

    said: str
    remedy: str


class UntoldCause(Record):
    """Failures that people could not be told of."""

    cause: str
    episodes: int
    error: str


class Approvals(Record):
    """What became of the questions to people, one for each episode: the newest."""

    waiting: int = 0
    approved: int = 0
    rejected: int = 0
    waiting_since: datetime | None = None


class Health(Record):
    """The corpus, as one look finds it."""

    at: datetime
    episodes: int
    searchable: int
    in_flight: int
    """Episodes of which a run works or waits to."""
    waiting: int
    """Episodes of which a request waits for its run."""
    failed: tuple[Cause, ...] = ()
    halted: tuple[Cause, ...] = ()
    unfinished: int = 0
    """Episodes that no search finds, that nothing is about to go on with, and that say no cause."""
    unfinished_sample: tuple[str, ...] = ()
    approvals: Approvals = Approvals()
    feeds: tuple[FailingFeed, ...] = ()
    feeds_failing: int = 0
    feeds_followed: int = 0
    stale: tuple[StaleArtifacts, ...] = ()
    tools: tuple[ToolOutcomes, ...] = ()
    unpublished: int = 0
    """Episodes that were embedded and are not published, or not as they are now."""
    vectors: Told | None = None
    """What is wrong with the index of vectors as a whole."""
    leftovers: int = 0
    """Scratch files of processes that are gone."""
    untold: tuple[UntoldCause, ...] = ()
    nobody_looks: str | None = None
    """Why nothing that waits is started."""
    unreachable: str | None = None
    """Why nobody knows what failed, is in flight or unfinished: Dagster's history does not answer."""

    @property
    def needs_somebody(self) -> bool:
        """Whether something here does not come right by itself."""
        return bool(
            self.failed
            or self.unfinished
            or self.approvals.waiting
            or self.feeds
            or self.untold
            or self.vectors
            or self.unreachable
            or self.is_held_up
        )

    @property
    def is_held_up(self) -> bool:
        """Whether something waits that nobody starts."""
        return bool(self.nobody_looks and (self.waiting or self.in_flight))


@dataclass(frozen=True)
class Stopped:
    """An episode, and what keeps one of its phases from being done."""

    key: str
    phase: str
    failure: PhaseFailure


def causes(stopped: Iterable[Stopped]) -> tuple[Cause, ...]:
    """What keeps episodes from going on, the most common first; each with its count, and a few of the episodes."""
    groups: dict[tuple[str, str], list[Stopped]] = {}
    for one in stopped:
        groups.setdefault((one.failure.halt or one.failure.error_class, one.phase), []).append(one)
    found = (_cause(name, phase, sorted(some, key=lambda one: one.key)) for (name, phase), some in groups.items())
    return tuple(sorted(found, key=lambda one: (-one.episodes, one.cause, one.phase)))


def _cause(name: str, phase: str, some: Sequence[Stopped]) -> Cause:
    first = some[0]
    return Cause(
        cause=name,
        phase=phase,
        episodes=len(some),
        said=first.failure.message[:_LONGEST],
        remedy=first.failure.remedy.replace(first.key, "KEY"),
        sample=tuple(one.key for one in some[:SAMPLE]),
    )


def in_words(health: Health) -> str:
    """The corpus in one line, without what only Dagster's history tells where that does not answer."""
    of_history = {
        "failed": sum(one.episodes for one in health.failed),
        "unfinished": health.unfinished,
        "in flight": health.in_flight,
    }
    told = {"wait for approval": health.approvals.waiting, "waiting": health.waiting}
    known = told if health.unreachable else of_history | told
    first = f"{health.searchable:,} of {health.episodes:,} episodes can be searched"
    return ", ".join([first, *(f"{count:,} {name}" for name, count in known.items())])


def sections(health: Health) -> Iterator[tuple[str, Table]]:
    """What there is to tell, under its headings; what is in order has none."""
    yield from _if_any("What failed", _CAUSES, map(_cause_row, health.failed))
    yield from _if_any("What waits or stopped", _CAUSES, map(_cause_row, health.halted))
    if health.vectors:
        yield "The index of vectors", Table(("said", "what to do"), ((health.vectors.said, health.vectors.remedy),))
    if health.unfinished:
        row = (f"{health.unfinished:,}", ", ".join(health.unfinished_sample), "ragtime retry KEY")
        yield "Unfinished", Table(("episodes", "among them", "what to do"), (row,))
    if health.approvals.waiting:
        since = health.approvals.waiting_since
        oldest = f"{since:%Y-%m-%d %H:%M} UTC" if since else ""
        row = (f"{health.approvals.waiting:,}", oldest, "ragtime approve, or ragtime reject")
        yield "Waiting for approval", Table(("episodes", "the first since", "what to do"), (row,))
    yield from _if_any(
        f"Feeds that fail ({health.feeds_failing:,} of {health.feeds_followed:,})",
        ("feed", "times", "said"),
        ((one.url, str(one.failures), one.error) for one in health.feeds),
    )
    yield from _if_any(
        "Failures that nobody could be told of",
        ("cause", "episodes", "said"),
        ((one.cause, f"{one.episodes:,}", one.error) for one in health.untold),
    )
    yield from _if_any(
        "Would be made otherwise now",
        ("asset", "episodes", "because of", "what to do"),
        (
            (
                one.asset,
                f"{one.episodes:,}",
                ", ".join(f"{cause} ({count:,})" for cause, count in one.causes.items()),
                "`ragtime stale` tells the cost, `ragtime redo --stale` makes it again",
            )
            for one in health.stale
        ),
    )
    yield from _if_any(
        "What was tried where",
        ("phase", "what", "host", "ok", "failed"),
        ((one.asset, one.tool, one.host, f"{one.ok:,}", f"{one.failed:,}") for one in health.tools),
    )
    yield from _if_any("Left over", ("what", "how many", "what to do"), _left_over(health))


_CAUSES = ("cause", "phase", "episodes", "said", "what to do", "among them")


def _cause_row(one: Cause) -> tuple[str, ...]:
    return (one.cause, one.phase, f"{one.episodes:,}", one.said, one.remedy, ", ".join(one.sample))


def _left_over(health: Health) -> Iterator[tuple[str, ...]]:
    if health.unpublished:
        yield ("episodes that are not in the index as they are", f"{health.unpublished:,}", "ragtime retry KEY")
    if health.leftovers:
        yield ("scratch files of dead processes", f"{health.leftovers:,}", "`ragtime up` removes them")


def _if_any(heading: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, Table]]:
    told = tuple(rows)
    if told:
        yield heading, Table(head, told)
