"""Commands about episodes: where they stand, what happens to them, running them again, stopping them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import AsJson, complain, console, say_json, styled
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.graph import ARTIFACTS, REPORT, downstream
from ragtime_assets.domain.outstanding import outstanding
from ragtime_assets.errors import DuplicateEpisode, InvalidSubmission, StoreUnavailable

if TYPE_CHECKING:
    import dagster as dg

    from ragtime_assets.orchestration.status import EpisodeStatus
    from ragtime_assets.orchestration.watching import Moment
    from ragtime_assets.settings import Settings
    from ragtime_assets.studio import Studio

Keys = Annotated[list[str], typer.Argument(help="Partition keys.", show_default=False)]
Rebind = Annotated[bool, typer.Option("--rebind", help="Use the models that are set now.")]
Correction = Annotated[str | None, typer.Option(show_default=False)]
MOST_SHOWN = 100
PROBLEMS = ("failed", "unfinished")
"""The states with which an episode does not get on by itself."""
NO_RUN = "no run is in flight; what waits starts when `ragtime up` runs"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (status, watch, retry, redo, edit, cancel, forget):
        app.command()(command)


def status(
    key: Annotated[str | None, typer.Argument(help="One episode, with its phases.", show_default=False)] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what failed or is unfinished, with cause and remedy.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Where each episode stands, from Dagster's history."""
    from ragtime_assets.studio import Studio

    studio = Studio()
    seen = _look(studio, key)
    shown = [one for one in seen.episodes if one.state in PROBLEMS] if failed else seen.episodes
    if as_json:
        say_json({"episodes": [_document(one) for one in shown]})
    elif key is not None:
        show_one(seen.episodes[0], studio.settings)
    elif failed:
        for one in shown:
            show_problem(one, studio.settings)
        if not shown and seen.unreachable is None:
            console().print("No episode failed.")
    else:
        show_all(seen.episodes)
    if not as_json and seen.unwatched and any(one.state == "waiting" for one in shown):
        console().print(f"[dim]{seen.unwatched}[/]")
    if seen.unreachable is not None:
        complain(seen.unreachable)
        raise typer.Exit(1)


def watch(key: Annotated[str, typer.Argument(help="Partition key.", show_default=False)]) -> None:
    """Follow one episode until it comes to rest."""
    from ragtime_assets.orchestration.watching import Watcher
    from ragtime_assets.studio import Studio

    studio = Studio()
    studio.submissions.episode(key)
    with history_of(studio) as instance:
        watcher = Watcher(studio, instance, [key])
        for moment in watcher.moments():
            show_moment(moment)
        last = watcher.present()[0]
    if last.state in PROBLEMS:
        show_problem(last, studio.settings)
        raise typer.Exit(1)


def retry(keys: Keys, rebind: Rebind = False) -> None:
    """Run what is outstanding of these episodes; finished phases are kept, and so are the first attempt's models."""
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    studio = Studio()
    studio.submissions.request(keys, by=user_name(), rebind=rebind)
    _say_asked(studio, keys)


def redo(
    keys: Keys,
    from_phase: Annotated[
        str,
        typer.Option(
            "--from", help=f"The first phase to do again, and all that follow from it: {', '.join(ARTIFACTS)}."
        ),
    ],
) -> None:
    """Do phases again although they are done, with the models that are set now: what cost money costs it again.

    What is missing is done too.
    """
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    if from_phase not in ARTIFACTS:
        raise InvalidSubmission(f"{from_phase!r} is not a phase", remedy=f"The phases are: {', '.join(ARTIFACTS)}.")
    assets = downstream(frozenset({from_phase, REPORT}))
    wanted = [asset for asset in ARTIFACTS if asset in assets]
    studio = Studio()
    studio.submissions.request(keys, by=user_name(), assets=wanted, rebind=True)
    _say_asked(studio, keys)


def edit(
    key: Annotated[str, typer.Argument(help="Partition key.", show_default=False)],
    title: Correction = None,
    show: Correction = None,
    description: Correction = None,
    published: Annotated[str | None, typer.Option(help="A date, or a date and time.")] = None,
    canonical_url: Annotated[str | None, typer.Option(help="The episode's own page.")] = None,
    season: Annotated[int | None, typer.Option()] = None,
    episode: Annotated[int | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option(help="Such as en; what is heard and read is done again.")] = None,
    audio_url: Annotated[str | None, typer.Option(help="Tried first; what is heard and read is done again.")] = None,
    withdraw: Annotated[list[str] | None, typer.Option(help="A correction to take back, such as title.")] = None,
) -> None:
    """Correct what was read of an episode; corrections survive every new reading."""
    from ragtime_assets.domain.episode.corrections import Corrections, checked_corrections
    from ragtime_assets.domain.graph import redone_for
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio

    given = {name: value for name, value in locals().items() if name in Corrections.model_fields and value is not None}
    unknown = sorted(set(withdraw or ()) - set(Corrections.model_fields))
    if unknown:
        raise InvalidSubmission(
            f"{unknown[0]!r} cannot be corrected", remedy=f"What can be: {', '.join(Corrections.model_fields)}."
        )
    if not given and not withdraw:
        raise InvalidSubmission("nothing to correct is named", remedy="ragtime edit --help names what can be.")
    studio, by = Studio(), user_name()
    studio.submissions.episode(key)
    studio.corrections.correct(key, checked_corrections(given), by)
    studio.corrections.withdraw(key, withdraw or ())
    again = redone_for([*given, *(withdraw or ())])
    studio.submissions.request([key], by=by, assets=[asset for asset in ARTIFACTS if asset in again])
    _say_asked(studio, [key])


