"""Questions to the corpus: dense and lexical legs, added up; hits cite episode, second and link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from ragtime_assets.corpus.baselines import Baselines, Told
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.word_index import NO_WORDS
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import EVERYTHING, Filters, Hit, PointName
from ragtime_assets.domain.searching.found import Closest, Found, RankedPassage
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets.domain.searching.ranking import Mode, is_close, score, supported
from ragtime_assets.ports import Embedder, VectorIndex

_CANDIDATES = 5
_MOST_NAMED = 1_000
"""So many passages at most are named to the vector index one by one, where filters leave so few."""
_SPARE = 20
_QUERIES = 1_000
"""So many are not embedded again when they are narrowed, asked for more, or asked by somebody else."""
LONGEST = 2_000
"""So much of a query is searched for; what comes after it changes nothing that one could see."""


class Search:
    """Reads the vector index and the search tables together."""

    def __init__(self, passages: SqlPassages, embedder: Embedder, index: VectorIndex, baselines: Baselines) -> None:
        """Ask these."""
        self._passages = passages
        self._index = index
        self._baselines = baselines
        self._vector = lru_cache(_QUERIES)(embedder.query)

    def look(
        self,
        query: str,
        limit: int = 10,
        filters: Filters = EVERYTHING,
        mode: Mode = "hybrid",
        per_episode: int | None = 2,
    ) -> Found:
        """The passages that fit `query` best, so many of an episode at most, and whether they are close."""
        ranked = self._ranked(query, limit, filters, mode, per_episode)
        return Found(tuple(ranked), bool(ranked) and is_close(ranked[0].score, mode))

    def closest(self, question: str, limit: int = 3, filters: Filters = EVERYTHING) -> Closest:
        """The passages closest to a question; nothing is generated."""
        ranked = self._ranked(question, limit, filters, "hybrid", None)
        texts = [_told(one.passage) for one in ranked]
        return Closest(question, tuple(ranked), bool(ranked) and supported(question, texts, ranked[0].score))

    def _ranked(
        self, query: str, limit: int, filters: Filters, mode: Mode, per_episode: int | None
    ) -> list[RankedPassage]:
        query = query[:LONGEST]
        wanted = limit * _CANDIDATES + _SPARE
        likeness, share = self._figures(query, wanted, filters, mode)
        scores = {name: score(likeness.get(name), one, mode) for name, one in share.items()}
        best = _at_most(sorted(scores.items(), key=lambda item: (-item[1], item[0])), per_episode)[:limit]
        passages = self._passages.named([name for name, _ in best])
        there = [(name, value) for name, value in best if name in passages]
        return [
            RankedPassage(rank, value, passages[name], likeness.get(name))
            for rank, (name, value) in enumerate(there, start=1)
        ]

    def _figures(
        self, query: str, wanted: int, filters: Filters, mode: Mode
    ) -> tuple[dict[PointName, float], dict[PointName, float]]:
        """The likeness and the share of each candidate; the share is there of every one that is let through.

        Vectors and words are looked up side by side: the one waits for a model and the index, the other for SQL.
        """
        with ThreadPoolExecutor(1) as aside:
            nearest = aside.submit(self._nearest, query, wanted, filters) if mode != "keyword" else None
            words = self._passages.weighed(query, filters) if mode != "dense" else NO_WORDS
            share = dict(self._passages.matching(words, wanted, filters))
            if nearest is None:
                return {}, share
            dense, likeness = nearest.result()
        likeness |= dense.of([name for name in share if name not in likeness])
        share |= self._passages.shares(words, [name for name in likeness if name not in share], filters)
        return likeness, share

    def _nearest(self, query: str, wanted: int, filters: Filters) -> tuple[_Dense, dict[PointName, float]]:
        """The dense leg, and the likeness of the nearest points."""
        dense = _Dense(self._index, self._baselines.told_apart(self._vector(query), asked_in(query)))
        return dense, dense.nearest(wanted, filters, self._passages)


class _Dense:
    """The dense leg of one query."""

    def __init__(self, index: VectorIndex, told: Told) -> None:
        self._index = index
        self._told = told

    def nearest(self, wanted: int, filters: Filters, passages: SqlPassages) -> dict[PointName, float]:
        """The likeness of the nearest points; where the tables let only few passages through, of these."""
        if filters.is_empty:
            return self._likeness(self._index.nearest(self._told.vector, wanted, filters))
        among = passages.names(filters, _MOST_NAMED)
        if among is not None:
            return self.of(among, wanted)
        return self._likeness(self._index.nearest(self._told.vector, wanted, filters))

    def of(self, names: Sequence[PointName], most: int | None = None) -> dict[PointName, float]:
        """The likeness of these passages."""
        if not names:
            return {}
        return self._likeness(self._index.nearest(self._told.vector, most or len(names), EVERYTHING, names))

    def _likeness(self, hits: Iterable[Hit]) -> dict[PointName, float]:
        return {hit.name: hit.score * self._told.scale for hit in hits}


def _told(passage: Passage) -> str:
    """All that a hit shows in words."""
    return " ".join((passage.text, passage.episode_title, passage.chapter or "", *passage.speakers))


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
