"""How the server is reached: by the program that started it, or over HTTP. Standard output is the protocol's alone."""

from __future__ import annotations

import logging
import sys

from mcp.server.auth.middleware.bearer_auth import RequireAuthMiddleware
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ragtime_assets.adapters.web.listening import bracketed, is_everywhere, listening
from ragtime_assets.mcp.doors import Doors
from ragtime_assets.mcp.server import build_server
from ragtime_assets.studio import Studio

PATH = "/mcp"


def serve_stdio(studio: Studio, *, allow_write: bool) -> None:
    """Serve the program that holds the other end, until it closes it."""
    _log_to_stderr()
    build_server(studio, allow_write=allow_write).run("stdio")


def serve_http(studio: Studio, host: str, port: int, *, allow_write: bool) -> None:
    """Serve whoever may come in, until it is stopped; no session is kept between two requests.

    Answers are streams of events: one JSON document would have no room for progress.
    """
    import uvicorn

    _log_to_stderr()
    doors = Doors.of(studio.settings, host)
    settings, verifier = doors.auth or (None, None)
    server = build_server(studio, allow_write=allow_write, auth=settings, verifier=verifier)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        host=host,
        transport_security=doors.security,
    )
    listens = listening(host, port)
    address = f"http://{bracketed(host)}:{listens.getsockname()[1]}{PATH}"
    print(studio.settings.mcp_url if is_everywhere(host) else address, file=sys.stderr, flush=True)
    config = uvicorn.Config(doors.guarded(_without_streams(app)), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listens])


def guarded_elsewhere(studio: Studio) -> Starlette:
    """The same for a server that has doors of its own, and where nothing is written."""
    app = build_server(studio).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return _without_streams(app)


def _without_streams(app: Starlette) -> Starlette:
    """The application, which answers a GET with 405, as the protocol has it where no stream is offered.

    Without sessions nothing would ever come in it, and it would be open for as long as the client is. Who may not come
    in is told so first, whatever the method is.
    """
    for route in app.routes:
        if isinstance(route, Route) and route.path == PATH:
            if isinstance(route.app, RequireAuthMiddleware):
                route.app.app = _posts_only(route.app.app)
            else:
                route.app = _posts_only(route.app)
    return app


def _posts_only(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        refused = PlainTextResponse("Method Not Allowed", status_code=405, headers={"Allow": "POST"})
        await (app if scope["method"] == "POST" else refused)(scope, receive, send)

    return answer


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
