"""The typer app, and how an error ends it."""

from __future__ import annotations

import sys

import typer

from ragtime_assets.cli import asking, episodes, keeping, submitting
from ragtime_assets.cli.output import complain
from ragtime_assets.errors import ConfigurationError, InvalidSubmission, RagtimeError

FAILED = 1
USAGE = 2

app = typer.Typer(
    name="ragtime",
    help="Turns podcast episodes into a corpus that is searched, questioned and cited to the second.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for commands in (submitting, episodes, asking, keeping):
    commands.register(app)


def main() -> None:
    """Run a command; an error of ours becomes two lines on stderr and an exit code."""
    try:
        app()
    except RagtimeError as error:
        complain(error)
        sys.exit(USAGE if isinstance(error, ConfigurationError | InvalidSubmission) else FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
