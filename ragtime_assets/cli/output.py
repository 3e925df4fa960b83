"""How commands speak: rich for people, one JSON document for programs."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.domain.text.lines import writable
from ragtime_assets.errors import InvalidSubmission, RagtimeError

if TYPE_CHECKING:
    from rich.console import Console

JSON_OPTION = "--json"
AsJson = Annotated[bool, typer.Option(JSON_OPTION, help="One JSON document on stdout, nothing else.")]
KEY_HELP = "An episode: its key, its title, or a part of either."
Key = Annotated[str, typer.Argument(metavar="KEY", help=KEY_HELP, show_default=False)]
Keys = Annotated[list[str], typer.Argument(metavar="KEY", help=KEY_HELP, show_default=False)]

_CONTROLS = re.compile("[\x7f-\x9f]")
"""What JSON leaves as it is, and a terminal obeys."""
STATE_STYLES = {
    "ready": "green",
    "done": "green",
    "kept": "green",
    "failed": "red",
    "unfinished": "yellow",
    "cancelled": "yellow",
    "running": "cyan",
    "working": "cyan",
    "queued": "blue",
    "waiting": "dim",
    "missing": "dim",
}


def folder(name: str) -> Path:
    """A folder that an option names; raises InvalidSubmission for the empty name that an unset variable leaves."""
    if not name.strip():
        raise InvalidSubmission("--to is empty, and names no folder", remedy="Name one: `--to .` is the current one.")
    return Path(name)


@cache
def console() -> Console:
    """Where people read."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


@cache
def stderr() -> Console:
    """Where people read what went wrong."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say_json(document: Any) -> None:
    """The one document, indented for people alone: with ten thousand episodes that takes a second."""
    indent = 2 if sys.stdout.isatty() else None
    text = json.dumps(document, ensure_ascii=False, indent=indent, default=str)
    typer.echo(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def hang(line: str, by: int = 2, *, markup: bool = True, style: str = "", out: Console | None = None) -> None:
    """Print a line; what does not fit on it goes on below, so many cells further in."""
    from rich.text import Text

    out = out or console()
    told = Text.from_markup(line, style=style) if markup else Text(line, style=style)
    first, rest = told.divide([by])
    lines = rest.wrap(out, max(out.width - max(by, first.cell_len), 1))
    for place, one in enumerate(lines):
        one.rstrip()
        out.print(Text.assemble(" " * by if place else first, one), soft_wrap=True)


def complain(error: RagtimeError) -> None:
    """What went wrong, and what to do."""
    from rich.markup import escape

    stderr().print(f"[red]{type(error).__name__}[/]: {escape(writable(error.message))}")
    first, *listed = writable(error.remedy).splitlines() or [""]
    stderr().print(f"[dim]What to do:[/] {escape(first)}")
    for one in listed:
        hang(one, 4, markup=False, out=stderr())


def error_document(error: RagtimeError) -> dict[str, Any]:
    """What went wrong, and what to do, as programs read it."""
    return {**error.details, "class": type(error).__name__, "message": error.message, "remedy": error.remedy}


def styled(state: str) -> str:
    """A state in its colour."""
    style = STATE_STYLES.get(state)
    return f"[{style}]{state}[/]" if style else state
