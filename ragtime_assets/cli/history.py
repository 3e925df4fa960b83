"""`ragtime history`: every run of one episode, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ragtime_assets.cli.output import AsJson, Key, console, hang, say_json, styled
from ragtime_assets.cli.status import history_of
from ragtime_assets.domain.history import RUNS_TOLD

if TYPE_CHECKING:
    from ragtime_assets.orchestration.episode_runs import PastRun
    from ragtime_assets.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(history)


def history(key: Key, as_json: AsJson = False) -> None:
    """Every run of an episode, the newest first: when, which attempt, what it made, and why it stopped."""
    from rich.markup import escape

    from ragtime_assets.orchestration.episode_runs import runs_of_episode
    from ragtime_assets.studio import Studio

    studio = Studio()
    found = studio.names.key(key)
    with history_of(studio, () if as_json else [found]) as instance:
        runs = runs_of_episode(studio, instance, found)
    if as_json:
        say_json({"key": found, "runs": [_document(run, studio.settings) for run in runs]})
        return
    hang(f"[bold]{escape(studio.names.title(found) or 'not read yet')}[/]")
    console().print(f"[dim]{found}[/]", soft_wrap=True)
    for run in runs:
        _show(run, studio.settings)
    if not runs:
        console().print("\nNo run was about it yet.")


def _show(run: PastRun, settings: Settings) -> None:
    from rich.markup import escape

    from ragtime_assets.orchestration.run_page import run_page

    took = f", {(run.ended_at - run.created_at).total_seconds():.0f} s with its wait" if run.ended_at else ""
    batch = ", one of many episodes" if run.is_of_many else ""
    attempt = f", attempt {run.attempt}" if run.attempt > 1 else ""
    at = run.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    console().print()
    hang(f"{at}  {styled(RUNS_TOLD.get(run.status, run.status))}{attempt}{batch}{took}")
    if run.made:
        hang(f"  made {', '.join(run.made)}", 7)
    for asset, failure in run.stops.items():
        told = failure.halt or failure.error_class
        hang(f"  {asset}: {told}: {escape(failure.message)}", 4)
    console().print(f"  [dim]{run_page(settings, run.run_id)}[/]", soft_wrap=True)


def _document(run: PastRun, settings: Settings) -> dict[str, Any]:
    from ragtime_assets.orchestration.run_page import run_page

    return {
        "run_id": run.run_id,
        "status": run.status,
        "attempt": run.attempt,
        "created_at": run.created_at.isoformat(),
        "ended_at": run.ended_at and run.ended_at.isoformat(),
        "of_many": run.is_of_many,
        "made": list(run.made),
        "stopped": {
            asset: {"class": one.error_class, "message": one.message, "remedy": one.remedy, "halt": one.halt}
            for asset, one in run.stops.items()
        },
        "run_page": run_page(settings, run.run_id),
    }
