"""`ragtime schema`: the JSON Schema of every kind of file that is kept of an episode."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ragtime_assets.cli.output import console, folder, say_json
from ragtime_assets.domain.graph import ARTIFACTS, REPORT
from ragtime_assets.errors import InvalidSubmission


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(schema)


def schema(
    asset: Annotated[str, typer.Argument(metavar="ASSET", help="Of which asset.")] = REPORT,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FOLDER", parser=folder, help="Write those of all assets into this folder instead."
        ),
    ] = None,
) -> None:
    """The JSON Schema of an artifact's file, as this version writes it."""
    from ragtime_assets.domain.artifacts.schemas import form_of, schema_of

    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for name in ARTIFACTS:
            (to / form_of(name)).write_text(json.dumps(schema_of(name), indent=2) + "\n")
        console().print(f"{len(ARTIFACTS)} schemas in {to}")
        return
    if asset not in ARTIFACTS:
        raise InvalidSubmission(f"{asset!r} is no asset of an episode", remedy=f"They are: {', '.join(ARTIFACTS)}.")
    say_json(schema_of(asset))
