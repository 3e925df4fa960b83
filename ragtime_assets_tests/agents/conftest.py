"""A model that is really called: a local server, the real client, the real tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from ragtime_assets.agents.desk.calling import ModelCaller, ModelDesk
from ragtime_assets.agents.desk.providers import ModelAccess
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.journal import Journals
from ragtime_assets.corpus.ledger import SqlLedger
from ragtime_assets.corpus.schema import model_calls
from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.money.prices import TokenPrice
from ragtime_assets.domain.money.spending import Budget, Payer
from ragtime_assets_tests.openai_server import OpenAIServer, openai_server

MODEL = "openai-chat:parrot"
PRICE = TokenPrice(input=Decimal(1), output=Decimal(10))


class Names(Record):
    """What the test agent answers."""

    names: tuple[str, ...]


def is_in_unit(answer: Names, unit: str) -> str | None:
    """A check: a name may not be longer than this."""
    wrong = [name for name in answer.names if name == "Nobody"]
    return f"nobody is called {wrong[0]} in {unit}" if wrong else None


NAMES = AgentSpec(
    name="names",
    output=Names,
    instructions="List the names that occur in the text.",
    checks=(is_in_unit,),
    output_tokens=100,
)


class Bench:
    """A caller for one phase of one episode, and a look at what it left behind."""

    def __init__(self, database: Database, server: OpenAIServer) -> None:
        self.database = database
        self.server = server
        self.journals = Journals(database)
        self.trace = Trace()

    def desk(self, budget: Budget | None = None, priced: bool = True, **changes: Any) -> ModelDesk:
        access = ModelAccess(
            api_key="sk-hunter2",
            key_provider="openai-chat",
            openai_base_url=self.server.url,
            prices={MODEL: PRICE} if priced else {},
        )
        budget = budget or Budget()
        ledger = SqlLedger(self.database, budget)
        return ModelDesk(access, ledger, budget, **{"patience": 0.01, "call_seconds": 5, **changes})

    def caller(self, desk: ModelDesk | None = None, key: str = "one", model: str = MODEL) -> ModelCaller:
        payer = Payer(key, "entities", "run-1")
        return (desk or self.desk()).caller(model, payer, self.journals.of(key, "entities"), self.trace)

    def rows(self) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(sa.select(model_calls).order_by(model_calls.c.id)))

    def outcomes(self) -> list[str]:
        return [row.outcome for row in self.rows()]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as running:
        yield running


@pytest.fixture
def bench(sqlite_url: str, server: OpenAIServer) -> Iterator[Bench]:
    database = Database(sqlite_url)
    yield Bench(database, server)
    database.close()
