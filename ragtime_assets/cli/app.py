"""The typer app, and how an error ends it."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any

import typer
from typer.main import get_command

from ragtime_assets import __version__
from ragtime_assets.cli import (
    answering,
    approving,
    asking,
    configuring,
    costs,
    doctor,
    entities,
    episodes,
    exporting,
    feeds,
    health,
    history,
    keeping,
    names,
    recovering,
    reindexing,
    schemas,
    serving,
    showing,
    staleness,
    status,
    submitting,
)
from ragtime_assets.cli.output import JSON_OPTION, complain, error_document, say_json
from ragtime_assets.domain.folders import not_ours
from ragtime_assets.errors import ConfigurationError, InvalidSubmission, RagtimeError

FAILED = 1
USAGE = 2
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a disk answers on which the output goes to a file."""

app = typer.Typer(
    name="ragtime",
    help="Turns podcast episodes into a corpus that is searched, questioned and cited to the second.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for commands in (
    submitting,
    feeds,
    status,
    health,
    history,
    episodes,
    approving,
    showing,
    exporting,
    entities,
    asking,
    answering,
    serving,
    names,
    keeping,
    recovering,
    reindexing,
    schemas,
    costs,
    staleness,
    configuring,
    doctor,
):
    commands.register(app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ragtime {__version__}")
        raise typer.Exit


@app.callback()
def _every_command(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version.")
    ] = False,
) -> None:
    """Turns podcast episodes into a corpus that is searched, questioned and cited to the second."""


@cache
def _command() -> Callable[..., Any]:
    return get_command(app)


def main(words: Sequence[str] | None = None) -> None:
    """Run a command, by default the one that was typed; an error of ours becomes two lines and an exit code.

    To a program, which asked for JSON, every error is one document, what is wrong with its usage too.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter shows a mark in its place
    if sys.stdin is None:  # Python's, where it was closed; a question is then answered as by nobody
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())  # what matters is raised; Ctrl-C wants no lines
    try:
        _run(sys.argv[1:] if words is None else words)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno not in FULL or error.filename is not None:
            raise
        _stop_saying()
        typer.echo(f"What was to be shown could not be written: {error.strerror}.", err=True)
        sys.exit(FAILED)


def _stop_saying() -> None:
    """Lose what is still to be written, which Python would try once more at its end."""
    with open(os.devnull, "w", encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


@contextmanager
def _places_named() -> Iterator[None]:
    """What the system says of a file or a folder that this user may not use, as an error of ours."""
    try:
        yield
    except OSError as error:
        raise not_ours(error) or error from error


def _run(typed: Sequence[str]) -> None:
    for_programs = JSON_OPTION in typed
    try:
        with _places_named():
            sys.exit(_command()(typed, standalone_mode=not for_programs))
    except typer.TyperException as error:
        say_json({"error": {"class": "Usage", "message": error.format_message(), "remedy": "ragtime --help"}})
        sys.exit(error.exit_code)
    except RagtimeError as error:
        if for_programs:
            say_json({"error": error_document(error)})
        else:
            complain(error)
        sys.exit(USAGE if isinstance(error, ConfigurationError | InvalidSubmission) else FAILED)
