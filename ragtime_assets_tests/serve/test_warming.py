"""What is loaded at the start, so that the first reader does not wait for it."""

from __future__ import annotations

import gc
from pathlib import Path

from ragtime_assets.corpus.database import Database
from ragtime_assets.serve.serving import settle, warm
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.openai_server import OpenAIServer


def test_a_start_loads_what_turns_queries_into_vectors(library: Studio) -> None:
    studio = Studio(library.settings)
    warm(studio)
    assert "embedder" in vars(studio.index)
    studio.database.close()


def test_what_is_there_at_the_start_is_passed_over_by_the_collector_of_garbage() -> None:
    settle()
    passed_over = gc.get_freeze_count()
    gc.unfreeze()
    assert passed_over > 10_000


def test_a_start_pays_nobody(tmp_path: Path, model: OpenAIServer) -> None:
    settings = OwnSettings(home=tmp_path, embedder="openai:text-embedding-3-small", embedding_url=model.url)
    studio = Studio(settings)
    warm(studio)
    studio.database.close()
    assert model.asked == []


def test_a_corpus_that_does_not_answer_stops_no_start(tmp_path: Path) -> None:
    studio = Studio(OwnSettings(home=tmp_path))
    studio.database = Database("postgresql+psycopg2://nobody@127.0.0.1:9/none?connect_timeout=1")
    warm(studio)
