"""`ragtime status` and `ragtime watch`: where episodes stand, and how that is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.dates import since_date
from ragtime_assets.cli.entities import waiting_document, waiting_line
from ragtime_assets.cli.output import (
    KEY_HELP,
    AsJson,
    Key,
    complain,
    console,
    error_document,
    hang,
    say_json,
    styled,
)
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.states import EVIDENT, STATES, WAITING
from ragtime_assets.errors import DuplicateEpisode, HistoryUnreachable, InvalidSubmission

if TYPE_CHECKING:
    import dagster as dg

    from ragtime_assets.orchestration.looking import Seen
    from ragtime_assets.orchestration.moments import Moment
    from ragtime_assets.orchestration.standing import EpisodeStatus
    from ragtime_assets.settings import Settings
    from ragtime_assets.studio import Studio

ON_A_PAGE = 100
PROBLEMS = ("failed", "unfinished")
"""The states with which an episode does not get on by itself."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (status, watch):
        app.command()(command)


def status(
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help=f"{KEY_HELP} Shown with its phases.", show_default=False)
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what failed or is unfinished, with cause and remedy.")
    ] = False,
    show: Annotated[str | None, typer.Option("--show", help="Only this show: its name or a part of it.")] = None,
    state: Annotated[list[str] | None, typer.Option("--state", help="Only this state; repeatable.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Only what was submitted since.")] = None,
    page: Annotated[int, typer.Option("--page", min=1, help=f"Of {ON_A_PAGE} episodes; 1 has the newest.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Where each episode stands, from Dagster's history; --failed ends with 1 if there is any."""
    from ragtime_assets.orchestration.looking import look, status_document
    from ragtime_assets.studio import Studio

    studio = Studio()
    wanted = _Wanted.of(studio, failed=failed, show=show, states=state or (), since=since)
    if key is not None:
        seen = look(studio, studio.names.key(key))
    else:
        seen = look(studio, None, newest=ON_A_PAGE * page, counted=wanted.counted(shows_all=as_json))
    shown = seen.episodes if key is not None else list(filter(wanted.has, seen.episodes))
    if as_json:
        error = seen.unreachable
        beside = {"error": error_document(error)} if error else {"enrichment": waiting_document(studio)}
        say_json({"episodes": [status_document(one, studio.settings) for one in shown]} | beside)
    else:
        others = seen.others if wanted.is_all else {}
        _tell(seen, shown, studio.settings, page, others, is_one=key is not None, is_failed=failed)
        _tell_enrichment(studio, seen)
    if seen.unreachable is not None or (failed and shown):
        raise typer.Exit(1)


def watch(key: Key) -> None:
    """Follow one episode until it comes to rest."""
    from ragtime_assets.orchestration.watching import Watcher
    from ragtime_assets.studio import Studio

    studio = Studio()
    found = studio.names.key(key)
    with history_of(studio, [found]) as instance:
        watcher = Watcher(studio, instance, [found])
        for moment in watcher.moments():
            show_moment(moment)
        last = watcher.present()[0]
    if last.state in PROBLEMS:
        show_problem(last, studio.settings)
        raise typer.Exit(1)


@contextmanager
def history_of(studio: Studio, keys: Sequence[str] = ()) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance while the context is open; where it does not answer, what is known of `keys` without it."""
    from ragtime_assets.orchestration.instance import open_instance
    from ragtime_assets.orchestration.standing import unreachable

    try:
        with open_instance(studio.settings) as instance:
            yield instance
    except HistoryUnreachable:
        for key in keys:
            show_known(unreachable(studio, key), studio.settings)
        raise


def show_known(found: Sequence[EpisodeStatus], settings: Settings) -> None:
    """What the artifacts tell of episodes while Dagster's history does not answer: one with its phases, or a page."""
    if len(found) == 1:
        show_one(found[0], settings)
    else:
        show_all(found)


def show_all(found: Sequence[EpisodeStatus], page: int = 1, others: Mapping[str, int] | None = None) -> None:
    """A page of episodes, the newest last, and how many there are in each state, with `others` by state."""
    for one in _on_page(found, page):
        hang(f"{_state(one)}  {_named(one)}")
        console().print(f"  [dim]{one.key}[/]", soft_wrap=True)
    counts = Counter(one.state for one in found) + Counter(others)
    told = ", ".join(f"{count:,} {state}" for state, count in counts.most_common())
    console().print(f"\n{plural(counts.total(), 'episode')}: {told}")
    _show_place(counts.total(), page)
    if any(counts[state] for state in PROBLEMS):
        console().print("[dim]ragtime status --failed tells why, and what to do.[/]")


def show_one(one: EpisodeStatus, settings: Settings) -> None:
    """One episode, a line per phase."""
    from rich.table import Table

    console().print(f"[bold]{_named(one)}[/]  {_state(one)}\n[dim]{one.key}\n{one.url}[/]\n")
    table = Table(box=None, pad_edge=False)
    for column in ("phase", "state", "took", "engine"):
        table.add_column(column)
    for asset, phase in one.phases.items():
        took = "" if phase.seconds is None else f"{phase.seconds:.1f} s"
        table.add_row(asset, styled(phase.state), took, phase.engine or "")
    console().print(table)
    if one.error:
        console().print()
        show_problem(one, settings)


def show_problem(one: EpisodeStatus, settings: Settings) -> None:
    """Why an episode failed, and what to do."""
    from rich.markup import escape

    from ragtime_assets.orchestration.run_page import run_page

    hang(f"{_state(one)}  [bold]{_named(one)}[/]")
    console().print(f"  [dim]{one.key}[/]", soft_wrap=True)
    if one.error:
        hang(f"  {one.error.error_class}: {escape(one.error.message)}", 4)
        hang(f"  [dim]What to do:[/] {escape(one.error.remedy)}", 4)
    if one.run_id:
        console().print(f"  [dim]Run page: {run_page(settings, one.run_id)}[/]", soft_wrap=True)


def show_moment(moment: Moment) -> None:
    """One entry of a timeline; what does not fit on a line goes on below itself."""
    from rich.markup import escape
    from rich.table import Table

    entry = Table.grid(padding=(0, 1))
    for width in (8, 15, 9):
        entry.add_column(width=width, no_wrap=True)
    entry.add_column(overflow="fold")
    at = moment.at.astimezone().strftime("%H:%M:%S")
    entry.add_row(f"[dim]{at}[/]", moment.asset or "", styled(moment.kind), escape(moment.text))
    console().print(entry)


@dataclass(frozen=True)
class _Wanted:
    """Which episodes are to be shown."""

    states: frozenset[str]
    show: str | None
    since: datetime | None

    @classmethod
    def of(cls, studio: Studio, *, failed: bool, show: str | None, states: Sequence[str], since: str | None) -> _Wanted:
        """As the options say; a state or a show that there is not is refused."""
        for state in states:
            if state not in STATES:
                raise InvalidSubmission(f"{state!r} is not a state", remedy=f"The states are: {', '.join(STATES)}.")
        return cls(
            frozenset(states or STATES) & frozenset(PROBLEMS if failed else STATES),
            studio.names.show(show) if show else None,
            since_date(since) if since else None,
        )

    @property
    def is_all(self) -> bool:
        """Whether no option chooses among them."""
        return self.states == frozenset(STATES) and self.show is None and self.since is None

    def counted(self, *, shows_all: bool) -> frozenset[str]:
        """The states of which it is enough to say how many episodes they have, but for the newest."""
        if self.is_all:
            return frozenset() if shows_all else EVIDENT
        shown = self.states if self.show is None else self.states - {WAITING}  # those that wait are of no known show
        return EVIDENT - shown

    def has(self, one: EpisodeStatus) -> bool:
        """Whether this episode is one of them."""
        is_of_show = self.show is None or one.show == self.show
        return one.state in self.states and is_of_show and (self.since is None or one.submitted_at >= self.since)


def _tell(
    seen: Seen,
    shown: Sequence[EpisodeStatus],
    settings: Settings,
    page: int,
    others: Mapping[str, int],
    *,
    is_one: bool,
    is_failed: bool,
) -> None:
    if is_one:
        show_one(shown[0], settings)
    elif not shown and seen.unreachable is None:
        console().print(_nothing(len(seen.episodes) + sum(seen.others.values()), is_failed=is_failed))
    elif is_failed:
        _show_problems(shown, settings, page)
    elif shown:
        show_all(shown, page, others)
    if seen.unwatched and (others.get(WAITING) or any(one.state == WAITING for one in shown)):
        console().print(f"[dim]{seen.unwatched}[/]")
    if seen.unreachable is not None:
        complain(seen.unreachable)


def _tell_enrichment(studio: Studio, seen: Seen) -> None:
    """What waits beside the episodes; the database of a corpus that does not answer was told of already."""
    if seen.unreachable is not None or (line := waiting_line(studio)) is None:
        return
    console().print(f"[dim]{line}[/]")
    if seen.unwatched:
        console().print(f"[dim]{seen.unwatched}[/]")


def _nothing(count: int, *, is_failed: bool) -> str:
    if not count:
        return "No episode was submitted yet: ragtime submit URL"
    return "No episode failed." if is_failed else f"None of {plural(count, 'episode')} is such."


def _show_problems(found: Sequence[EpisodeStatus], settings: Settings, page: int) -> None:
    """A page of episodes with what is wrong with them, the newest last."""
    for one in _on_page(found, page):
        show_problem(one, settings)
    console().print(f"\n{plural(len(found), 'episode')}")
    _show_place(len(found), page)


def _on_page(found: Sequence[EpisodeStatus], page: int) -> Sequence[EpisodeStatus]:
    last = max(len(found) - (page - 1) * ON_A_PAGE, 0)
    return found[max(last - ON_A_PAGE, 0) : last]


def _show_place(count: int, page: int) -> None:
    pages = -(-count // ON_A_PAGE)
    if pages > 1:
        older = f"; --page {page + 1} has older ones" if page < pages else ""
        console().print(f"[dim]Page {page} of {pages}{older}; --json has them all.[/]")


def _named(one: EpisodeStatus) -> str:
    from rich.markup import escape

    named = " - ".join(part for part in (one.show, one.title) if part)
    return escape(named if len(named) <= 120 else named[:117] + "...") or "[dim]not read yet[/]"


def _state(one: EpisodeStatus) -> str:
    if one.state == DuplicateEpisode.state and one.error:
        return one.error.message
    return styled(one.state) + _at(one)


def _at(one: EpisodeStatus) -> str:
    """At which phase it is; a run that works on none may wait for the place where one episode at a time is heard."""
    if one.phase and one.state in PROBLEMS:
        return f" at {one.phase}"
    if one.phase and one.state == "running":
        return f" {one.phase}" if one.phases[one.phase].state == "running" else f", {one.phase} is next"
    return ""
