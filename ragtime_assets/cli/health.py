"""`ragtime health`: what is broken now, by cause, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from ragtime_assets.cli.output import AsJson, complain, console, hang, say_json
from ragtime_assets.errors import StoreUnavailable

if TYPE_CHECKING:
    from rich.table import Table as Grid

    from ragtime_assets.domain.facts import Table

_INDENT = 2
_SHORT = 24
"""Letters of what may stand beside other things on a line."""


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
        found = read_history(studio.settings, lambda records: health_of(studio, studio.index, records, present, now))
    except StoreUnavailable as unreachable:  # our own tables still tell something, unless it is they
        found = health_without_history(studio, studio.index, present, now, unreachable.message)
        complain(unreachable)
    if as_json:
        say_json(found.model_dump(mode="json") | {"needs_somebody": found.needs_somebody})
    else:
        console().print(in_words(found))
        for heading, table in sections(found):
            _show(heading, table)
        if found.is_held_up:
            console().print(f"\n[yellow]{found.nobody_looks}[/]")
        elif found.nobody_looks:
            console().print(f"\n[dim]Nothing waits now, so this is not wrong: {found.nobody_looks}[/]")
    if found.needs_somebody:
        raise typer.Exit(1)


def _show(heading: str, table: Table) -> None:
    """A table under its heading where the terminal is as wide; where it is not, lines for each row."""
    from rich.markup import escape
    from rich.padding import Padding

    out, grid = console(), _columns(table)
    out.print(f"\n[bold]{escape(heading)}[/]")
    if out.measure(grid).maximum <= out.width - _INDENT:
        out.print(Padding.indent(grid, _INDENT))
        return
    for first, *rest in table.rows:
        hang(f"  [bold]{escape(first)}[/]", 4)
        for line in _lines(zip(table.head[1:], rest, strict=True)):
            hang(f"    {line}", 6)


def _columns(table: Table) -> Grid:
    from rich.markup import escape
    from rich.table import Table as Grid

    grid = Grid(*table.head, box=None, header_style="dim", pad_edge=False)
    for row in table.rows:
        grid.add_row(*map(escape, row))
    return grid


def _lines(cells: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What a row tells: figures and words beside each other, each sentence on its own line."""
    from rich.markup import escape

    for is_short, some in groupby(cells, lambda cell: len(cell[1]) <= _SHORT):
        told = [f"[dim]{name}:[/] {escape(cell)}" for name, cell in some if cell]
        yield from filter(None, ["  ".join(told)] if is_short else told)
