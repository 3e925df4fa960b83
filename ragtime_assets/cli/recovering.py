"""Commands that keep a corpus from being lost, tidy it up, or remove it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.output import complain, console
from ragtime_assets.domain.figures import plural, size

if TYPE_CHECKING:
    from ragtime_assets.studio.restoring import Restored

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_UNREADABLE_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (backup, restore, migrate, clean, reset):
        app.command()(command)


def backup(
    target: Annotated[Path, typer.Argument(metavar="PATH", help="A folder, or a file whose name ends in .tar.")],
    no_audio: Annotated[bool, typer.Option("--no-audio", help="Leave the audio out; texts and vectors stay.")] = False,
) -> None:
    """Write the whole corpus into a folder or a tar, while it is at work: tables, artifacts, audio, run history."""
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.backing_up import back_up

    studio = Studio()
    manifest, lost = back_up(studio, target, audio=not no_audio, tell=_tell)
    if manifest.history is not None:
        console().print(f"Dagster's history is not in it: {manifest.history}.", markup=False)
    for error in lost[:_UNREADABLE_SHOWN]:
        complain(error)
    console().print(
        f"{target}: {plural(manifest.episodes, 'episode')}, {plural(len(manifest.files), 'file')}, "
        f"{size(manifest.size)}{'' if manifest.has_audio else ', without audio'}. It is whole.",
        markup=False,
        soft_wrap=True,
    )
    if lost:
        console().print(f"{plural(len(lost), 'blob')} could not be read and so are not in it.")
        raise typer.Exit(1)


def restore(
    source: Annotated[Path, typer.Argument(metavar="PATH", help="What `ragtime backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Although the corpus here is not empty; it goes.")] = False,
    as_new: Annotated[
        bool, typer.Option("--as-new", help="As a corpus of its own, which no backup of the other is restored over.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Make the corpus of a backup here, the search index too; `ragtime up` must not run."""
    from ragtime_assets.orchestration.restoring import restore_here
    from ragtime_assets.studio import Studio

    if replace and not yes:
        typer.confirm("Everything that is here goes and the backup takes its place. Do it?", abort=True)
    done = restore_here(Studio(), source, replace=replace, as_new=as_new, tell=_tell)
    _say_restored(done)
    if done.unreadable:
        raise typer.Exit(1)


def migrate() -> None:
    """Bring the tables to the schema of this version; `ragtime up` does it too. Back up first: there is no way back."""
    from ragtime_assets.corpus.database import SCHEMA_VERSION
    from ragtime_assets.studio import Studio

    before = Studio().database.migrate()
    if before == SCHEMA_VERSION:
        console().print(f"The tables have schema version {SCHEMA_VERSION} already.")
    else:
        console().print(f"The tables have schema version {SCHEMA_VERSION} now; before: {before or 'none'}.")


def clean(yes: Yes = False) -> None:
    """Remove files that no artifact names, and audio past RAGTIME_KEEP_AUDIO_DAYS, as `ragtime up` does every night."""
    from datetime import UTC, datetime

    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.tidying import look, tidy

    studio, now = Studio(), datetime.now(UTC)
    found = look(studio, now)
    if not found:
        console().print("Nothing is kept for nobody.")
        return
    if not yes:
        for line in found.lines():
            console().print(f"  {line}", soft_wrap=True)
        typer.confirm("Remove it?", abort=True)
    for line in tidy(studio, found, now).lines():
        console().print(f"removed {line}", soft_wrap=True)


def reset(yes: Yes = False) -> None:
    """Remove this corpus: episodes, audio, vectors, runs. It asks first, and spares what others have on the servers."""
    from ragtime_assets.orchestration.resetting import extent
    from ragtime_assets.orchestration.resetting import reset as reset_all
    from ragtime_assets.orchestration.resting import at_rest
    from ragtime_assets.studio import Studio

    studio = Studio()
    with at_rest(studio, "ragtime reset"):
        console().print("This goes:")
        for line in extent(studio).lines():
            console().print(f"  {line}", markup=False, soft_wrap=True)
        if not yes:
            typer.confirm("Remove it all?", abort=True)
        reset_all(studio)
    console().print("It is gone. Logs, settings and dagster.yaml stay.")


def _say_restored(done: Restored) -> None:
    for error in done.unreadable[:_UNREADABLE_SHOWN]:
        complain(error)
    manifest = done.manifest
    console().print(
        f"Here is the corpus as of {manifest.made_at:%Y-%m-%d %H:%M} UTC: {plural(manifest.episodes, 'episode')}."
    )
    if not manifest.has_audio:
        console().print("Without audio: `ragtime redo KEY --from audio_file` fetches it where it is needed again.")
    if not done.has_history:
        console().print(
            "Without Dagster's history: what is finished stays finished; what failed or waited is tried again."
        )
    if done.other_vectors:
        console().print(
            f"{plural(done.other_vectors, 'episode')} have vectors of another engine: `ragtime reindex --vectors`."
        )


def _tell(what: str) -> None:
    console().print(f"[dim]{what} ...[/]")
