"""Questions to the corpus: dense and lexical legs, added up; hits cite episode, second and link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ragtime_assets.corpus.baselines import Baselines, Told
from ragtime_assets.corpus.passages import SqlPassages, name_of
from ragtime_assets.corpus.sentence_vectors import SentenceVectors
from ragtime_assets.corpus.word_index import NO_WORDS
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import EVERYTHING, Filters, Hit, PointName
from ragtime_assets.domain.searching.closeness import (
    JUDGED,
    Near,
    Way,
    clues_of,
    judged,
    sentences_of,
)
from ragtime_assets.domain.searching.found import NOTHING_FOUND, Closeness, Found, RankedPassage
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets.domain.searching.ranking import TITLE_WEIGHT, Mode, score
from ragtime_assets.domain.searching.sentences import closest_sentence
from ragtime_assets.domain.searching.titles import says_title
from ragtime_assets.domain.searching.traits import shared
from ragtime_assets.ports import Embedder, LanguageDetector, TraitReader, VectorReader

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

_CANDIDATES = 5
_MOST_NAMED = 1_000
"""So many passages at most are named to the vector index one by one, where filters leave so few."""
_SPARE = 20
_READ = 10
"""So many are read at least, of which those go up whose title is asked for, however few are shown."""
_QUERIES = 1_000
"""So many are not embedded again when they are narrowed, asked for more, or asked by somebody else."""
_TRAITS = 50
"""The traits of so many questions and passages are held: some 5 MB."""
LONGEST = 2_000
"""So much of a query is searched for; what comes after it changes nothing that one could see."""


class Search:
    """Reads the vector index and the search tables together."""

    def __init__(
        self,
        passages: SqlPassages,
        embedder: Embedder,
        index: VectorReader,
        baselines: Baselines,
        languages: LanguageDetector,
        traits: TraitReader | None = None,
    ) -> None:
        """Ask these; `traits` where the engine reads them."""
        self._passages = passages
        self._index = index
        self._baselines = baselines
        self._sentences = SentenceVectors(embedder)
        self._asked_in = lru_cache(_QUERIES)(lambda query: asked_in(query, languages.detect))
        self._vector = lru_cache(_QUERIES)(embedder.query)
        self._traits = None if traits is None else lru_cache(_TRAITS)(traits.traits)

    def look(
        self,
        query: str,
        limit: int = 10,
        filters: Filters = EVERYTHING,
        mode: Mode = "hybrid",
        per_episode: int | None = 2,
    ) -> Found:
        """The passages that fit `query` best, so many of an episode at most, and whether they are close."""
        query = query[:LONGEST]
        ranked, figures = self._ranked(query, max(limit, JUDGED), filters, mode, per_episode)
        return Found(tuple(ranked[:limit]), self._closeness(query, ranked, mode, _near(ranked, figures)))

    def closest(self, question: str, limit: int = 3, filters: Filters = EVERYTHING) -> Found:
        """The passages closest to a question, each with its closest sentence; nothing is generated.

        Whether they answer it is judged by their sentences too, which takes longer than a search may. What is found
        behind those that are judged is compared by its words alone.
        """
        question = question[:LONGEST]
        ranked, figures = self._ranked(question, max(limit, JUDGED), filters, "hybrid", None)
        near = _near(ranked, figures)
        if figures.dense is None or not ranked:
            return Found((), self._closeness(question, ranked, "answer", near))
        sentences = sentences_of([one.passage for one in ranked[:JUDGED]])
        vectors = self._sentences.of(sentences)
        likeness = dict(zip(sentences, _likeness(vectors, figures.dense.told), strict=True))
        shown = (replace(one, sentence=closest_sentence(question, one.passage, likeness)) for one in ranked[:limit])
        near = near._replace(sentences=_likeness(vectors, figures.dense.own))
        if self._traits is None:
            return Found(tuple(shown), self._closeness(question, ranked, "answer", near))
        near = near._replace(traits=shared(self._traits(question), self._traits(ranked[0].passage.text)))
        return Found(tuple(shown), self._closeness(question, ranked, "traits", near))

    def _closeness(self, query: str, ranked: Sequence[RankedPassage], way: Way, near: Near) -> Closeness:
        return judged(clues_of(query, self._asked_in(query), ranked, near), way) if ranked else NOTHING_FOUND

    def _ranked(
        self, query: str, limit: int, filters: Filters, mode: Mode, per_episode: int | None
    ) -> tuple[list[RankedPassage], _Figures]:
        wanted = limit * _CANDIDATES + _SPARE
        figures = self._figures(query, wanted, filters, mode)
        likeness, share = figures.likeness, figures.share
        scores = {name: score(likeness.get(name), one, mode) for name, one in share.items()}
        best = _at_most(sorted(scores.items(), key=lambda item: (-item[1], item[0])), per_episode)[: max(limit, _READ)]
        passages = self._passages.named([name for name, _ in best])
        there = {name: value + _for_title(query, passages[name], mode) for name, value in best if name in passages}
        ranked = [
            RankedPassage(rank, value, passages[name], likeness.get(name), share[name])
            for rank, (name, value) in enumerate(sorted(there.items(), key=lambda item: -item[1])[:limit], start=1)
        ]
        return ranked, figures

    def _figures(self, query: str, wanted: int, filters: Filters, mode: Mode) -> _Figures:
        """The likeness and the share of each candidate; the share is there of every one that is let through.

        Vectors and words are each looked up for what the other brings up, too.
        """
        words = self._passages.weighed(query, filters) if mode != "dense" else NO_WORDS
        by_words = dict(self._passages.matching(words, wanted, filters))
        if mode == "keyword":
            return _Figures({}, by_words)
        vector = self._vector(query)
        told = self._baselines.told_apart(vector, self._asked_in(query))
        dense = _Dense(self._index, told, self._baselines.own(vector))
        nearest = dense.nearest(wanted, filters, self._passages)
        by_vectors = self._passages.shares(words, nearest, filters)
        likeness, near = dense.beside({*nearest, *by_words})
        return _Figures(likeness | nearest, by_words | by_vectors, dense, near)


class _Figures(NamedTuple):
    """What each candidate scores."""

    likeness: dict[PointName, float]
    share: dict[PointName, float]
    dense: _Dense | None = None
    near: Mapping[PointName, float] = MappingProxyType({})
    """How near each is to what the query has of its own."""


class _Dense:
    """The dense leg of one query."""

    def __init__(self, index: VectorReader, told: Told, own: Told) -> None:
        self._index = index
        self.told = told
        self.own = own

    def nearest(self, wanted: int, filters: Filters, passages: SqlPassages) -> dict[PointName, float]:
        """The likeness of the nearest points; where the tables let only few passages through, of these."""
        if filters.is_empty:
            return self._likeness(self._index.nearest(self.told.vector, wanted, filters))
        among = passages.names(filters, _MOST_NAMED)
        if among is None:
            return self._likeness(self._index.nearest(self.told.vector, wanted, filters))
        return self._likeness(self._index.nearest(self.told.vector, wanted, EVERYTHING, among)) if among else {}

    def beside(self, names: Collection[PointName]) -> tuple[dict[PointName, float], dict[PointName, float]]:
        """The likeness of these points, and how near they are to what the query has of its own."""
        import numpy as np

        cosines = self._index.cosines(names, np.stack([self.told.vector, self.own.vector]))
        likeness = {name: cosine * self.told.scale for name, (cosine, _) in cosines.items()}
        return likeness, {name: cosine * self.own.scale for name, (_, cosine) in cosines.items()}

    def _likeness(self, hits: Iterable[Hit]) -> dict[PointName, float]:
        return {hit.name: hit.score * self.told.scale for hit in hits}


def _near(ranked: Sequence[RankedPassage], figures: _Figures) -> Near:
    """How near the best passages are to what the query has of its own."""
    best = (name_of(one.passage) for one in ranked[:JUDGED])
    return Near([figures.near[name] for name in best if name in figures.near])


def _likeness(vectors: Vectors, told: Told) -> list[float]:
    return [float(cosine) * told.scale for cosine in vectors @ told.vector]


def _for_title(query: str, passage: Passage, mode: Mode) -> float:
    is_said = mode == "hybrid" and says_title(query, passage.episode_title, passage.language)
    return TITLE_WEIGHT if is_said else 0.0


def _at_most(ranked: list[tuple[PointName, float]], per_episode: int | None) -> list[tuple[PointName, float]]:
    """The ranking, with so many of an episode."""
    if per_episode is None:
        return ranked
    shown: dict[str, int] = {}
    kept: list[tuple[PointName, float]] = []
    for one in ranked:
        key = one[0].episode_key
        shown[key] = shown.get(key, 0) + 1
        if shown[key] <= per_episode:
            kept.append(one)
    return kept
