"""`ragtime reindex`: the artifact index, or the vector index, made anew from the artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.output import complain, console
from ragtime_assets.domain.figures import plural

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.reindexing import Plan


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(reindex)


def reindex(
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Make the vector index anew, with the engine of RAGTIME_EMBEDDER.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Bring the artifact index to what the artifact files say, or make the vector index anew."""
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.asked import asked

    with asked("run this again"):
        if vectors:
            _reindex_vectors(Studio(), yes=yes)
        else:
            _reindex_artifacts(Studio())


def _reindex_artifacts(studio: Studio) -> None:
    from ragtime_assets.studio.reindexing import reindex_artifacts

    done = reindex_artifacts(studio)
    for error in done.unreadable:
        complain(error)
    console().print(f"{done.artifacts:,} artifacts are in the index")
    if done.dropped:
        console().print(f"{plural(done.dropped, 'row')} without a file dropped: ragtime status tells what is missing")
    console().print(
        "[dim]`ragtime reindex --vectors` makes the vector index anew: from the artifacts, it pays nothing.[/]"
    )
    if done.unreadable:
        raise typer.Exit(1)


def _reindex_vectors(studio: Studio, *, yes: bool) -> None:
    from ragtime_assets.settings import user_name
    from ragtime_assets.studio.reindexing import ask, plan, rebuild

    wanted = plan(studio)
    if not wanted.embedded and not wanted.lacking:
        console().print("Nothing is published yet, so there is nothing to make anew.")
        return
    if wanted.lacking:
        console().print(_price_told(wanted), markup=False)
        if not yes:
            typer.confirm("Do it?", abort=True)
    failed = rebuild(studio, wanted, _told)
    for error in failed.values():
        complain(error)
    if wanted.lacking:
        asked = ask(studio, wanted, user_name())
        console().print(
            f"Asked for {plural(asked, 'run')}. Searches ask the index of before until the last episode is in the new "
            "one; `ragtime doctor` tells how many are left.",
        )
    elif not failed:
        console().print(f"The vector index is made anew with {wanted.kind.engine}, and answers.", markup=False)
    studio.index.vectors.sweep()
    if failed:
        console().print(f"{plural(len(failed), 'episode')} could not be read: until then the index of before answers.")
        raise typer.Exit(1)


def _price_told(wanted: Plan) -> str:
    """What changing the engine takes, before anybody is asked."""
    from ragtime_assets.domain.money.spending import dollars

    before = f"The index answers with {wanted.live.kind.engine}. " if wanted.live else ""
    amount = wanted.cost.amount
    price = "costs nothing" if not amount else f"costs about {dollars(amount)}"
    if amount is None:
        price = "has no known price: name one in the file of RAGTIME_PRICES, and budgets hold by it"
    waiting = f" ({len(wanted.asked):,} wait for it already)" if wanted.asked else ""
    return (
        f"{before}RAGTIME_EMBEDDER is {wanted.kind.engine} now: {plural(len(wanted.lacking), 'episode')}{waiting} with "
        f"{plural(wanted.chunks, 'passage')} have to be embedded with it. That takes about {_time(wanted.seconds)} and "
        f"{price}. {plural(len(wanted.embedded), 'episode')} have such vectors already."
    )


def _told(done: int, of: int) -> None:
    console().print(f"[dim]{done:,} of {plural(of, 'episode')}[/]")


def _time(seconds: float) -> str:
    return f"{max(seconds, 1):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
