"""The embedding endpoint, played by a real local server that knows what it was sent."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from ragtime_assets.adapters.vectors.embedding_endpoint import EmbeddingEndpoint
from ragtime_assets.adapters.vectors.openai_embedder import BATCH, LONGEST, OPENAI, OpenAIEmbedder, tokens_of
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.ledger import SqlLedger
from ragtime_assets.domain.money.prices import TokenPrice
from ragtime_assets.domain.money.spending import Budget, Payer
from ragtime_assets.errors import (
    BudgetSpent,
    ConfigurationError,
    OutputInvalid,
    PermanentError,
    RagtimeError,
    SourceUnavailable,
    TimedOut,
    TooLarge,
)
from ragtime_assets.ports import Account
from ragtime_assets_tests.embedding_server import DIMENSION, EmbeddingServer
from ragtime_assets_tests.fakes import FakeJournal, FakeLedger

KEY = "sk-hunter2"
PAYER = Payer("key", "embeddings", "run")
TEXTS = [f"passage number {number}" for number in range(BATCH + 2)]


@pytest.fixture
def endpoint(httpserver: HTTPServer) -> EmbeddingServer:
    return EmbeddingServer(httpserver)


def embedder(endpoint: EmbeddingServer, model: str = "bge-m3", **options: Any) -> OpenAIEmbedder:
    at = EmbeddingEndpoint(endpoint.url, model, KEY, "ragtime-assets/test")
    return OpenAIEmbedder(at, **{"wait": lambda _seconds: None, **options})


def error_of(status: int, message: str = "no", **more: Any) -> Response:
    headers = more.pop("headers", {})
    return Response(json.dumps({"error": {"message": message, **more}}), status, headers)


def rows_of(*rows: list[float | None], **more: Any) -> str:
    """An answer with these vectors."""
    return json.dumps({"data": [{"index": at, "embedding": row} for at, row in enumerate(rows)], **more})


def test_each_text_has_its_vector_whatever_the_order_of_the_answer(endpoint: EmbeddingServer) -> None:
    rows = embedder(endpoint).passages(["two eggs", "a trumpet", "two eggs and flour"])
    assert (rows.shape, rows.dtype) == ((3, DIMENSION), np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[2] > 0.5 > rows[0] @ rows[1]


def test_texts_go_in_batches_with_model_and_key(endpoint: EmbeddingServer) -> None:
    rows = embedder(endpoint).passages(TEXTS)
    assert rows.shape == (BATCH + 2, DIMENSION)
    assert endpoint.batches == [TEXTS[:BATCH], TEXTS[BATCH:]]
    assert endpoint.asked[0].keys() == {"model", "input", "encoding_format"}
    assert set(endpoint.keys) == {f"Bearer {KEY}"}


def test_engine_and_dimension_are_the_model_s(endpoint: EmbeddingServer) -> None:
    asked = embedder(endpoint)
    assert (asked.engine, asked.dimension) == ("openai bge-m3", DIMENSION)
    assert len(endpoint.batches) == 1
    assert asked.dimension == DIMENSION
    assert asked.query("eggs").shape == (DIMENSION,)
    assert len(endpoint.batches) == 2, "what is learnt is not asked again"


def test_the_dimension_of_openai_s_own_models_is_known() -> None:
    at = EmbeddingEndpoint(OPENAI, "text-embedding-3-small", KEY, "test")
    assert OpenAIEmbedder(at).dimension == 1536


def test_a_text_of_nothing_or_of_a_book_is_sent_as_the_endpoint_takes_it(endpoint: EmbeddingServer) -> None:
    embedder(endpoint).passages(["", "\0", "word " * 10_000, "half \ud800 a sign"])
    (sent,) = endpoint.batches
    assert sent[:2] == ["-", "-"]
    assert len(sent[2]) <= LONGEST
    assert sent[3] == "half ? a sign"


def test_after_a_failure_no_batch_is_paid_twice(endpoint: EmbeddingServer) -> None:
    journal, ledger = FakeJournal(), FakeLedger()
    endpoint.refusals = [None, error_of(400)]
    asked = embedder(endpoint).paid_by(Account(ledger, PAYER), journal)
    with pytest.raises(PermanentError):
        asked.passages(TEXTS)
    endpoint.batches.clear()

    rows = asked.passages(TEXTS)

    assert endpoint.batches == [TEXTS[BATCH:]]
    assert rows.shape == (BATCH + 2, DIMENSION)
    assert [one.outcome for one in ledger.settled.values()] == ["ok", "failed", "replayed", "ok"]
    assert sum(one.charge for one in ledger.settled.values()) == Decimal(10 * (BATCH + 2)) / 100_000


def test_the_ledger_knows_the_tokens_that_were_read_and_their_price(endpoint: EmbeddingServer) -> None:
    ledger = FakeLedger()
    prices = {"openai:bge-m3": TokenPrice(Decimal(2), Decimal(0))}
    embedder(endpoint, prices=prices).paid_by(Account(ledger, PAYER)).passages(["two eggs", "flour"])
    assert [(call.provider, call.model, call.agent, call.is_priced) for call in ledger.opened] == [
        ("openai", "bge-m3", "embedder", True)
    ]
    settled = ledger.settled[1]
    assert settled.tokens is not None
    assert (settled.tokens.input, settled.cost.amount, settled.cost.source) == (20, Decimal("0.00004"), "prices file")


def test_a_server_that_counts_no_tokens_is_charged_by_a_guess(endpoint: EmbeddingServer) -> None:
    ledger, endpoint.tokens_per_text = FakeLedger(), None
    embedder(endpoint).paid_by(Account(ledger, PAYER)).passages(["two eggs and a cup of flour"])
    assert ledger.settled[1].tokens == ledger.settled[1].tokens
    assert ledger.settled[1].charge == ledger.opened[0].charge > 0


def test_a_spent_budget_stops_the_call_before_it_is_made(endpoint: EmbeddingServer, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    account = Account(SqlLedger(database, Budget(per_day=Decimal("0.0001"))), PAYER)
    with pytest.raises(BudgetSpent, match=r"openai:bge-m3.*RAGTIME_BUDGET_USD_PER_DAY"):
        embedder(endpoint).paid_by(account).passages(TEXTS)
    assert endpoint.batches == []
    database.close()


def test_openai_s_own_price_is_known_and_that_of_another_server_is_not(endpoint: EmbeddingServer) -> None:
    theirs = OpenAIEmbedder(EmbeddingEndpoint(OPENAI, "text-embedding-3-small", KEY, "test"))
    assert theirs.cost_of(1_000_000).amount == Decimal("0.02")
    assert embedder(endpoint, "text-embedding-3-small").cost_of(1_000_000).amount is None


@pytest.mark.parametrize(
    "text", ["Django Reinhardt plays swing in Paris.", "Jazzmusikgeschichte", "爵士樂的歷史很長", ""]
)
def test_the_guess_of_tokens_is_on_the_dear_side(text: str) -> None:
    words = text.split()
    assert len(words) < tokens_of(text) <= 2 * len(text) + 1


def test_a_busy_server_is_asked_again_when_it_says(endpoint: EmbeddingServer) -> None:
    waits: list[float] = []
    endpoint.refusals = [error_of(429, headers={"Retry-After": "7"}), error_of(503)]
    embedder(endpoint, wait=waits.append).passages(["eggs"])
    assert (len(endpoint.batches), waits[0]) == (3, 7)


def test_after_three_attempts_it_is_given_up_for_now(endpoint: EmbeddingServer) -> None:
    endpoint.refusals = [error_of(500)] * 3
    with pytest.raises(SourceUnavailable, match="500"):
        embedder(endpoint).passages(["eggs"])


def test_a_server_that_is_not_there_is_named() -> None:
    at = EmbeddingEndpoint("http://127.0.0.1:1/v1", "bge-m3", None, "test")
    with pytest.raises((SourceUnavailable, TimedOut), match="http://127.0.0.1:1/v1/embeddings"):
        OpenAIEmbedder(at, wait=lambda _seconds: None).query("eggs")


@pytest.mark.parametrize(
    ("refusal", "kind", "words"),
    [
        (error_of(401, f"Incorrect API key provided: {KEY}"), ConfigurationError, "RAGTIME_EMBEDDING_API_KEY"),
        (error_of(404, "no such model"), ConfigurationError, "RAGTIME_EMBEDDER"),
        (Response("", 307, {"Location": "http://elsewhere.example/"}), ConfigurationError, "RAGTIME_EMBEDDING_URL"),
        (error_of(400, "maximum context length is 512 tokens"), PermanentError, "RAGTIME_EMBEDDER"),
        (error_of(413), TooLarge, ""),
        (error_of(429, "quota", code="insufficient_quota"), BudgetSpent, "Top up"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_repeated(
    endpoint: EmbeddingServer, refusal: Response, kind: type[RagtimeError], words: str
) -> None:
    endpoint.refusals = [refusal]
    with pytest.raises(kind) as raised:
        embedder(endpoint).passages(["eggs"])
    assert words in raised.value.remedy
    assert KEY not in f"{raised.value!r} {raised.value.remedy} {raised.value.details}"
    assert len(endpoint.batches) == 1


@pytest.mark.parametrize(
    ("answer", "told", "remedy"),
    [
        ("<html>busy</html>", "a web page came", "RAGTIME_EMBEDDING_URL"),
        ('{"choices": []}', "not a list of embeddings", "RAGTIME_EMBEDDER"),
        ("[1, 2", "not a list of embeddings", "RAGTIME_EMBEDDER"),
        (rows_of([1.0, 0.0]), "1 vectors came for 2 texts", "RAGTIME_EMBEDDER"),
        (rows_of([1.0], [1.0], [1.0]), "3 vectors came for 2 texts", "RAGTIME_EMBEDDER"),
        (rows_of([1.0, 0.0], [1.0]), "have 1, 2 dimensions", "RAGTIME_EMBEDDER"),
        (rows_of([], []), "have 0 dimensions", "RAGTIME_EMBEDDER"),
        (rows_of([1.0, 0.0], [0.0, 0.0]), "nothing but zeros", "RAGTIME_EMBEDDER"),
        (rows_of([1.0, 0.0], [None, 1.0]), "not a list of embeddings", "RAGTIME_EMBEDDER"),
        ('{"data": [{"embedding": [NaN, 1]}, {"embedding": [1, 1]}]}', "not numbers", "RAGTIME_EMBEDDER"),
        ('{"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [2]}]}', "2 vectors came", "EMBEDDER"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_its_setting_and_never_replayed(
    endpoint: EmbeddingServer, answer: str, told: str, remedy: str
) -> None:
    journal, ledger = FakeJournal(), FakeLedger()
    endpoint.answers = [answer]
    with pytest.raises(OutputInvalid, match=told) as raised:
        embedder(endpoint).paid_by(Account(ledger, PAYER), journal).passages(["eggs", "flour"])
    assert remedy in raised.value.remedy
    assert (journal.kept, journal.rejected, ledger.rejected) == ({}, ["texts 0"], [1])


def test_a_model_that_changes_its_dimension_is_refused(endpoint: EmbeddingServer) -> None:
    asked = embedder(endpoint)
    asked.query("eggs")
    endpoint.answers = [rows_of([1.0, 0.0])]
    with pytest.raises(OutputInvalid, match=f"2 dimensions and not {DIMENSION}"):
        asked.query("flour")


def test_no_texts_are_no_call_where_the_dimension_is_known() -> None:
    at = EmbeddingEndpoint(OPENAI, "text-embedding-3-large", KEY, "test")
    assert OpenAIEmbedder(at).passages([]).shape == (0, 3072)


def test_the_key_is_in_no_repr(endpoint: EmbeddingServer) -> None:
    assert KEY not in repr(embedder(endpoint))
