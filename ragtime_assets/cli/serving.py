"""`ragtime mcp` and `ragtime serve`: the corpus for agents and for readers."""

from __future__ import annotations

from typing import Annotated

import typer

from ragtime_assets.errors import InvalidSubmission

MCP_HOST, MCP_PORT = "127.0.0.1", 8765


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(name="mcp")(serve_agents)
    app.command(name="serve")(serve_readers)


def serve_agents(
    http: Annotated[bool, typer.Option("--http", help="Over HTTP, instead of over stdin and stdout.")] = False,
    host: Annotated[
        str | None,
        typer.Option("--host", help=f"With --http: the address, else {MCP_HOST}; any but loopback needs a token."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help=f"With --http: the port, else {MCP_PORT}; 0 takes a free one."),
    ] = None,
    allow_write: Annotated[bool, typer.Option("--allow-write", help="Let agents submit episodes.")] = False,
) -> None:
    """Serve the corpus to agents by the Model Context Protocol, for as long as its client stays."""
    from ragtime_assets.mcp.serving import serve_http, serve_stdio
    from ragtime_assets.studio import Studio

    if not http and (host is not None or port is not None):
        raise InvalidSubmission(
            "--host and --port are of a server over HTTP, and this one speaks over stdin and stdout",
            remedy="Say --http too, or leave them out.",
        )
    studio = Studio()
    if http:
        serve_http(
            studio, MCP_HOST if host is None else host, MCP_PORT if port is None else port, allow_write=allow_write
        )
    else:
        serve_stdio(studio, allow_write=allow_write)


def serve_readers(
    host: Annotated[str, typer.Option("--host", help="The address to listen on; any but loopback needs a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="The port; else that of RAGTIME_SERVE_URL; 0 takes a free one."),
    ] = None,
) -> None:
    """Serve the corpus to readers, as pages and as JSON, until it is stopped."""
    from ragtime_assets.serve.serving import own_port, serve
    from ragtime_assets.studio import Studio

    studio = Studio()
    serve(studio, host, own_port(studio.settings) if port is None else port)
