"""What is kept: tables, artifacts, locks, journals and the ledger; and who hears of what is done."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.errors import StoreUnavailable
from ragtime_assets.settings import Settings, load_settings, revealed, share_processors

if TYPE_CHECKING:
    from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
    from ragtime_assets.adapters.web.credentials import Credentials
    from ragtime_assets.agents.desk.tracing import Tracing
    from ragtime_assets.corpus.approvals import SqlApprovals
    from ragtime_assets.corpus.artifact_index import ArtifactIndex
    from ragtime_assets.corpus.catalogue import SqlCatalogue
    from ragtime_assets.corpus.corrections import SqlCorrections
    from ragtime_assets.corpus.database import Database
    from ragtime_assets.corpus.episode_identities import EpisodeIdentities
    from ragtime_assets.corpus.episode_names import EpisodeNames
    from ragtime_assets.corpus.health import SqlHealth
    from ragtime_assets.corpus.journal import Journals
    from ragtime_assets.corpus.ledger import SqlLedger
    from ragtime_assets.corpus.name_rules import SqlNameRules
    from ragtime_assets.corpus.notices import SqlNotices
    from ragtime_assets.corpus.passages import SqlPassages
    from ragtime_assets.corpus.registry.enrichment import Enrichment
    from ragtime_assets.corpus.registry.entities import SqlEntities
    from ragtime_assets.corpus.registry.late_names import LateNames
    from ragtime_assets.corpus.submissions import Submissions
    from ragtime_assets.corpus.subscriptions import Subscriptions
    from ragtime_assets.corpus.tombstones import Tombstones
    from ragtime_assets.domain.money.prices import Prices
    from ragtime_assets.domain.money.spending import Budget
from ragtime_assets.ports import EntityRegistry, Locks, ServiceTurns


class Kept:
    """Everything that is kept."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Read the settings, open nothing."""
        self.settings = settings or load_settings()
        share_processors()

    def clock(self) -> datetime:
        """What time it is by the database; by this machine where it does not answer, for no work is lost for a date."""
        try:
            return self.database.clock()
        except StoreUnavailable:
            return datetime.now(UTC)

    def sweep(self) -> int:
        """Remove what killed processes left on this machine; how many things that was."""
        from ragtime_assets.adapters.storage.leftovers import TEMPORARY, remove_leftovers

        return self.store.sweep() + self.locks.sweep() + remove_leftovers(Path(tempfile.gettempdir()), TEMPORARY)

    def leftovers(self) -> int:
        """How many things killed processes left on this machine, that a sweep would remove."""
        from ragtime_assets.adapters.storage.leftovers import TEMPORARY, leftovers

        return self.store.leftovers() + len(leftovers(Path(tempfile.gettempdir()), TEMPORARY))

    @cached_property
    def database(self) -> Database:
        """The corpus tables."""
        from ragtime_assets.corpus.database import Database

        return Database(self.settings.corpus_url)

    @cached_property
    def credentials(self) -> Credentials:
        """What private feeds and members' pages are opened with; no table and no artifact has any of it."""
        from ragtime_assets.adapters.web.credentials import read_credentials

        return read_credentials(self.settings.credentials_file)

    @cached_property
    def submissions(self) -> Submissions:
        """What was submitted, and what was asked for."""
        from ragtime_assets.corpus.submissions import Submissions

        return Submissions(self.database, self.credentials.without)

    @cached_property
    def tombstones(self) -> Tombstones:
        """What is left of forgotten episodes."""
        from ragtime_assets.corpus.tombstones import Tombstones

        return Tombstones(self.database)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Which feeds are followed."""
        from ragtime_assets.corpus.subscriptions import Subscriptions

        return Subscriptions(self.database, self.credentials.without)

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
    def names(self) -> EpisodeNames:
        """Which episode or show a person means."""
        from ragtime_assets.corpus.episode_names import EpisodeNames

        return EpisodeNames(self.database)

    @cached_property
    def corrections(self) -> SqlCorrections:
        """What people corrected."""
        from ragtime_assets.corpus.corrections import SqlCorrections

        return SqlCorrections(self.database, self.credentials.without)

    @cached_property
    def approvals(self) -> SqlApprovals:
        """What people were asked, and what they said."""
        from ragtime_assets.corpus.approvals import SqlApprovals

        return SqlApprovals(self.database)

    @cached_property
    def health(self) -> SqlHealth:
        """What the tables tell of all episodes at once."""
        from ragtime_assets.corpus.health import SqlHealth

        return SqlHealth(self.database)

    @cached_property
    def notices(self) -> SqlNotices:
        """What people are to be told of failures."""
        from ragtime_assets.corpus.notices import SqlNotices

        return SqlNotices(self.database)

    @cached_property
    def name_rules(self) -> SqlNameRules:
        """Names that people taught."""
        from ragtime_assets.corpus.name_rules import SqlNameRules

        return SqlNameRules(self.database)

    @cached_property
    def registry(self) -> EntityRegistry:
        """The canonical entities."""
        from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
        from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary

        return SqlEntityRegistry(self.database, load_vocabulary(*self.settings.vocabulary).people)

    @cached_property
    def entities(self) -> SqlEntities:
        """The canonical entities as people see and change them."""
        from ragtime_assets.corpus.registry.entities import SqlEntities
        from ragtime_assets.domain.linking.kinds import kin_of
        from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary

        vocabulary = load_vocabulary(*self.settings.vocabulary)
        return SqlEntities(self.database, kin_of(vocabulary), vocabulary.people)

    @cached_property
    def passages(self) -> SqlPassages:
        """The search tables."""
        from ragtime_assets.corpus.passages import SqlPassages

        return SqlPassages(self.database)

    @cached_property
    def catalogue(self) -> SqlCatalogue:
        """What can be searched, as lists."""
        from ragtime_assets.corpus.catalogue import SqlCatalogue

        return SqlCatalogue(self.database)

    @cached_property
    def journals(self) -> Journals:
        """Answers that were paid for, until the artifact that needs them is saved."""
        from ragtime_assets.corpus.journal import Journals

        return Journals(self.database)

    @cached_property
    def budget(self) -> Budget:
        """What model calls may cost."""
        from ragtime_assets.domain.money.spending import Budget

        settings = self.settings
        return Budget(
            per_call=settings.budget_usd_per_call,
            per_episode=settings.budget_usd_per_episode,
            per_day=settings.budget_usd_per_day,
            tokens_per_usd=settings.budget_tokens_per_usd,
            minutes_per_usd=settings.budget_minutes_per_usd,
        )

    @cached_property
    def prices(self) -> Prices:
        """The user's own prices."""
        from ragtime_assets.domain.money.prices import Prices, load_prices

        return load_prices(self.settings.prices) if self.settings.prices else Prices()

    @cached_property
    def ledger(self) -> SqlLedger:
        """Every call that may have cost money."""
        from ragtime_assets.corpus.ledger import SqlLedger

        return SqlLedger(self.database, self.budget)

    @cached_property
    def tracing(self) -> Tracing:
        """Spans of phases, model calls and tools."""
        from ragtime_assets.agents.desk.tracing import Tracing

        return Tracing(self.settings.otel_exporter, content=self.settings.otel_content)

    @cached_property
    def locks(self) -> Locks:
        """Locks that die with their holder."""
        if self.database.is_sqlite:
            from ragtime_assets.adapters.storage.file_locks import FileLocks

            return FileLocks(self.settings.root / "locks")
        from ragtime_assets.corpus.locks import PostgresLocks

        return PostgresLocks(self.database)

    @cached_property
    def turns(self) -> ServiceTurns:
        """Turns at public services, one pace for all who share this corpus."""
        if self.database.is_sqlite:
            from ragtime_assets.adapters.storage.file_turns import FileTurns

            return FileTurns(self.settings.root / "turns")
        from ragtime_assets.corpus.service_turns import PostgresTurns

        return PostgresTurns(self.database)

    @cached_property
    def enrichment(self) -> Enrichment:
        """Which entities want a QID, and who asked."""
        from ragtime_assets.corpus.registry.enrichment import Enrichment

        return Enrichment(self.database)

    @cached_property
    def late_names(self) -> LateNames:
        """The names that MusicBrainz is still to be asked about."""
        from ragtime_assets.corpus.registry.late_names import LateNames

        return LateNames(self.database)

    @cached_property
    def store(self) -> ArtifactStore:
        """The artifacts."""
        from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
        from ragtime_assets.adapters.storage.bucket_access import BucketAccess

        settings, root = self.settings, self.settings.artifacts
        scratch = settings.root / "scratch" if isinstance(root, str) else root / "scratch"
        access = BucketAccess(
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            key_id=settings.s3_key_id,
            secret=revealed(settings.s3_secret),
        )
        return ArtifactStore(root, scratch.absolute(), access, self.clock)
