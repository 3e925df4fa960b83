"""`ragtime stale`: what would come out different now, phase by phase, and what it takes to make it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.choosing import chosen
from ragtime_assets.cli.output import AsJson, console, say_json
from ragtime_assets.cli.rerunning import LastTime

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.staleness import Stale, Took

OfShow = Annotated[str | None, typer.Option("--show", help="Only of this show: its name or a part of it.")]


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(stale)


def stale(show: OfShow = None, as_json: AsJson = False) -> None:
    """What other code, prompts, models, vocabulary or corrections would change, and what that cost the last time."""
    from ragtime_assets.studio import Studio

    studio = Studio()
    found = stale_of(studio, (), show)
    if as_json:
        say_json(_document(found))
        return
    if not found.causes:
        console().print("Nothing is stale: everything is as it would be made now.")
        return
    _show(found)


def stale_of(studio: Studio, words: Sequence[str], show: str | None) -> Stale:
    """What is stale of the episodes that are meant; of all where none is named."""
    from ragtime_assets.studio.staleness import present_of, stale_in

    keys = None if not words and show is None else frozenset(chosen(studio, words, show, every=False))
    return stale_in(studio, present_of(studio), keys)


def at_most(found: Stale) -> LastTime:
    """What it takes to make it all again: the stale phases, and all that may follow."""
    return _together(
        len(found.causes), {**found.follow, **found.phases}, [*found.phases.values(), *found.follow.values()]
    )


def _together(episodes: int, phases: Iterable[str], took: Sequence[Took]) -> LastTime:
    cost = sum((one.cost for one in took), Decimal(0))
    return LastTime(episodes, tuple(phases), sum(one.seconds for one in took), cost, sum(one.unpriced for one in took))


def _show(found: Stale) -> None:
    from rich.table import Table

    table = Table("stale", "because of", box=None, header_style="bold", pad_edge=False)
    for column in ("episodes", "took", "cost"):
        table.add_column(column, justify="right")
    for asset, phase in found.phases.items():
        why = ", ".join(f"{cause} ({count:,})" for cause, count in sorted(phase.causes.items()))
        table.add_row(asset, why, *_figures(phase))
    for asset, took in found.follow.items():
        table.add_row(f"[dim]{asset}[/]", "[dim]only if what it reads changes[/]", *_figures(took))
    console().print(table)
    console().print(f"Stale: {_together(len(found.causes), found.phases, list(found.phases.values()))}", markup=False)
    if found.follow:
        console().print(f"With all that may follow: {at_most(found)}", markup=False)
    console().print("[dim]`ragtime redo --stale` makes it again.[/]")


def _figures(took: Took) -> Iterable[str]:
    one = _together(took.episodes, (), [took])
    return f"{took.episodes:,}", one.time, one.money


def _document(found: Stale) -> dict[str, Any]:
    return {
        "episodes": [
            {"key": key, "phases": {asset: list(why) for asset, why in found.causes[key].items()}} for key in found.keys
        ],
        "phases": [
            {"phase": asset, "causes": dict(sorted(phase.causes.items())), **_cost(phase)}
            for asset, phase in found.phases.items()
        ],
        "may_follow": [{"phase": asset, **_cost(took)} for asset, took in found.follow.items()],
    }


def _cost(took: Took) -> dict[str, Any]:
    return {
        "episodes": took.episodes,
        "seconds": round(took.seconds, 1),
        "usd": str(took.cost),
        "unpriced": took.unpriced,
    }