def cancel(keys: Keys) -> None:
    """Stop the runs of these episodes; finished phases are kept."""
    from ragtime_assets.orchestration.cancelling import cancel_runs
    from ragtime_assets.studio import Studio

    studio = Studio()
    for key in keys:
        studio.submissions.episode(key)
    with history_of(studio) as instance:
        for key in keys:
            stopped = cancel_runs(studio, instance, key)
            console().print(f"{key}: " + (f"stopping {', '.join(stopped)}" if stopped else NO_RUN))


def forget(keys: Keys) -> None:
    """Remove everything that was made of these episodes; Dagster's own history keeps keys and timings."""
    from ragtime_assets.orchestration.forgetting import forget as forget_one
    from ragtime_assets.studio import Studio

    studio = Studio()
    with history_of(studio) as instance:
        for key in keys:
            gone = forget_one(studio, instance, key)
            removed = f"{plural(gone.artifacts, 'artifact')} and {plural(gone.blobs, 'file')}"
            console().print(f"{key}: removed {removed}, its passages, vectors and mentions")


@contextmanager
def history_of(studio: Studio) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance while the context is open."""
    from ragtime_assets.orchestration.history import storage_errors_named
    from ragtime_assets.orchestration.instance import open_instance

    with storage_errors_named(), open_instance(studio.settings) as instance:
        yield instance


def show_all(found: Sequence[EpisodeStatus]) -> None:
    """The newest episodes, and how many there are in each state."""
    if not found:
        console().print("No episode was submitted yet: ragtime submit URL")
        return
    for one in found[-MOST_SHOWN:]:
        console().print(f"{_state(one)}  {_named(one)}")
        console().print(f"  [dim]{one.key}[/]", soft_wrap=True)
    counts = Counter(one.state for one in found)
    told = ", ".join(f"{count:,} {state}" for state, count in counts.most_common())
    console().print(f"\n{plural(len(found), 'episode')}: {told}")
    if len(found) > MOST_SHOWN:
        console().print(f"[dim]The newest {MOST_SHOWN} are shown; ragtime status --json has them all.[/]")
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

    from ragtime_assets.orchestration.instance import run_page

    console().print(f"[bold]{one.key}[/] {_state(one)}")
    if one.error:
        console().print(f"  {one.error.error_class}: {escape(one.error.message)}")
        console().print(f"  [dim]What to do:[/] {escape(one.error.remedy)}")
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
class _Seen:
    """The episodes, and what is to be said of Dagster beside them."""

    episodes: Sequence[EpisodeStatus]
    unwatched: str | None = None
    unreachable: StoreUnavailable | None = None


def _look(studio: Studio, key: str | None) -> _Seen:
    from ragtime_assets.orchestration.status import statuses, unreachable, unwatched

    try:
        with history_of(studio) as instance:
            return _Seen(statuses(studio, instance, key), unwatched(instance))
    except StoreUnavailable as error:  # the artifacts still tell something, unless it is their database
        return _Seen(unreachable(studio, key), unreachable=error)


def _say_asked(studio: Studio, keys: Sequence[str]) -> None:
    """What the sensor will find outstanding, as far as it can be said without Dagster's history."""
    made, wishes = studio.artifact_index.of(keys), studio.submissions.wishes(keys)
    for key in dict.fromkeys(keys):
        todo = outstanding(made.get(key, {}), wishes[key], {})
        told = ", ".join(todo) or "what failed since it was made, if anything did; nothing is missing"
        console().print(f"{key}: asked for {told}")


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


def _document(one: EpisodeStatus) -> dict[str, Any]:
    error = one.error
    return {
        "key": one.key,
        "url": one.url,
        "title": one.title,
        "show": one.show,
        "state": one.state,
        "phase": one.phase,
        "error": {"class": error.error_class, "message": error.message, "remedy": error.remedy} if error else None,
        "phases": {
            asset: {
                "state": phase.state,
                "at": phase.at.isoformat() if phase.at else None,
                "engine": phase.engine,
                "seconds": phase.seconds,
            }
            for asset, phase in one.phases.items()
        },
    }
