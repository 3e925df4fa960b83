"""`ragtime export`: episodes as files for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.output import KEY_HELP, AsJson, complain, console, error_document, folder, say_json, stderr
from ragtime_assets.domain.figures import plural
from ragtime_assets.errors import InputMissing, InvalidSubmission

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.exporting import Exported


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(export)


def export(
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FOLDER", parser=folder, help="Where the files go; it is made if need be."),
    ],
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY", help=KEY_HELP, show_default=False)] = None,
    show: Annotated[str | None, typer.Option("--show", help="Every episode of this show.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every episode of the corpus.")] = False,
    chosen: Annotated[
        str,
        typer.Option(
            "--format",
            help="markdown: a note an episode, for Obsidian and the like. jsonl: passages.jsonl with a line a passage, "
            "episodes.jsonl with a line an episode. rttm: who speaks when. chapters, vtt, srt, txt: a file an episode.",
        ),
    ] = "markdown",
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Also replace and remove files that were edited since they were written."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write episodes into a folder as Markdown, JSONL, RTTM, chapters or captions; done again, it updates its files."""
    from ragtime_assets.adapters.storage.export_folder import ExportFolder
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.exporting import FORMATS, JSONL, Exporter

    known = [*FORMATS, JSONL]
    if chosen not in known:
        raise InvalidSubmission(f"{chosen!r} is not a format", remedy=f"The formats are: {', '.join(known)}.")
    studio = Studio()
    found = _wanted(studio, keys or [], show, everything=everything)
    goes_to = ExportFolder(to, overwrite=overwrite)
    with _progress(len(found)) as tell:
        exported = Exporter(studio, goes_to, tell).export(found, chosen, is_all=everything)
    unfit = None if exported.files or exported.kept or exported.errors else _nothing_fits(chosen)
    if as_json:
        errors = [error_document(error) for error in exported.errors]
        names = {"files": exported.files, "removed": exported.removed, "kept": exported.kept}
        say_json(
            {"folder": str(to), **names, "without": exported.unfit, "errors": errors}
            | ({"error": error_document(unfit)} if unfit else {})
        )
    else:
        _say(exported, len(found), chosen, to)
        if unfit:
            complain(unfit)
    if exported.errors or unfit:
        raise typer.Exit(1)


def _nothing_fits(chosen: str) -> InputMissing:
    return InputMissing(
        f"no episode that was named has what {chosen} is about",
        remedy="Speakers and chapters are known where the publisher names them; the other formats always fit.",
    )


def _wanted(studio: Studio, keys: Sequence[str], show: str | None, *, everything: bool) -> list[str]:
    """The episodes that are meant, the oldest first."""
    from ragtime_assets.domain.artifacts.transcript import Transcript

    if sum((bool(keys), show is not None, everything)) != 1:
        raise InvalidSubmission(
            "which episodes to export is not clear", remedy="Name KEYs, or a show with --show, or say --all."
        )
    if keys:
        return studio.names.keys(keys)
    named = studio.names.show(show) if show else None
    found = list(studio.artifact_index.titled(Transcript.asset, named))
    if not found:
        raise InputMissing(
            "no episode has a transcript yet", remedy="`ragtime status` tells where each episode stands."
        )
    return found


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int, str], None]]:
    """How far it is, on a terminal."""
    from rich.progress import Progress

    with Progress(console=stderr(), transient=True, disable=not stderr().is_terminal) as bar:
        task = bar.add_task("exporting", total=total)
        yield lambda done, key: bar.update(task, completed=done, description=key[:40])


def _say(exported: Exported, episodes: int, chosen: str, to: Path) -> None:
    from rich.markup import escape

    console().print(
        f"{plural(episodes, 'episode')}: {plural(len(exported.files), 'file')} written to {escape(str(to))}"
    )
    if exported.removed:
        console().print(f"{plural(len(exported.removed), 'file')} removed, of what is gone or is called otherwise now")
    if exported.kept:
        console().print(
            f"{plural(len(exported.kept), 'file')} with edits of your own left alone; --overwrite replaces:"
        )
        for name in exported.kept:
            console().print(f"  {escape(name)}", soft_wrap=True)
    if exported.unfit:
        console().print(f"{plural(len(exported.unfit), 'episode')} left out: nothing there for {chosen}")
    for error in exported.errors:
        complain(error)
