"""Commands of a keeper's day: bringing everything up, the demo, Dagster's environment, rebuilding the index."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from ragtime_assets.cli.output import complain, console
from ragtime_assets.domain.figures import plural
from ragtime_assets.errors import ArtifactCorrupt
from ragtime_assets.settings import WEB_PORT

AT_ONCE = 500


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (up, env, demo, reindex):
        app.command()(command)


def up(port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the web UI.")] = WEB_PORT) -> None:
    """Web UI, daemon and code location, until it is stopped."""
    from ragtime_assets.orchestration.supervisor import Supervisor
    from ragtime_assets.studio import Studio

    studio = Studio()
    supervisor = Supervisor(studio, web_port=port, tell=console().print)
    console().print("starting the code location, the daemon and the web server ...")
    with supervisor.running():
        console().print(f"[bold]http://127.0.0.1:{port}[/]  the asset graph, runs and partitions")
        console().print("[dim]In another terminal: ragtime submit URL, ragtime status, ragtime watch KEY[/]")
        supervisor.watch_until_stopped()


def env() -> None:
    """Shell lines that point Dagster's own commands at this corpus: eval "$(ragtime env)"."""
    import shlex

    from ragtime_assets.orchestration.instance import prepare_home
    from ragtime_assets.studio import Studio

    settings = Studio().settings
    typer.echo(f"export DAGSTER_HOME={shlex.quote(str(prepare_home(settings)))}")
    typer.echo(f"export RAGTIME_HOME={shlex.quote(str(settings.root))}")


def demo() -> None:
    """Ingest the bundled sample show end to end, search it and ask it a question; no key, no network."""
    from ragtime_assets.cli.demo import run_demo

    raise typer.Exit(run_demo())


def reindex() -> None:
    """Bring the artifact index to what the artifact files say; rows whose file is gone are dropped."""
    from ragtime_assets.studio import Studio

    studio = Studio()
    seen, unreadable = set[tuple[str, str]](), list[ArtifactCorrupt]()
    envelopes = studio.store.envelopes(unreadable.append)
    while some := list(islice(envelopes, AT_ONCE)):
        studio.artifact_index.record(some)
        seen.update((one.key, one.asset) for one in some)
    noted = ((key, asset) for key, assets in studio.artifact_index.of().items() for asset in assets)
    gone = [(key, asset) for key, asset in noted if (key, asset) not in seen and not studio.store.holds(asset, key)]
    studio.artifact_index.drop(gone)
    for error in unreadable:
        complain(error)
    console().print(f"{len(seen):,} artifacts are in the index")
    if gone:
        console().print(f"{plural(len(gone), 'row')} without a file dropped: ragtime status tells what is missing")
    console().print("[dim]To rebuild the search index, backfill the asset search_index: it pays for nothing.[/]")
    if unreadable:
        raise typer.Exit(1)
