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
    from ragtime_assets.domain.deadline import Deadline
    from ragtime_assets.domain.vocabulary.vocabulary import MusicBrainzTable
    from ragtime_assets.ports import MusicDatabase
    from ragtime_assets.studio.kept import Kept
    from ragtime_assets.studio.reading import Reading

MUSIC_SECONDS = 10.0
"""That all questions about one episode may take together: what is left over is looked up later."""
MUSICBRAINZ_DAYS = 30
_EVERY = 1.0
_MOST_BYTES = 10_000_000
NO_CONTACT = "RAGTIME_CONTACT is not set, and it wants to know whom to write to"


class Knowledge:
    """MusicBrainz and Wikidata."""

    def __init__(self, kept: Kept, reading: Reading) -> None:
        """Ask about the types of this vocabulary; answers are kept under HOME."""
        self._kept = kept
        self._reading = reading
        self._settings = kept.settings

    def music(self, deadline: Deadline) -> MusicDatabase | None:
        """MusicBrainz, until `deadline`, and for one episode no longer than 10 seconds in all; None when it is off."""
        from ragtime_assets.adapters.knowledge.musicbrainz_database import MusicBrainzDatabase
        from ragtime_assets.adapters.knowledge.musicbrainz_web import MusicBrainzWeb
        from ragtime_assets.domain.deadline import Deadline

        limit = Deadline(MUSIC_SECONDS, deadline)
        if self.music_server is not None:
            return MusicBrainzDatabase(self.music_server, self._music_kinds, limit)
        if self.music_is_off is not None:
            return None
        url = self._settings.musicbrainz_url
        return MusicBrainzWeb(self._musicbrainz, url, self._answers, self._music_kinds, limit)

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

    @cached_property
    def _music_kinds(self) -> dict[str, MusicBrainzTable]:
        types = self._reading.vocabulary.active.items()
        return {key: type_.musicbrainz for key, type_ in types if type_.musicbrainz}

    @cached_property
    def _musicbrainz(self) -> PublicService:
        return self._service("musicbrainz", self._settings.musicbrainz_url, _EVERY, _MOST_BYTES)

    @cached_property
    def _answers(self) -> KeptAnswers:
        from ragtime_assets.adapters.knowledge.answers import KeptAnswers

        return KeptAnswers(self._settings.root / "answers" / "musicbrainz", MUSICBRAINZ_DAYS)

    def _service(self, name: str, url: str, seconds: float, most_bytes: int) -> PublicService:
        from ragtime_assets.adapters.knowledge.breaker import Breaker
        from ragtime_assets.adapters.knowledge.service import PATIENCE, PublicService
        from ragtime_assets.adapters.web.address_guard import named_place
        from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits

        http = GuardedHttp(
            allow_private_hosts=(*self._settings.allow_private_hosts, named_place(url)),
            user_agent=user_agent(self._settings),
            limits=HttpLimits(document_bytes=most_bytes, document_seconds=PATIENCE, stall_seconds=PATIENCE),
        )
        return PublicService(name, http, self._kept.turns, seconds, Breaker(name))
