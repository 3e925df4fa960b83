"""Questions to the corpus: dense and lexical legs, fused; hits cite episode, second and link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.ranking import fuse, is_close, lexical_weight, supported
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import EVERYTHING, Filters, Hit, PointName
from ragtime_assets.ports import Embedder, VectorIndex

_CANDIDATES = 5
_MOST_NAMED = 1_000
"""So many passages at most are named to the vector index one by one, where filters leave so few."""

Mode = Literal["hybrid", "dense", "keyword"]


@dataclass(frozen=True)
class RankedPassage:
    """A passage and how well it fits."""

    rank: int
    score: float
    passage: Passage
    similarity: float | None = None
    """The cosine of its vector and the query's; None for a passage that only its words brought up."""


@dataclass(frozen=True)
class Found:
    """What a search found, best first, and whether any of it is close to what was searched for."""

    passages: tuple[RankedPassage, ...]
    is_close: bool


@dataclass(frozen=True)
class Closest:
    """The passages closest to a question, and whether they say anything about it."""

    question: str
    passages: tuple[RankedPassage, ...]
    supported: bool


class Search:
    """Reads the vector index and the search tables together."""

    def __init__(self, passages: SqlPassages, embedder: Embedder, index: VectorIndex) -> None:
        """Ask these."""
        self._passages = passages
        self._embedder = embedder
        self._index = index

    def look(
        self,
        query: str,
        limit: int = 10,
        filters: Filters = EVERYTHING,
        mode: Mode = "hybrid",
        per_episode: int | None = 2,
    ) -> Found:
        """The passages that fit `query` best, so many of an episode at most, and whether they are close."""
        ranked, best = self._ranked(query, limit, filters, mode, per_episode)
        return Found(tuple(ranked), is_close(query, [one.passage.text for one in ranked], best))

    def closest(self, question: str, limit: int = 3, filters: Filters = EVERYTHING) -> Closest:
        """The passages closest to a question; nothing is generated."""
        ranked, best = self._ranked(question, limit, filters, "hybrid", None)
        texts = [one.passage.text for one in ranked]
        return Closest(question, tuple(ranked), bool(texts) and supported(question, texts, best))

    def _ranked(
        self, query: str, limit: int, filters: Filters, mode: Mode, per_episode: int | None
    ) -> tuple[list[RankedPassage], float]:
        wanted = limit * _CANDIDATES
        dense = self._dense(query, wanted, filters) if mode != "keyword" else []
        lexical = self._passages.matching_words(query, wanted, filters) if mode != "dense" else []
        known = self._passages.named([hit.name for hit in dense], filters)
        known |= {PointName(passage.episode_key, passage.chunk_digest): passage for passage in lexical}
        alive = [hit for hit in dense if hit.name in known]
        words = [PointName(passage.episode_key, passage.chunk_digest) for passage in lexical]
        fused = fuse([hit.name for hit in alive], words, lexical_weight(query))
        similar = {hit.name: hit.score for hit in alive}
        shown = _at_most(fused, per_episode)[:limit]
        ranked = [
            RankedPassage(rank, score, known[name], similar.get(name))
            for rank, (name, score) in enumerate(shown, start=1)
        ]
        return ranked, max(similar.values(), default=0.0)

    def _dense(self, query: str, wanted: int, filters: Filters) -> list[Hit]:
        """The nearest points; where the tables let only few passages through, the nearest of these."""
        vector = self._embedder.query(query)
        if filters.is_empty:
            return self._index.nearest(vector, wanted, filters)
        among = self._passages.names(filters, _MOST_NAMED)
        if among is not None:
            return self._index.nearest(vector, wanted, EVERYTHING, among) if among else []
        # The points name an entity as it was called when they were published; the tables know what it is now.
        return self._index.nearest(vector, wanted, replace(filters, entity=None) if filters.entity else filters)


def _at_most(ranked: list[tuple[PointName, float]], per_episode: int | None) -> list[tuple[PointName, float]]:
    """The ranking, with so many of an episode."""
    if per_episode is None:
        return ranked
    shown: dict[str, int] = {}
    kept: list[tuple[PointName, float]] = []
    for name, score in ranked:
        shown[name.episode_key] = shown.get(name.episode_key, 0) + 1
        if shown[name.episode_key] <= per_episode:
            kept.append((name, score))
    return kept
