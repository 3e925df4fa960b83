"""`ragtime health`: what is broken now, by cause, and what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from ragtime_assets.cli.output import AsJson, complain, console, say_json
from ragtime_assets.errors import StoreUnavailable

if TYPE_CHECKING:
    from ragtime_assets.domain.facts import Table


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(health)


def health(as_json: AsJson = False) -> None:
    """What is broken now: failures by cause with their remedy, who waits, feeds that fail; exits 1 if there is any."""
    from ragtime_assets.domain.health import in_words, sections
    from ragtime_assets.orchestration.health import health_of, health_without_history
    from ragtime_assets.orchestration.looking import read_history
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.staleness import present_of

    studio, now = Studio(), datetime.now(UTC)
    present = present_of(studio)
    try:
        found = read_history(studio.settings, lambda records: health_of(studio, records, present, now))
    except StoreUnavailable as unreachable:  # our own tables still tell something, unless it is they
        found = health_without_history(studio, present, now, unreachable.message)
        complain(unreachable)
    if as_json:
        say_json(found.model_dump(mode="json") | {"needs_somebody": found.needs_somebody})
    else:
        console().print(in_words(found))
        for heading, table in sections(found):
            _show(heading, table)
        if found.nobody_looks:
            console().print(f"\n[yellow]{found.nobody_looks}[/]")
    if found.needs_somebody:
        raise typer.Exit(1)


def _show(heading: str, table: Table) -> None:
    """A line under its heading for each row; a terminal is too narrow for a table of words."""
    from rich.markup import escape

    console().print(f"\n[bold]{escape(heading)}[/]")
    for row in table.rows:
        first, *rest = row
        told = [f"[dim]{name}:[/] {escape(cell)}" for name, cell in zip(table.head[1:], rest, strict=True) if cell]
        console().print(f"  [bold]{escape(first)}[/]")
        for line in told:
            console().print(f"    {line}", soft_wrap=True)
