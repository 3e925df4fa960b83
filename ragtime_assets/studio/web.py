"""What pages, feeds and audio are fetched and read with."""

from __future__ import annotations

import time
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.settings import revealed
from ragtime_assets.studio.user_agent import user_agent

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragtime_assets.adapters.feeds.polls import FeedPolls
    from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
    from ragtime_assets.adapters.web.http import GuardedHttp
    from ragtime_assets.adapters.web.local_files import TimedFetcher
    from ragtime_assets.agents.desk.calling import ModelCaller
    from ragtime_assets.domain.deadline import Deadline
    from ragtime_assets.phases.episode_details import Readers
    from ragtime_assets.ports import AudioFinder, AudioProbe, PageReader, PageRenderer, PodcastIndex
    from ragtime_assets.studio.kept import Kept


class Web:
    """The web, and what is read of it."""

    def __init__(self, kept: Kept) -> None:
        """What is downloaded is laid into the store of what is kept."""
        self._kept = kept
        self._settings = kept.settings
        self._deadline: Deadline | None = None

    def until(self, deadline: Deadline) -> Web:
        """The same, for a phase that is over at `deadline`, whatever of the web it still waits for."""
        bounded = copy(self)
        bounded._deadline = deadline
        bounded.http = self.http.until(deadline)
        bounded.fetcher = self.fetcher.until(deadline)
        return bounded

    @cached_property
    def fetcher(self) -> TimedFetcher:
        """The web, and the folders of this machine that are allowed."""
        from ragtime_assets.adapters.web.local_files import FilesOrWeb

        return FilesOrWeb([Path(folder) for folder in self._settings.local_files], self.http)

    @cached_property
    def http(self) -> GuardedHttp:
        """The web, guarded."""
        from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits

        settings = self._settings
        return GuardedHttp(
            allow_private_hosts=settings.allow_private_hosts,
            user_agent=user_agent(self._settings),
            limits=HttpLimits(
                document_bytes=settings.max_document_bytes,
                download_bytes=settings.max_audio_bytes,
                download_seconds=settings.phase_timeout.of("audio_file"),
                download_speed=settings.min_download_speed,
            ),
            credentials=self._kept.credentials,
        )

    @cached_property
    def indexes(self) -> tuple[PodcastIndex, ...]:
        """The podcast indexes, in the order in which they are asked."""
        from ragtime_assets.adapters.indexes.apple import AppleIndex
        from ragtime_assets.adapters.indexes.fyyd import FyydIndex
        from ragtime_assets.adapters.indexes.podcastindex import PodcastIndexOrg
        from ragtime_assets.adapters.web.address_guard import named_place
        from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits

        settings = self._settings
        named = map(named_place, (settings.apple_url, settings.fyyd_url, settings.podcastindex_url))
        http = GuardedHttp(
            allow_private_hosts=(*settings.allow_private_hosts, *named),
            user_agent=user_agent(self._settings),
            limits=HttpLimits(settings.max_document_bytes, document_seconds=10, attempts=1),
        )
        known: dict[str, Callable[[], PodcastIndex]] = {
            "apple": lambda: AppleIndex(http, settings.apple_url),
            "fyyd": lambda: FyydIndex(http, settings.fyyd_url, revealed(settings.fyyd_api_key)),
            "podcastindex": lambda: PodcastIndexOrg(
                http,
                settings.podcastindex_url,
                revealed(settings.podcastindex_api_key) or "",
                revealed(settings.podcastindex_api_secret) or "",
            ),
        }
        return tuple(known[name]() for name in settings.podcast_indexes)

    @cached_property
    def feeds(self) -> PodcastFeedReader:
        """Reads feeds."""
        from ragtime_assets.adapters.feeds.reader import PodcastFeedReader

        return PodcastFeedReader()

    @cached_property
    def feed_polls(self) -> FeedPolls:
        """Asks feeds for what is new."""
        from ragtime_assets.adapters.feeds.polls import FeedPolls

        return FeedPolls(self.http, self.feeds)

    @cached_property
    def pages(self) -> PageReader:
        """Reads episode pages."""
        from ragtime_assets.adapters.pages.reader import EpisodePageReader

        return EpisodePageReader()

    @cached_property
    def probe(self) -> AudioProbe:
        """Looks into audio files."""
        from ragtime_assets.adapters.audio.probe import AvAudioProbe

        return AvAudioProbe()

    def readers(self, caller: ModelCaller | None = None) -> Readers:
        """Everything that details are read with; an investigator among it where there is somebody to call a model."""
        from ragtime_assets.phases.episode_details import Readers

        readers = Readers(self.fetcher, self.feeds, self.pages, self.indexes, renderer=self._renderer)
        if caller is None:
            return readers
        from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
        from ragtime_assets.agents.investigator import ModelInvestigator

        investigator = ModelInvestigator(caller, self.http, self.pages, FastTextLanguageDetector(), self.indexes)
        return replace(readers, investigator=investigator)

    @property
    def _renderer(self) -> PageRenderer | None:
        from ragtime_assets.adapters.browser.renderer import BrowserPageRenderer

        return None if self._settings.browser == "off" else BrowserPageRenderer(self.http.guard)

    def audio_finders(self, caller: ModelCaller | None = None) -> tuple[AudioFinder, ...]:
        """The tiers of ways to the audio, in their order; the last where there is somebody to call a model."""
        from ragtime_assets.phases.audio.known_addresses import DirectAudioFinder, FeedAudioFinder
        from ragtime_assets.phases.details.index_search import IndexAudioFinder

        known = (DirectAudioFinder(), FeedAudioFinder(self.fetcher, self.feeds))
        finders: tuple[AudioFinder, ...] = (*known, *self._ytdlp, IndexAudioFinder(self.indexes))
        if self._settings.browser == "off":
            return finders
        from ragtime_assets.adapters.browser.finder import BrowserAudioFinder

        finders = (*finders, BrowserAudioFinder(self.http.guard, blobs=self._kept.store))
        return finders if caller is None else (*finders, self._agent_finder(caller))

    @property
    def _ytdlp(self) -> tuple[AudioFinder, ...]:
        if self._settings.ytdlp == "off":
            return ()
        from ragtime_assets.adapters.ytdlp.finder import YtDlpAudioFinder

        return (YtDlpAudioFinder(self.http.guard, user_agent(self._settings), self._deadline),)

    def _agent_finder(self, caller: ModelCaller) -> AudioFinder:
        from ragtime_assets.adapters.browser.labels import button_words
        from ragtime_assets.adapters.browser.session import BrowserSession
        from ragtime_assets.agents.downloader import AgentAudioFinder
        from ragtime_assets.corpus.journal import NoJournal
        from ragtime_assets.phases.details.index_search import best_match

        seconds = self._settings.download_agent_timeout
        return AgentAudioFinder(
            # What a page was when an agent saw it is gone: a new attempt begins on the page.
            replace(
                caller, journal=NoJournal(), desk=replace(caller.desk, phase_seconds=seconds), begun=time.monotonic()
            ),
            self.http,
            lambda language: BrowserSession(self.http.guard, seconds=seconds, language=language),
            button_words,
            lambda wanted, trace: best_match(wanted, self.indexes, trace),
            blobs=self._kept.store,
            requests=self._settings.download_agent_requests,
        )
