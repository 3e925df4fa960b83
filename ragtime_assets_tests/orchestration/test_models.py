"""Models in real runs: used where they are set, paid once, counted, bounded, and kept by a retry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from ragtime_assets.corpus.schema import model_calls
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.episode.trace import EXCHANGE_SUFFIX
from ragtime_assets_tests.house import House, copied
from ragtime_assets_tests.openai_server import (
    SUMMARY,
    Answer,
    OpenAIServer,
    openai_server,
    output,
    reader,
    status,
    text,
    tool_call,
)
from ragtime_assets_tests.orchestration.traces import kept, seen

MODEL = "openai-chat:parrot"
PRICES = f'["{MODEL}"]\ninput = 1\noutput = 10\n'

Open = Callable[..., AbstractContextManager[House]]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        running.otherwise = reader
        yield running


@pytest.fixture
def open_house(furnished: tuple[Path, str], tmp_path: Path, samples: str, server: OpenAIServer) -> Open:
    """Opens a corpus with one finished episode and a model."""
    copied(furnished[0], tmp_path)
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICES)
    given = {"model": MODEL, "openai_base_url": server.url, "model_api_key": "sk-hunter2", "prices": prices}
    return lambda **more: House.open(tmp_path, samples, **given | more)


@pytest.fixture
def key(furnished: tuple[Path, str]) -> str:
    return furnished[1]


def metadata(house: House, run: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (made,) = [
        event.step_materialization_data.materialization.metadata for event in house.events(run, "ASSET_MATERIALIZATION")
    ]
    return {name: entry.value for name, entry in made.items()}


def test_a_phase_with_a_model_says_so_and_what_it_cost(open_house: Open, key: str, server: OpenAIServer) -> None:
    with open_house() as house:
        run = house.run(key, "summary")
        assert run.success
        summary, _ = house.studio.store.load(Summary, key)
        told = metadata(house, run)
        total = house.studio.ledger.total(key=key)
        assert house.run(key, "episode_report").success
        report = house.studio.store.attachment("episode_report", key, "md") or ""
    assert (summary.engine, summary.line) == (MODEL, SUMMARY["line"])
    assert (told["engine"], told["model_calls"], told["tokens"]) == (MODEL, 1, 120)
    assert told["cost_usd"] == pytest.approx(0.0003)
    assert (total.calls, float(total.cost or 0)) == (1, pytest.approx(0.0003))
    assert "1 model call, 120 tokens, $0.0003" in report
    assert "sk-hunter2" not in str(told) + report


def test_what_was_answered_before_a_failure_is_not_asked_again_and_a_redo_pays(
    open_house: Open, key: str, server: OpenAIServer
) -> None:
    with open_house(llm_concurrency=1) as house:
        house.run(key, "entities")
        whole = len(server.asked)
        assert whole >= 2
        server.script(*[answer_of_entities() for _ in range(whole - 1)], status(401))
        assert not house.run(key, "entities").success
        assert len(server.asked) == 2 * whole
        assert house.run(key, "entities").success
        assert len(server.asked) == 2 * whole + 1
        assert house.run(key, "entities").success
        assert len(server.asked) == 3 * whole + 1
        entities, _ = house.studio.store.load(Entities, key)
    assert entities.engine.startswith(MODEL)


@pytest.mark.parametrize(
    ("ends", "asked"),
    [((), (2, 4)), ((status(500), status(500), status(500)), (4, 5))],
    ids=["a verdict is asked for anew", "a passing error goes on where it stopped"],
)
def test_what_is_made_again_after_the_investigator_ended(
    tmp_path: Path, server: OpenAIServer, httpserver: HTTPServer, ends: tuple[Answer, ...], asked: tuple[int, int]
) -> None:
    httpserver.expect_request("/article").respond_with_data("<h1>On lamps</h1>", content_type="text/html")
    page, verdict = httpserver.url_for("/article"), output({"is_podcast_episode": False, "summary": "", "report": ""})
    server.otherwise = lambda one: verdict if len(one.body["messages"]) > 2 else tool_call("fetch_url", url=page)
    base = httpserver.url_for("").rstrip("/")
    with House.open(tmp_path, base, model=MODEL, openai_base_url=server.url, model_api_key="sk-hunter2") as house:
        (key,) = house.submit("/article")
        server.script(*[tool_call("fetch_url", url=page), *ends] if ends else [])
        counts = [
            (house.run(key, "episode_details").success, len(server.asked), house.studio.ledger.total().replayed)
            for _ in range(2)
        ]
    assert [count[:2] for count in counts] == [(False, asked[0]), (False, asked[1])]
    assert counts[1][2] == (1 if ends else 0)


def test_tool_calls_of_agents_are_told_when_they_start_and_when_they_end_in_batches_too(
    tmp_path: Path, server: OpenAIServer, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/article").respond_with_data("<h1>On lamps</h1>", content_type="text/html")
    page, verdict = httpserver.url_for("/article"), output({"is_podcast_episode": False, "summary": "", "report": ""})
    server.script(tool_call("fetch_url", url=page), text("prose"), verdict)
    base = httpserver.url_for("").rstrip("/")
    with House.open(tmp_path, base, model=MODEL, openai_base_url=server.url, model_api_key="sk-hunter2") as house:
        (key,) = house.submit("/article")
        told = seen(house, house.batch(key, key, "episode_details"))
        steps = [(step.tool, step.outcome) for step in kept(house, "episode_details", key)]
    refused = ("refused answer", "error")
    assert told == [("episode_details", *one) for one in (("fetch_url", "started"), ("fetch_url", "ok"), refused)]
    assert [one for one in steps if one in told or one[0] in ("fetch_url", "refused answer")] == [
        ("fetch_url", "ok"),
        refused,
    ]


def answer_of_entities() -> Answer:
    return output({"mentions": []})


def test_an_answer_that_is_no_good_twice_ends_the_phase_and_the_exchange_is_kept(
    open_house: Open, key: str, server: OpenAIServer
) -> None:
    server.otherwise = lambda _: text("I would rather talk about something else.")
    with open_house() as house:
        assert not house.run(key, "summary").success
        error = house.status(key).error
        exchange = house.studio.store.attachment("summary", key, EXCHANGE_SUFFIX)
    assert len(server.asked) == 2
    assert error is not None
    assert error.error_class == "OutputInvalid"
    assert "something else" in (exchange or "")


def test_a_budget_stops_the_call_before_it_is_made(open_house: Open, key: str, server: OpenAIServer) -> None:
    with open_house(budget_usd_per_episode="0.000001") as house:
        assert not house.run(key, "summary").success
        error = house.status(key).error
    assert server.asked == []
    assert error is not None
    assert error.error_class == "BudgetSpent"
    assert "RAGTIME_BUDGET_USD_PER_EPISODE" in error.remedy + error.message


def test_a_retry_keeps_the_models_of_the_first_attempt_unless_it_is_told_to_rebind(
    open_house: Open, key: str, server: OpenAIServer
) -> None:
    with open_house() as house:
        submissions = house.studio.submissions
        submissions.request([key], by="test", rebind=True)
        newest = submissions.after(0, 100)[-1].id
        submissions.assign({newest: "first"}, {"summary": "", "entities": MODEL})
        submissions.request([key], by="test")
        assert submissions.bindings(key) == {"summary": "", "entities": MODEL}
        assert house.run(key, "summary").success
        assert server.asked == []
        submissions.request([key], by="test", rebind=True)
        submissions.assign({submissions.after(0, 100)[-1].id: "second"}, {"summary": MODEL})
        assert house.run(key, "summary").success
    assert len(server.asked) == 1


def test_a_run_that_dagster_tries_again_is_the_second_attempt_in_the_ledger(open_house: Open, key: str) -> None:
    with open_house() as house:
        assert house.run(key, "summary").success
        assert house.run(key, "summary", tags={"dagster/retry_number": "1"}).success
        with house.studio.database.reading() as connection:
            assert connection.execute(sa.select(model_calls.c.attempt)).scalars().all() == [1, 2]


def test_spans_go_to_the_console_and_change_nothing(open_house: Open, key: str, server: OpenAIServer) -> None:
    with open_house() as house:
        assert house.run(key, "summary").success
        plain, _ = house.studio.store.load(Summary, key)
    with open_house(otel_exporter="console") as house:
        run = house.run(key, "summary")
        assert run.success
        traced, _ = house.studio.store.load(Summary, key)
        printed = Path(house.instance.storage_directory(), run.run_id).rglob("*.err")
        spans = "".join(file.read_text() for file in printed)
    assert traced == plain
    assert '"name": "summary"' in spans
    assert SUMMARY["paragraphs"][0].strip() not in spans
