"""A server of the protocol over a corpus: in this process, as a program over stdio, and over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from pytest_httpserver import HTTPServer

from ragtime_assets.mcp.server import build_server
from ragtime_assets_tests.forked import Forked, run
from ragtime_assets_tests.house import House, furnished, house, ready, samples
from ragtime_assets_tests.issuer import Issuer

__all__ = ["furnished", "house", "ready", "samples"]


@pytest.fixture
def issuer(httpserver: HTTPServer) -> Issuer:
    """An issuer of tokens on this machine."""
    return Issuer(httpserver)


PROGRAM = [sys.executable, "-m", "ragtime_assets", "mcp"]


def call(server: Any, tool: str, **arguments: Any) -> Any:
    """What one tool answers, asked by the library's own client."""

    async def asked() -> Any:
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    return anyio.run(asked)


def tell(house: House, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool of a server in this process answers well."""
    answer = call(build_server(house.studio), tool, **arguments)
    assert not answer.is_error, answer.content[0].text
    return answer.structured_content


def environment(house: House, **more: str) -> dict[str, str]:
    """What a program over this corpus is started with."""
    home = str(house.studio.settings.home)
    return {**os.environ, "RAGTIME_HOME": home, "PYTHONPATH": str(Path(__file__).parents[2]), **more}


@contextmanager
def serving(house: House, *options: str, **settings: str) -> Iterator[str]:
    """`ragtime mcp --http` on a free port of this machine; its address."""
    words = [*PROGRAM, "--http", "--port", "0", *options]
    process = Forked(words, stderr=subprocess.PIPE, text=True, env=environment(house, **settings))
    assert process.stderr
    try:
        address = process.stderr.readline().strip()
        assert address.startswith("http://"), address + process.stderr.read()
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=30)


def refusal(house: House, *options: str, **settings: str) -> tuple[int, str]:
    """How `ragtime mcp --http` ends where it does not start, and what it says."""
    words = [*PROGRAM, "--http", "--port", "0", *options]
    done = run(words, env=environment(house, **settings), timeout=60)
    assert done.stdout == ""
    return done.returncode, " ".join(done.stderr.split())
