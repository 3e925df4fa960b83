"""Questions to the corpus: dense and lexical legs, fused; hits cite episode, second and link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.ranking import fuse, is_close, lexical_weight, supported
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import Filters
from ragtime_assets.ports import Embedder, VectorIndex

_CANDIDATES = 5


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

    def search(self, query: str, limit: int = 10, filters: Mapping[str, str] | None = None) -> list[RankedPassage]:
        """The passages that fit `query` best."""
        return self._ranked(query, limit, filters or {})[0]

    def look(self, query: str, limit: int = 10, filters: Mapping[str, str] | None = None) -> Found:
        """The same, and whether they are close."""
        ranked, best = self._ranked(query, limit, filters or {})
        return Found(tuple(ranked), is_close(query, [one.passage.text for one in ranked], best))

    def closest(self, question: str, limit: int = 3) -> Closest:
        """The passages closest to a question; nothing is generated."""
        ranked, best = self._ranked(question, limit, {})
        texts = [one.passage.text for one in ranked]
        return Closest(question, tuple(ranked), bool(texts) and supported(question, texts, best))

    def _ranked(self, query: str, limit: int, filters: Mapping[str, str]) -> tuple[list[RankedPassage], float]:
        wanted = limit * _CANDIDATES
        dense = self._index.nearest(self._embedder.query(query), wanted, Filters(dict(filters)))
        lexical = self._passages.matching_words(query, wanted, filters)
        known = self._passages.by_digest([hit.chunk_digest for hit in dense], filters)
        known |= {passage.chunk_digest: passage for passage in lexical}
        alive = [hit for hit in dense if hit.chunk_digest in known]
        fused = fuse(
            [hit.chunk_digest for hit in alive], [passage.chunk_digest for passage in lexical], lexical_weight(query)
        )
        similar = {hit.chunk_digest: hit.score for hit in alive}
        ranked = [
            RankedPassage(rank, score, known[digest], similar.get(digest))
            for rank, (digest, score) in enumerate(fused[:limit], start=1)
        ]
        return ranked, max(similar.values(), default=0.0)
