"""Commands that act on episodes: run them again, correct them, stop them, forget them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.choosing import Every, OfShow, SomeKeys, chosen, refuse_those_at_work
from ragtime_assets.cli.choosing import failed as all_failed
from ragtime_assets.cli.output import Key, Keys, console
from ragtime_assets.cli.rerunning import LastTime, Yes, last_time
from ragtime_assets.cli.staleness import at_most, stale_of
from ragtime_assets.cli.status import history_of
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.graph import ARTIFACTS, REPORT, downstream
from ragtime_assets.domain.outstanding import outstanding
from ragtime_assets.errors import InvalidSubmission, TimedOut

if TYPE_CHECKING:
    from ragtime_assets.orchestration.cancelling import Cancelled
    from ragtime_assets.studio import Studio

Rebind = Annotated[bool, typer.Option("--rebind", help="Use the models that are set now.")]
Bind = Annotated[
    list[str] | None,
    typer.Option("--bind", metavar="PHASE=ENGINE", help="As in summary=openai:gpt-5-mini; kept by later retries."),
]
Correction = Annotated[str | None, typer.Option(show_default=False)]
NO_RUN = "nothing waits and no run is in flight"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (retry, redo, edit, cancel, forget):
        app.command()(command)


def retry(
    keys: SomeKeys = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that failed or are unfinished.")] = False,
    show: Annotated[str | None, typer.Option("--show", help="With --failed: only of this show.")] = None,
    error_class: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="CLASS",
            help="With --failed: only with this error, or all that is Transient, or Permanent.",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="With --failed: only submitted since.")
    ] = None,
    rebind: Rebind = False,
    bind: Bind = None,
) -> None:
    """Run what is outstanding of these episodes; finished phases are kept, and so are the first attempt's models."""
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.binding import bindings

    if failed is bool(keys) or (not failed and (show or error_class or since)):
        raise InvalidSubmission(
            "it is not said which episodes", remedy="Give KEY..., or --failed [--show --class --since]."
        )
    studio = Studio()
    found = all_failed(studio, show, error_class, since) if failed else studio.names.keys(keys or ())
    bound = bindings(studio, bind or ())
    studio.submissions.request(found, by=user_name(), rebind=rebind, bind=bound)
    _say_asked(studio, found, one_by_one=not failed)


def redo(
    keys: SomeKeys = None,
    *,
    from_phase: Annotated[
        str | None,
        typer.Option(
            "--from", help=f"The first phase to do again, and all that follow from it: {', '.join(ARTIFACTS)}."
        ),
    ] = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="What `ragtime stale` names, and what follows where that comes out other.")
    ] = False,
    show: OfShow = None,
    every: Every = False,
    bind: Bind = None,
    yes: Yes = False,
) -> None:
    """Do phases again although they are done, with the models that are set now: what cost money costs it again.

    What is missing is done too. It is said first what that took the last time, and asked where that is more than a
    little: several episodes, or money.
    """
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.binding import bindings

    if stale is (from_phase is not None):
        raise InvalidSubmission("it is not said what to do again", remedy="Give --from PHASE, or --stale.")
    if from_phase is None:
        _redo_stale(keys or (), show, bind or (), yes=yes)
        return
    if from_phase not in ARTIFACTS:
        raise InvalidSubmission(f"{from_phase!r} is not a phase", remedy=f"The phases are: {', '.join(ARTIFACTS)}.")
    assets = downstream(frozenset({from_phase, REPORT}))
    wanted = [asset for asset in ARTIFACTS if asset in assets]
    studio = Studio()
    found = chosen(studio, keys or (), show, every=every)
    bound = bindings(studio, bind or ())
    refuse_those_at_work(studio, found)
    _agree(last_time(studio, found, wanted), yes=yes)
    studio.submissions.request(found, by=user_name(), assets=wanted, rebind=True, bind=bound)
    _say_asked(studio, found, one_by_one=bool(keys))


