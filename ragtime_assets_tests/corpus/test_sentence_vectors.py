"""The vectors of sentences: embedded once, as long as they are among the last that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ragtime_assets.corpus.sentence_vectors import SentenceVectors
from ragtime_assets_tests.fakes import DIMENSION, FakeEmbedder

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


class CountingEmbedder(FakeEmbedder):
    """Notes what it embeds."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return super().passages(texts)


def test_a_sentence_is_embedded_once_and_its_row_stands_where_it_is_asked_for() -> None:
    embedder = CountingEmbedder()
    vectors = SentenceVectors(embedder)
    assert vectors.of(["one", "two"]).shape == (2, DIMENSION)
    found = vectors.of(["three", "two", "one"])
    assert embedder.embedded == ["one", "two", "three"]
    assert np.array_equal(found, FakeEmbedder().passages(["three", "two", "one"]))


def test_of_too_many_those_go_that_were_not_asked_for_the_longest() -> None:
    embedder = CountingEmbedder()
    vectors = SentenceVectors(embedder, most=2)
    for sentence in ("one", "two", "one", "three", "one", "two"):
        vectors.of([sentence])
    assert embedder.embedded == ["one", "two", "three", "two"]
    assert vectors.of(["four", "five", "six"]).shape == (3, DIMENSION)


def test_no_sentences_have_no_rows() -> None:
    assert SentenceVectors(CountingEmbedder()).of([]).shape == (0, DIMENSION)
