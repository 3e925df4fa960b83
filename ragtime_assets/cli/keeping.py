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
    for command in (up, worker, env, demo):
        app.command()(command)


def up(port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the web UI.")] = WEB_PORT) -> None:
    """Web UI, pages for readers, daemon and code location, until it is stopped."""
    from ragtime_assets.orchestration.supervisor import Supervisor, is_taken
    from ragtime_assets.serve.doors import Doors
    from ragtime_assets.serve.serving import own_port
    from ragtime_assets.studio import Studio

    studio = Studio()
    studio.models.refuse_unusable(studio.settings.models)
    Doors.of(studio.settings, "127.0.0.1")  # refused now, not once everything is started
    face = own_port(studio.settings)
    is_free = not is_taken(face)
    tell = console().print
    supervisor = Supervisor(studio, web_port=port, face_port=face if is_free else None, tell=tell)
    tell("starting the code location, the daemon, the web server and the pages for readers ...")
    with supervisor.running():
        tell(f"[bold]http://127.0.0.1:{port}[/]  the asset graph, runs and partitions")
        if is_free:
            tell(f"[bold]http://127.0.0.1:{face}[/]  search, ask, read and listen")
        else:
            tell(f"Port {face} is taken, so readers' pages are not served; RAGTIME_SERVE_URL can name another.")
        tell("[dim]In another terminal: ragtime submit URL, ragtime status, ragtime watch KEY[/]")
        supervisor.watch_until_stopped()


def worker(
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", help="A queue to take runs from, ragtime/default or ragtime/speech; both when unset."),
    ] = None,
    at_once: Annotated[int, typer.Option("--at-once", min=1, help="Runs that it works on at the same time.")] = 2,
) -> None:
    """Take runs from the broker and work on them, until it is stopped; restarts by itself when the code changes."""
    from ragtime_assets.orchestration.launching.keeping import Worker
    from ragtime_assets.orchestration.launching.queues import QUEUES
    from ragtime_assets.studio import Studio

    queues, tell = queue or list(QUEUES), console().print
    one = Worker(Studio(), queues, at_once, tell=tell)
    place = one.check()
    tell(f"taking runs of {', '.join(queues)} from {place}, {at_once} at once")
    one.work_until_stopped()


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
