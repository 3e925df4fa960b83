"""The typer app, and how an error ends it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from ragtime_assets.cli import asking, costs, doctor, episodes, feeds, keeping, submitting
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
for commands in (submitting, feeds, episodes, asking, keeping, costs, doctor):
    commands.register(app)


def main(words: Sequence[str] | None = None) -> None:
    """Run a command, by default the one that was typed; an error of ours becomes two lines and an exit code."""
    try:
        app(words)
    except RagtimeError as error:
        complain(error)
        sys.exit(USAGE if isinstance(error, ConfigurationError | InvalidSubmission) else FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
