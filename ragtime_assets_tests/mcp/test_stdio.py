"""The server as a program that a client starts: stdout holds the protocol and nothing else."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

from ragtime_assets_tests.house import House
from ragtime_assets_tests.mcp.conftest import PROGRAM, environment


def test_a_client_starts_it_and_searches(house: House, ready: str) -> None:
    program = StdioServerParameters(command=PROGRAM[0], args=PROGRAM[1:], env=environment(house))

    async def asked() -> Any:
        async with Client(program) as client:
            found = await client.call_tool("search", {"query": "Django Reinhardt"})
            first = json.loads(found.content[0].text)["results"][0]
            return await client.call_tool("fetch", {"id": first["id"]})

    document = json.loads(anyio.run(asked).content[0].text)
    assert document["metadata"]["episode_key"] == ready


def test_every_line_on_stdout_is_a_message_and_the_end_of_stdin_ends_it(house: House, ready: str) -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        _call(2, "search", query="Django"),
        _call(3, "search", query=""),
        _call(4, "get_status", key=ready),
    ]
    process = subprocess.Popen(
        PROGRAM,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(house),
    )
    assert process.stdin
    assert process.stdout
    answers: dict[int, Any] = {}
    try:
        for message in messages:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            if "id" in message:
                answer = json.loads(process.stdout.readline())
                answers[answer["id"]] = answer["result"]
        rest, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert rest == ""
    assert process.returncode == 0
    assert answers[1]["serverInfo"]["name"] == "ragtime"
    assert "data" in answers[1]["instructions"]
    assert [bool(answers[number].get("isError")) for number in (2, 3, 4)] == [False, True, False]


def test_a_wrong_setting_is_told_on_stderr_alone(house: House) -> None:
    settings = environment(house, RAGTIME_TRANSCRIBER="parrot")
    done = subprocess.run(PROGRAM, capture_output=True, text=True, env=settings, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "RAGTIME_TRANSCRIBER" in done.stderr


def _call(number: int, tool: str, **arguments: str) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
