"""The face for other programs: AG-UI runs, MCP beside the pages, and episodes in the words of schema.org."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ag_ui.core import Event
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from ragtime_assets.domain.answering.answer import AnswerEvent, Hears
from ragtime_assets.errors import BudgetSpent
from ragtime_assets.serve.agui import RunInput, run
from ragtime_assets.serve.schema_org import json_ld
from ragtime_assets.serve.views.ask import AnswerView, PieceOfAnswer
from ragtime_assets.serve.views.episode import OpenEpisode
from ragtime_assets_tests.rendered import SPOKEN, contents_of
from ragtime_assets_tests.serve.conftest import BASE

EVENT: TypeAdapter[Any] = TypeAdapter(Event)
QUESTION = "Where did Django Reinhardt meet Stéphane Grappelli?"


def parsed(stream: str) -> list[Any]:
    """The events of a stream, as the protocol's own library reads them."""
    return [EVENT.validate_json(line) for line in re.findall(r"^data: (.*)$", stream, re.MULTILINE)]


def run_input(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    empty = {"state": {}, "tools": [], "context": [], "forwardedProps": {}}
    return {"threadId": "t", "runId": "r", "messages": list(messages), **empty, **more}


def said(content: object, role: str = "user") -> dict[str, Any]:
    return {"id": "m", "role": role, "content": content}


def answered(*pieces: str) -> AnswerView:
    return AnswerView(
        question=QUESTION,
        language="en",
        supported=True,
        weak=False,
        keyless=False,
        engine="parrot",
        text=tuple(PieceOfAnswer(text=one, cites=()) for one in pieces),
        sources=(),
        closest=(),
        cost=None,
        tokens=0,
        seconds=0,
        dropped=(),
        receipt="{}",
    )


def kinds(stream: str) -> list[str]:
    return [one.type.value for one in parsed(stream)]


def text_of(stream: str) -> str:
    return "".join(one.delta for one in parsed(stream) if one.type.value == "TEXT_MESSAGE_CONTENT")


def test_a_run_begins_and_ends_and_its_message_is_opened_and_closed_once() -> None:
    def ask(question: str, hears: Hears) -> AnswerView:
        assert question == QUESTION
        hears(AnswerEvent("tool", "search: Django"))
        hears(AnswerEvent("sentence", "One [1]."))
        hears(AnswerEvent("sentence", "Two [2]."))
        return answered("One [1]. Two [2].")

    stream = "".join(run(RunInput.model_validate(run_input(said("before"), said(QUESTION))), ask, BASE))
    assert kinds(stream) == [
        "RUN_STARTED",
        "STEP_STARTED",
        "STEP_FINISHED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "CUSTOM",
        "RUN_FINISHED",
    ]
    assert text_of(stream) == "One [1]. Two [2]. "


def test_a_run_that_fails_ends_with_why_and_what_to_do() -> None:
    def ask(question: str, hears: Hears) -> AnswerView:
        hears(AnswerEvent("sentence", "One [1]."))
        raise BudgetSpent("the day's budget is spent", remedy="Ask tomorrow.")

    *_, end, error = parsed("".join(run(RunInput.model_validate(run_input(said(QUESTION))), ask, BASE)))
    assert end.type.value == "TEXT_MESSAGE_END"
    assert (error.type.value, error.code) == ("RUN_ERROR", "BudgetSpent")
    assert error.message == "the day's budget is spent. Ask tomorrow."


@pytest.mark.parametrize("content", [QUESTION, [{"type": "text", "text": QUESTION}]])
def test_without_a_model_a_run_tells_the_closest_passages(face: TestClient, content: object) -> None:
    stream = face.post("/agui", json=run_input(said("hello", "assistant"), said(content))).text
    assert kinds(stream)[0] == "RUN_STARTED"
    assert kinds(stream)[-1] == "RUN_FINISHED"
    assert f"{BASE}/episodes/" in text_of(stream)
    assert text_of(stream).startswith("No model is set, so nothing is answered. Closest passages")


def test_a_run_that_asks_nothing_ends_in_an_error_of_the_protocol(face: TestClient) -> None:
    stream = face.post("/agui", json=run_input()).text
    assert kinds(stream) == ["RUN_STARTED", "RUN_ERROR"]


def test_what_is_no_run_is_refused(face: TestClient) -> None:
    assert face.post("/agui", json={"messages": "x"}).status_code == 400
    assert face.post("/agui", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert face.post("/agui", data={"messages": "x"}).status_code == 415


def test_agents_reach_the_same_corpus_beside_the_pages(face: TestClient) -> None:
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    tools = {one["name"] for one in face.post("/mcp", json=asked, headers=headers).json()["result"]["tools"]}
    assert {"search", "fetch"} <= tools
    assert "submit_episode" not in tools
    assert face.post("/mcp", json=asked, headers={**headers, "Origin": "https://evil.example"}).status_code == 403
    assert face.get("/mcp", headers=headers).status_code == 405, "no stream is offered"


def test_an_episode_says_what_it_is_in_the_words_of_schema_org(face: TestClient, key: str) -> None:
    html = face.get(f"/episodes/{key}").text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    told = json.loads(found[1])
    assert told["@type"] == "PodcastEpisode"
    assert told["@id"] == f"{BASE}/episodes/{key}"
    assert told["partOfSeries"]["name"] == "The Long Chorus"
    clips = told["hasPart"]
    assert [one["@type"] for one in clips] == ["Clip"] * 3
    assert clips[0]["endOffset"] == clips[1]["startOffset"]
    assert clips[1]["url"] == f"{BASE}/episodes/{key}#t={int(clips[1]['startOffset'])}"


def test_no_title_ends_the_element_in_which_it_is_told() -> None:
    evil = "</script><script>alert(1)</script>"
    view = OpenEpisode(contents_of(*SPOKEN, title=evil)).view(1, None, has_report=False)
    assert "<" not in json_ld(view, BASE)
    assert json.loads(json_ld(view, BASE))["name"] == evil


def test_names_are_reconciled_and_a_match_leads_to_its_page(face: TestClient) -> None:
    told = face.get("/reconcile").json()
    assert "0.2" in told["versions"]
    batch = json.dumps({"q0": {"query": "Django Reinhardt", "type": "musician"}, "q1": {"query": "Nobody Atall"}})
    for answer in (face.post("/reconcile", data={"queries": batch}), face.get("/reconcile", params={"queries": batch})):
        found = answer.json()
        assert not any(one["match"] for one in found["q1"]["result"])
        (best, *_) = found["q0"]["result"]
        assert best["match"]
        page = told["view"]["url"].replace("{{id}}", best["id"]).removeprefix(BASE)
        assert "Django Reinhardt" in face.get(page).text


@pytest.mark.parametrize("queries", ["{", "[]", "[" * 20_000, json.dumps({"q0": {"limit": "many"}})])
def test_a_batch_that_is_none_is_refused_with_what_is_wrong(face: TestClient, queries: str) -> None:
    answer = face.post("/reconcile", data={"queries": queries}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert "reconciliation query batch" in answer.json()["message"]
