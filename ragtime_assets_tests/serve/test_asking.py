"""Questions: answered at once where that costs nothing, streamed where a model does it, and by no address alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from ragtime_assets.domain.answering.answer import Answer, AnswerEvent, Citation
from ragtime_assets.domain.answering.receipts import read_receipt
from ragtime_assets.domain.money.spending import Tokens
from ragtime_assets.serve.streaming import event, events
from ragtime_assets.serve.views.ask import answer_view, ask_view
from ragtime_assets.studio import Studio
from ragtime_assets_tests.openai_server import OpenAIServer, output, status, tool_call
from ragtime_assets_tests.serve.conftest import client_of, html_of_view, with_a_model

QUESTION = "Where did Django Reinhardt meet Stéphane Grappelli?"
OFF_TOPIC = "What did Led Zeppelin pay for the Budapest aquarium?"


def mark_in(html: str) -> str:
    """What the forms of a page bring back."""
    found = re.search(r'name="mark" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


def told(stream: str) -> list[tuple[str, dict[str, str]]]:
    """The events of a stream."""
    pairs = re.findall(r"^event: (\w+)\ndata: (.*)$", stream, re.MULTILINE)
    return [(kind, json.loads(data)) for kind, data in pairs]


@pytest.fixture
def asked(library: Studio, model: OpenAIServer) -> Iterator[TestClient]:
    """The pages of the same corpus, with a model."""
    studio = with_a_model(library, model)
    with client_of(studio) as client:
        yield client
    studio.database.close()


def test_without_a_model_an_address_shows_the_closest_passages_and_says_so(face: TestClient, key: str) -> None:
    html = face.get("/ask", params={"q": QUESTION}).text
    assert "these passages come closest" in html
    assert f'data-audio="/episodes/{key}/audio"' in html
    assert "download=" in html


def test_what_a_page_shows_of_a_passage_is_what_its_receipt_keeps(face: TestClient) -> None:
    answer = face.get("/ask.json", params={"q": QUESTION}).json()["answer"]
    kept = json.loads(answer["receipt"])["citations"]
    assert [one["quote"] for one in answer["sources"]] == [one["quote"] for one in kept]
    assert [one["second"] for one in answer["closest"]] == [one["second"] for one in kept]
    for shown, citation in zip(answer["closest"], kept, strict=True):
        assert f"“{citation['quote']}”" in "".join(one["text"] for one in shown["text"])


def test_what_is_said_of_passages_is_in_the_language_of_the_question(face: TestClient) -> None:
    html = face.get("/ask", params={"q": "Wo traf Django Reinhardt auf Stéphane Grappelli?"}).text
    assert '<html lang="en">' in html
    assert "Hier schreibt niemand eine Antwort" in html
    assert "Nobody writes an answer here" not in html


def test_what_the_corpus_does_not_say_is_said_plainly(face: TestClient) -> None:
    answer = face.get("/ask.json", params={"q": OFF_TOPIC}).json()["answer"]
    assert not answer["supported"]
    assert answer["closest"] == []
    assert answer["text"][0]["text"] == "The corpus does not answer this question."


@pytest.mark.parametrize(
    "query", [{"q": "?" * 10_000}, {"q": "jazz " * 2_000}, {"q": QUESTION, "show": "none of ours"}]
)
def test_a_question_that_cannot_be_asked_gets_a_page_or_a_form(face: TestClient, query: dict[str, str]) -> None:
    answer = face.get("/ask", params=query)
    assert answer.status_code in (200, 400)
    assert "Traceback" not in answer.text


def test_with_a_model_an_address_alone_asks_nothing(asked: TestClient, model: OpenAIServer) -> None:
    html = asked.get("/ask", params={"q": QUESTION}).text
    assert 'method="post"' in html
    assert model.asked == []


def test_an_answer_streams_each_sentence_and_ends_with_its_sources_and_receipt(
    asked: TestClient, model: OpenAIServer, library: Studio
) -> None:
    (passage, *_) = library.index.search.look("Django Reinhardt Grappelli").passages
    sentence = f'The episode says "{" ".join(passage.passage.text.split()[5:25])}" [1].'
    model.script(tool_call("search_passages", query="Django Reinhardt Grappelli"), output({"answer": sentence}))
    mark = mark_in(asked.get("/ask").text)
    answer = asked.post("/ask/stream", data={"q": QUESTION, "mark": mark})
    assert answer.headers["content-type"].startswith("text/event-stream")
    kinds = [kind for kind, _ in told(answer.text)]
    assert kinds[0] == "tool"
    assert kinds[-2:] == ["sentence", "done"]
    done = json.loads(answer.text.rpartition("data: ")[2])
    assert 'href="#source-1"' in done["html"]
    assert done["answer"]["sources"][0]["number"] == 1
    assert read_receipt(done["answer"]["receipt"].encode(), "a receipt").question == QUESTION


def test_a_form_without_the_mark_of_this_server_does_nothing(asked: TestClient, model: OpenAIServer) -> None:
    assert asked.post("/ask/stream", data={"q": QUESTION}).status_code == 403
    assert asked.post("/ask", data={"q": QUESTION, "mark": "0" * 64}).status_code == 403
    assert model.asked == []


def test_a_question_beyond_the_budget_is_not_asked_and_the_reader_is_told(library: Studio, model: OpenAIServer) -> None:
    studio = with_a_model(library, model, Decimal("0.000001"))
    with client_of(studio) as client:
        client.headers["Accept-Language"] = "de"
        question = {"q": QUESTION, "mark": mark_in(client.get("/ask").text)}
        page = client.post("/ask", data=question)
        streamed = told(client.post("/ask/stream", data=question).text)
    studio.database.close()
    assert page.status_code == 402
    assert "Das Budget ist ausgegeben" in page.text
    assert streamed[-1][0] == "error"
    assert "Das Budget ist ausgegeben" in streamed[-1][1]["message"]
    assert model.asked == []


def test_a_model_that_fails_ends_the_stream_with_what_went_wrong(asked: TestClient, model: OpenAIServer) -> None:
    model.script(status(401))
    mark = mark_in(asked.get("/ask").text)
    ((kind, fault),) = told(asked.post("/ask/stream", data={"q": QUESTION, "mark": mark}).text)[-1:]
    assert kind == "error"
    assert fault["message"]
    assert fault["remedy"]


def test_events_come_in_their_order_and_a_line_without_meaning_keeps_the_stream_open() -> None:
    def work(hears: object) -> str:
        assert callable(hears)
        hears(AnswerEvent("tool", "search: jazz\nevent: done"))
        return event("done", {})

    assert "".join(events(work)) == event("tool", {"text": "search: jazz\nevent: done"}) + event("done", {})
    assert "\nevent: done" not in event("tool", {"text": "x\nevent: done"})


def cited(number: int) -> Citation:
    return Citation(
        number=number,
        quote="<b>He</b> played.",
        episode_key="a",
        episode_title="A & B",
        show=None,
        published=None,
        second=12.5,
        url="https://show.example/a#t=12",
        language="en",
        passage_digest="d",
        passage_start=12,
        passage_end=20,
        audio_sha256=None,
        index_generation=None,
    )


def test_an_answer_shows_its_sources_by_number_its_cost_and_what_was_left_out() -> None:
    given = Answer(
        question="Who?",
        text="He did [1]. And she [2, 7].",
        citations=(cited(1), cited(2)),
        supported=True,
        engine="parrot",
        tokens=Tokens(10, 0, 5),
        cost=Decimal("0.0012"),
        dropped=("a sentence that nobody said",),
    )
    view = answer_view(given, datetime(2026, 1, 31, tzinfo=UTC))
    assert [(one.text, one.cites) for one in view.text] == [("He did ", (1,)), (". And she ", (2,)), (".", ())]
    html = html_of_view("ask.html", ask_view("Who?", {}, view, spends=True))
    for shown in (
        "#source-2",
        "&lt;b&gt;He&lt;/b&gt; played.",
        "cost $0.0012",
        "15 tokens",
        "a sentence that nobody said",
    ):
        assert shown in html
    assert "#source-7" not in html