def _redo_stale(keys: Sequence[str], show: str | None, bind: Sequence[str], *, yes: bool) -> None:
    """What is stale of these, of all where none are named."""
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.binding import bindings
    from ragtime_assets.studio.staleness import ask_for

    studio = Studio()
    bound = bindings(studio, bind)
    found = stale_of(studio, keys, show)
    if not found.causes:
        console().print("Nothing is stale, or it is asked for already.")
        return
    refuse_those_at_work(studio, found.keys)
    _agree(at_most(found), yes=yes)
    ask_for(studio, found, user_name(), bound)
    _say_asked(studio, found.keys, one_by_one=False)


def _agree(took: LastTime, *, yes: bool) -> None:
    """Say what it took the last time, and ask where that is more than a little."""
    console().print(str(took), markup=False)
    if not yes and took.is_much:
        typer.confirm("Do it?", abort=True)


def edit(
    key: Key,
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
    found = studio.names.key(key)
    redone = redone_for([*given, *(withdraw or ())])
    again = [asset for asset in ARTIFACTS if asset in redone]
    studio.corrections.correct(found, checked_corrections(given), by, withdraw or (), again)
    _say_asked(studio, [found])


def cancel(keys: Keys) -> None:
    """Stop the runs of these episodes and withdraw what waits for one; finished phases are kept."""
    from ragtime_assets.orchestration.cancelling import cancel_runs
    from ragtime_assets.studio import Studio

    studio = Studio()
    found = studio.names.keys(keys)
    with history_of(studio, found) as instance:
        for key in found:
            withdrawn = studio.submissions.withdraw(key)
            _say_cancelled(studio, key, withdrawn, cancel_runs(studio, instance, key))


def forget(
    keys: Keys,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove everything that was made of these episodes; Dagster's own history keeps keys and timings."""
    from ragtime_assets.orchestration.forgetting import forget as forget_one
    from ragtime_assets.studio import Studio

    studio = Studio()
    half = frozenset(studio.tombstones.unfinished())
    found = [word if studio.tombstones.there(word) else studio.names.key(word) for word in dict.fromkeys(keys)]
    there = [key for key in found if key in half or not studio.tombstones.there(key)]
    if there and not yes:
        for key in there:
            console().print(studio.names.title(key) or "not read yet", markup=False, soft_wrap=True)
            console().print(f"  [dim]{key}[/]", soft_wrap=True)
        typer.confirm(f"Remove all that was made of {'it' if len(there) == 1 else 'them'}?", abort=True)
    for key in found:
        if key not in there:
            console().print(f"{key}: forgotten already, nothing is left of it")
    with history_of(studio, found) as instance:
        for key in there:
            gone = forget_one(studio, instance, key)
            removed = f"{plural(gone.artifacts, 'artifact')} and {plural(gone.blobs, 'file')}"
            console().print(f"{key}: removed {removed}, its passages, vectors and mentions")


def _say_cancelled(studio: Studio, key: str, withdrawn: int, cancelled: Sequence[Cancelled]) -> None:
    """What of an episode ends now; raises for a run that does not."""
    from ragtime_assets.orchestration.run_page import run_page

    if withdrawn:
        console().print(f"{key}: {plural(withdrawn, 'request')} withdrawn")
    elif not cancelled:
        console().print(f"{key}: {NO_RUN}")
    for run in cancelled:
        also = f", and with it {plural(len(run.others), 'episode')}: {', '.join(run.others)}"
        console().print(f"{key}: stopping {run.run_id}{also if run.others else ''}", soft_wrap=True)
    for run in cancelled:
        if not run.stops:
            raise TimedOut(
                f"run {run.run_id} of {key} was told to stop and works on",
                remedy=f"End its process on the machine where it runs: {run_page(studio.settings, run.run_id)}",
            )


def _say_asked(studio: Studio, keys: Sequence[str], *, one_by_one: bool = True) -> None:
    """What the sensor will find outstanding, as far as it can be said without Dagster's history."""
    if not one_by_one:
        console().print(f"asked for {plural(len(keys), 'run')}; `ragtime status` tells where they are", markup=False)
        return
    made, wishes = studio.artifact_index.of(keys), studio.submissions.wishes(keys)
    for key in dict.fromkeys(keys):
        todo = outstanding(made.get(key, {}), wishes[key], {})
        told = ", ".join(todo) or "what failed since it was made, if anything did; nothing is missing"
        console().print(f"{key}: asked for {told}")
