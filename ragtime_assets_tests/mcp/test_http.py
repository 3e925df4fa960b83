"""The server over HTTP, on a real port: over a corpus in use, behind a token, behind an issuer's tokens."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import anyio
import httpx
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from ragtime_assets_tests.forked import run
from ragtime_assets_tests.house import UNCAPTIONED, House
from ragtime_assets_tests.issuer import Issuer
from ragtime_assets_tests.mcp.conftest import PROGRAM, call, environment, refusal, serving

TOKEN = "correct-horse-battery"  # noqa: S105
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
BETWEEN_CALLS = 0.2
ACCEPTS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


def post(address: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """A request that asks for the tools, past any client."""
    return httpx.post(address, json=LIST, headers={**ACCEPTS, **(headers or {})}, timeout=30)


def told(answer: httpx.Response) -> Any:
    """The message in the one event of an answer."""
    (message,) = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    return json.loads(message)["result"]


def called(address: str, tool: str, headers: Mapping[str, str], **arguments: Any) -> Any:
    """What a tool answers a client with these headers."""

    async def asked() -> Any:
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            return await client.call_tool(tool, arguments)

    return anyio.run(asked)


def found(answer: Any) -> set[str]:
    """The episodes of the passages in an answer."""
    assert not answer.is_error, answer.content[0].text
    return {one["id"].partition("@")[0] for one in json.loads(answer.content[0].text)["results"]}


def test_what_is_published_while_it_serves_is_found_and_no_call_fails_meanwhile(house: House, ready: str) -> None:
    over, answers = threading.Event(), list[set[str]]()
    with serving(house) as address:
        assert found(call(address, "search", query="Django Reinhardt")) == {ready}

        def keep_asking() -> None:
            while not over.wait(BETWEEN_CALLS):
                answers.append(found(call(address, "search", query="Django Reinhardt")))

        asking = threading.Thread(target=keep_asking)
        asking.start()
        try:
            (other,) = house.submit(UNCAPTIONED.page)
            assert house.run(other).success
        finally:
            over.set()
            asking.join()
        assert answers
        assert all(ready in one for one in answers)
        assert call(address, "get_status", key=other).structured_content["state"] == "ready"
        assert call(address, "list_episodes").structured_content["total"] == 2
        assert other in found(call(address, "search", query=UNCAPTIONED.title))


def test_on_loopback_no_token_is_needed_and_no_session_is_kept(house: House) -> None:
    with serving(house) as address:
        answer = post(address)
        assert answer.status_code == 200
        assert "mcp-session-id" not in answer.headers
        assert {one["name"] for one in told(answer)["tools"]} >= {"search", "fetch"}


def test_a_stream_that_nothing_would_ever_come_in_is_not_offered(house: House) -> None:
    with serving(house, RAGTIME_MCP_TOKEN=TOKEN) as address:
        assert httpx.get(address, headers=ACCEPTS, timeout=30).status_code == 401
        answer = httpx.get(address, headers={**ACCEPTS, "Authorization": f"Bearer {TOKEN}"}, timeout=30)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


METHODS = ("POST", "GET", "HEAD", "OPTIONS", "DELETE", "PUT")


def ask(address: str, method: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """A request without anything in it."""
    return httpx.request(method, address, headers={**ACCEPTS, **(headers or {})}, timeout=30)


def test_who_brings_no_token_hears_that_first_whatever_the_method(house: House, issuer: Issuer) -> None:
    resource = "http://127.0.0.1/mcp"
    with serving(house, RAGTIME_MCP_TOKEN=TOKEN) as behind_a_token:
        answers = [(behind_a_token, ask(behind_a_token, method)) for method in METHODS]
    with serving(house, RAGTIME_MCP_ISSUER=issuer.url, RAGTIME_MCP_URL=resource) as behind_an_issuer:
        answers += [(behind_an_issuer, ask(behind_an_issuer, method)) for method in METHODS]
        allowed = [ask(behind_an_issuer, method, issuer.bearer(aud=resource)) for method in METHODS[1:]]
    for address, answer in answers:
        assert answer.status_code == 401, (address, answer.request.method)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert {(answer.status_code, answer.headers["Allow"]) for answer in allowed} == {(405, "POST")}


def test_a_server_on_every_address_says_by_which_it_is_reached(house: House) -> None:
    url = "http://corpus.example:8765/mcp"
    with serving(house, "--host", "0.0.0.0", RAGTIME_MCP_TOKEN=TOKEN, RAGTIME_MCP_URL=url) as address:  # noqa: S104
        assert address == url


def test_an_address_without_http_is_refused(house: House) -> None:
    for words in (("--host", "0.0.0.0"), ("--port", "1")):  # noqa: S104
        done = run([*PROGRAM, *words], env=environment(house), timeout=60)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Say --http too" in done.stderr


def test_a_page_of_another_site_cannot_call_it(house: House) -> None:
    refused = {
        421: [{"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example:80"}],
        403: [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example:80"}],
    }
    with serving(house) as address:
        for status, requests in refused.items():
            assert [post(address, headers).status_code for headers in requests] == [status] * len(requests)
        assert post(address, {"Origin": "http://localhost:6274"}).status_code == 200


def test_origins_of_the_keeper_s_may_call_it(house: House) -> None:
    with serving(house, RAGTIME_MCP_ORIGINS="https://tools.example") as address:
        assert post(address, {"Origin": "https://tools.example"}).status_code == 200
        assert post(address, {"Origin": "https://tools.example.evil"}).status_code == 403


def test_a_token_lets_in_who_brings_it_and_nobody_else(house: House) -> None:
    with serving(house, RAGTIME_MCP_TOKEN=TOKEN) as address:
        for wrong in ({}, {"Authorization": "Bearer no"}, {"Authorization": TOKEN}, {"Authorization": "Bearer"}):
            answer = post(address, wrong)
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert TOKEN not in answer.text
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert post(address, right).status_code == 200
        assert not called(address, "list_shows", right).is_error


def test_it_does_not_start_where_anybody_could_come_in(house: House) -> None:
    code, said = refusal(house, "--host", "0.0.0.0")  # noqa: S104
    assert code == 2
    assert "RAGTIME_MCP_TOKEN" in said
    code, said = refusal(house, "--host", "192.0.2.7", RAGTIME_MCP_TOKEN=TOKEN)
    assert code == 2
    assert "nothing can listen on 192.0.2.7" in said
    assert TOKEN not in said


def test_an_issuer_s_tokens_let_in_and_clients_are_told_whose(house: House, issuer: Issuer) -> None:
    resource = "http://localhost:8765/mcp"
    with serving(house, RAGTIME_MCP_ISSUER=issuer.url, RAGTIME_MCP_URL=resource) as address:
        refused = post(address)
        assert refused.status_code == 401
        assert "resource_metadata=" in refused.headers["WWW-Authenticate"]
        metadata = httpx.get(address.replace("/mcp", "/.well-known/oauth-protected-resource/mcp"), timeout=30).json()
        assert metadata["resource"] == resource
        assert [one.rstrip("/") for one in metadata["authorization_servers"]] == [issuer.url]
        assert post(address, issuer.bearer(aud=resource)).status_code == 200
        for wrong in (issuer.bearer(aud="https://other.example"), issuer.bearer(aud=resource, exp=1)):
            assert post(address, wrong).status_code == 401


def test_an_issuer_s_token_submits_only_where_it_allows_to_write(house: House, issuer: Issuer) -> None:
    resource = "http://localhost:8765/mcp"
    with serving(house, "--allow-write", RAGTIME_MCP_ISSUER=issuer.url, RAGTIME_MCP_URL=resource) as address:
        reader, writer = issuer.bearer(aud=resource, scope="openid"), issuer.bearer(aud=resource, scp=["ragtime:write"])
        for headers in (reader, writer):
            assert not called(address, "list_shows", headers).is_error
        refused = called(address, "submit_episode", reader, url="https://example.com/episodes/1")
        assert refused.structured_content["error"]["class"] == "InvalidSubmission"
        assert "ragtime:write" in refused.structured_content["error"]["remedy"]
        assert not called(address, "submit_episode", writer, url="https://example.com/episodes/1").is_error
