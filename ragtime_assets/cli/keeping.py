"""Commands of a keeper's day: bringing everything up, the demo, Dagster's environment."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from ragtime_assets.cli.output import console
from ragtime_assets.errors import HistoryUnreachable
from ragtime_assets.settings import WEB_PORT


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (up, env, demo):
        app.command()(command)


def up(port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the web UI.")] = WEB_PORT) -> None:
    """Web UI, daemon and code location, until it is stopped."""
    from ragtime_assets.orchestration.supervisor import Supervisor
    from ragtime_assets.studio import Studio

    studio = Studio()
    studio.models.refuse_unusable(studio.settings.models)
    supervisor = Supervisor(studio, web_port=port, tell=console().print)
    console().print("starting the code location, the daemon and the web server ...")
    with supervisor.running():
        console().print(f"[bold]http://127.0.0.1:{port}[/]  the asset graph, runs and partitions")
        console().print("[dim]In another terminal: ragtime submit URL, ragtime status, ragtime watch KEY[/]")
        supervisor.watch_until_stopped()


def env() -> None:
    """Shell lines that point Dagster's own commands at this corpus: eval "$(ragtime env)"."""
    import shlex

    from ragtime_assets.orchestration.instance import open_instance, prepare_home
    from ragtime_assets.studio import Studio

    settings = Studio().settings
    with suppress(HistoryUnreachable), open_instance(settings):  # Dagster's own commands would make it all at once
        pass
    typer.echo(f"export DAGSTER_HOME={shlex.quote(str(prepare_home(settings)))}")
    typer.echo(f"export RAGTIME_HOME={shlex.quote(str(settings.root))}")


def demo() -> None:
    """Ingest the bundled sample show end to end, search it and ask it a question; no key, no network."""
    from ragtime_assets.cli.demo import run_demo

    raise typer.Exit(run_demo())
