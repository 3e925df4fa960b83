"""The reader's face over a corpus of one finished episode, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ragtime_assets.domain.searching.found import RankedPassage
from ragtime_assets.serve.app import build_app
from ragtime_assets.serve.doors import Doors
from ragtime_assets.serve.page import View
from ragtime_assets.serve.rendering import rendered
from ragtime_assets.serve.wording import wording
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.house import furnished, house, ready, samples
from ragtime_assets_tests.openai_server import OpenAIServer, openai_server

__all__ = ["furnished", "house", "ready", "samples"]
BASE = "http://127.0.0.1:8080"
TOKEN = "correct-horse-battery"  # noqa: S105


def client_of(studio: Studio, doors: Doors | None = None) -> TestClient:
    """A browser of sorts, which asks for pages."""
    app = build_app(studio, doors or Doors.of(studio.settings, "127.0.0.1"))
    return TestClient(app, BASE, raise_server_exceptions=False, headers={"Accept": "text/html"}, follow_redirects=False)


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    """A model that says what it is told to."""
    with openai_server() as server:
        yield server


def with_a_model(library: Studio, model: OpenAIServer, budget: Decimal | None = None) -> Studio:
    """The same corpus, whose questions this model answers, each for so much at most."""
    settings = OwnSettings(
        home=library.settings.home,
        ask_model="openai-chat:parrot",
        openai_base_url=model.url,
        model_api_key="none",
        budget_usd_per_call=budget,
    )
    return Studio(settings)


@pytest.fixture(scope="session")
def library(furnished: tuple[Path, str]) -> Iterator[Studio]:
    """The corpus, only to be read."""
    studio = Studio(OwnSettings(home=furnished[0] / "home", podcast_indexes=(), browser="off"))
    yield studio
    studio.database.close()


@pytest.fixture(scope="session")
def face(library: Studio) -> Iterator[TestClient]:
    """Its pages."""
    with client_of(library) as client:
        yield client


@pytest.fixture(scope="session")
def key(furnished: tuple[Path, str]) -> str:
    """The key of its one episode."""
    return furnished[1]


@pytest.fixture(scope="session")
def ranked(library: Studio, key: str) -> RankedPassage:
    """A passage of the episode, as if a search had found it."""
    return RankedPassage(1, 0.9, library.passages.window(key, 0, 0)[0])


def html_of_view(template: str, view: View, language: str = "en") -> str:
    """A page of this view, as a browser gets it."""
    values = {"languages": {}, "base": BASE, "path": "/", "mark": "m", "query": "", "done": None}
    return rendered(template, view=view, t=wording(language), **values)
