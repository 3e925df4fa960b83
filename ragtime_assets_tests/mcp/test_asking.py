"""`ask` with a scripted model, over both transports: what is told meanwhile, what it may cost, what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from ragtime_assets_tests.house import House
from ragtime_assets_tests.mcp.conftest import PROGRAM, environment, serving
from ragtime_assets_tests.openai_server import OpenAIServer, openai_server, output, tool_call

QUESTION = "Where did Django Reinhardt meet Stéphane Grappelli?"
SEARCH = tool_call("search_passages", query="Django Reinhardt Grappelli")


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    """A model that says what it is told to."""
    with openai_server() as server:
        yield server


@contextmanager
def reached(transport: str, house: House, model: OpenAIServer) -> Iterator[Any]:
    """A server that asks this model, as a client is given it."""
    settings = {
        "RAGTIME_ASK_MODEL": "openai-chat:parrot",
        "RAGTIME_OPENAI_BASE_URL": model.url,
        "RAGTIME_MODEL_API_KEY": "none",
    }
    if transport == "stdio":
        yield StdioServerParameters(command=PROGRAM[0], args=PROGRAM[1:], env=environment(house, **settings))
        return
    with serving(house, **settings) as address:
        yield address


def ask(server: Any, **arguments: Any) -> tuple[Any, list[str]]:
    """What is answered, and what was told until then."""
    told: list[str] = []

    async def hear(_progress: float, _total: float | None, message: str | None) -> None:
        told.append(message or "")

    async def asked() -> Any:
        async with Client(server) as client:
            return await client.call_tool("ask", arguments, progress_callback=hear)

    return anyio.run(asked), told


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_a_model_answers_and_what_it_looks_up_is_told_meanwhile(
    house: House, ready: str, model: OpenAIServer, transport: str
) -> None:
    (hit, *_) = house.studio.index.search.look("Django Reinhardt Grappelli").passages
    sentence = f'The episode says "{" ".join(hit.passage.text.split()[5:25])}" [1].'
    with reached(transport, house, model) as server:
        model.script(SEARCH, output({"answer": sentence}))
        answer, told = ask(server, question=QUESTION, max_cost=1.0)
        assert not answer.is_error, answer.content[0].text
        assert answer.structured_content["text"] == sentence
        assert [one["episode_key"] for one in answer.structured_content["sources"]] == [ready]
        assert told[0] == "the corpus is searched"
        assert "search_passages: Django Reinhardt Grappelli" in told[1]

        asked = len(model.asked)
        refused, _ = ask(server, question=QUESTION, max_cost=0.0001)
        error = refused.structured_content["error"]
        assert (refused.is_error, error["class"]) == (True, "BudgetSpent")
        assert "past the $0.0001 that the question may cost" in error["message"]
        assert "KEY" not in error["remedy"]
        assert len(model.asked) == asked
