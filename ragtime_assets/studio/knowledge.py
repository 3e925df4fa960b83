"""Who is asked about people, bands, records and places: MusicBrainz and Wikidata, as far as the settings allow."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.settings import NOTHING, revealed
from ragtime_assets.studio.user_agent import user_agent

if TYPE_CHECKING:
    from ragtime_assets.adapters.knowledge.answers import KeptAnswers
    from ragtime_assets.adapters.knowledge.musicbrainz_database import MusicBrainzServer
    from ragtime_assets.adapters.knowledge.service import PublicService
    from ragtime_assets.adapters.knowledge.wikidata import Wikidata
    from ragtime_assets.corpus.registry.reconciling import Reconciliation
    from ragtime_assets.domain.deadline import Deadline
    from ragtime_assets.domain.vocabulary.vocabulary import EntityType, MusicBrainzTable, Vocabulary
    from ragtime_assets.ports import MusicDatabase
    from ragtime_assets.studio.kept import Kept
    from ragtime_assets.studio.reading import Reading

MUSIC_SECONDS = 10.0
"""That all questions about one episode may take together: what is left over is looked up later."""
MUSICBRAINZ_DAYS, WIKIDATA_DAYS = 30, 7
_MUSICBRAINZ_EVERY, _WIKIDATA_EVERY = 1.0, 0.2
"""Seconds between two requests."""
_MUSICBRAINZ_BYTES, _WIKIDATA_BYTES = 10_000_000, 50_000_000
"""Of an answer, at most; fifty items of Wikidata say much of themselves."""
_MUSICBRAINZ_PATIENCE, _WIKIDATA_PATIENCE = 5.0, 60.0
"""Seconds for one answer: an episode waits for the one, nobody for the other."""
NO_CONTACT = "RAGTIME_CONTACT is not set, and it wants to know whom to write to"


class Knowledge:
    """MusicBrainz and Wikidata."""

    def __init__(self, kept: Kept, reading: Reading) -> None:
        """Ask about the types of this vocabulary; answers are kept under HOME."""
        self._kept = kept
        self._reading = reading
        self._settings = kept.settings

    def music(self, deadline: Deadline, seconds: float = MUSIC_SECONDS) -> MusicDatabase | None:
        """MusicBrainz, until `deadline`, and for one episode no longer than 10 seconds in all; None when it is off."""
        from ragtime_assets.corpus.registry.lookups import RememberedMusicDatabase
        from ragtime_assets.domain.deadline import Deadline

        limit = Deadline(seconds, deadline)
        if self.music_server is not None:
            from ragtime_assets.adapters.knowledge.musicbrainz_database import MusicBrainzDatabase

            own = MusicBrainzDatabase(self.music_server, self._music_kinds, limit)
            return RememberedMusicDatabase(self._kept.database, own)
        if self.music_is_off is not None:
            return None
        from ragtime_assets.adapters.knowledge.musicbrainz_web import MusicBrainzWeb

        url = self._settings.musicbrainz_url
        web = MusicBrainzWeb(self._musicbrainz, url, self._answers, self._music_kinds, limit)
        return RememberedMusicDatabase(self._kept.database, web)

    @property
    def music_is_off(self) -> str | None:
        """Why MusicBrainz is not asked; None when it is."""
        if self._settings.musicbrainz_database_url is not None:
            return None
        if self._settings.musicbrainz_url == NOTHING:
            return "RAGTIME_MUSICBRAINZ_URL is none"
        return None if self._settings.contact else NO_CONTACT

    @cached_property
    def music_server(self) -> MusicBrainzServer | None:
        """The MusicBrainz database of one's own, if there is one."""
        from ragtime_assets.adapters.knowledge.breaker import Breaker
        from ragtime_assets.adapters.knowledge.musicbrainz_database import MusicBrainzServer

        url = revealed(self._settings.musicbrainz_database_url)
        if url is None:
            return None
        tables = {table.table for table in self._music_kinds.values()}
        return MusicBrainzServer(url, tables, Breaker("the MusicBrainz database"))

    @property
    def vocabulary(self) -> Vocabulary:
        """The types that are asked about."""
        return self._reading.vocabulary

    @cached_property
    def _music_kinds(self) -> dict[str, MusicBrainzTable]:
        types = self._reading.vocabulary.active.items()
        return {key: type_.musicbrainz for key, type_ in types if type_.musicbrainz}

    @cached_property
    def _musicbrainz(self) -> PublicService:
        limits = (_MUSICBRAINZ_EVERY, _MUSICBRAINZ_BYTES, _MUSICBRAINZ_PATIENCE)
        return self._service("musicbrainz", self._settings.musicbrainz_url, *limits)

    def wikidata(self, deadline: Deadline) -> Wikidata | None:
        """Wikidata, until `deadline`; None when it is off."""
        from ragtime_assets.adapters.knowledge.wikidata import Wikidata

        url = self._settings.wikidata_url
        return None if self.wikidata_is_off else Wikidata(self._wikidata, url, self._items, deadline)

    @property
    def wikidata_is_off(self) -> str | None:
        """Why Wikidata is not asked; None when it is."""
        if self._settings.wikidata_url == NOTHING:
            return "RAGTIME_WIKIDATA_URL is none"
        return None if self._settings.contact else NO_CONTACT

    @cached_property
    def item_types(self) -> dict[str, EntityType]:
        """The types of the vocabulary whose entities are items of a class of Wikidata's."""
        return {key: type_ for key, type_ in self._reading.vocabulary.active.items() if type_.wikidata}

    @cached_property
    def reconciliation(self) -> Reconciliation:
        """The registry as a W3C Reconciliation service, for whoever serves it."""
        from ragtime_assets.corpus.registry.reconciling import Reconciliation

        return Reconciliation(self._kept.database, self._reading.vocabulary.active)

    def drop_old_answers(self) -> int:
        """Remove the answers that are too old to be believed; how many there were."""
        return self._answers.drop_old() + self._items.drop_old()

    @cached_property
    def _wikidata(self) -> PublicService:
        limits = (_WIKIDATA_EVERY, _WIKIDATA_BYTES, _WIKIDATA_PATIENCE)
        return self._service("wikidata", self._settings.wikidata_url, *limits)

    @cached_property
    def _answers(self) -> KeptAnswers:
        return self._kept_answers("musicbrainz", MUSICBRAINZ_DAYS)

    @cached_property
    def _items(self) -> KeptAnswers:
        return self._kept_answers("wikidata", WIKIDATA_DAYS)

    def _kept_answers(self, service: str, days: int) -> KeptAnswers:
        from ragtime_assets.adapters.knowledge.answers import KeptAnswers

        return KeptAnswers(self._settings.root / "answers" / service, days)

    def _service(self, name: str, url: str, seconds: float, most_bytes: int, patience: float) -> PublicService:
        from ragtime_assets.adapters.knowledge.breaker import Breaker
        from ragtime_assets.adapters.knowledge.service import PublicService
        from ragtime_assets.adapters.web.address_guard import named_place
        from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits

        http = GuardedHttp(
            allow_private_hosts=(*self._settings.allow_private_hosts, named_place(url)),
            user_agent=user_agent(self._settings),
            limits=HttpLimits(document_bytes=most_bytes, document_seconds=patience),
        )
        return PublicService(name, http, self._kept.turns, seconds, Breaker(name), patience)
