"""An episode as a podcast index knows it, and how well it fits the one that is wanted."""

from __future__ import annotations

from datetime import datetime

from ragtime_assets.domain.artifact import Record


class IndexedEpisode(Record):
    """What Apple, fyyd or podcastindex.org says of an episode."""

    index: str
    title: str
    show: str | None = None
    guid: str | None = None
    podcast_guid: str | None = None
    published: datetime | None = None
    duration: float | None = None
    audio_url: str | None = None
    media_type: str | None = None
    page_url: str | None = None
    feed_url: str | None = None


class Match(Record):
    """How well an indexed episode fits the wanted one, with the reasons in words."""

    score: float
    sure: bool
    reasons: tuple[str, ...]

    @property
    def told(self) -> str:
        """It in words."""
        return f"{'sure' if self.sure else 'NOT SURE'}, {self.score:g} ({'; '.join(self.reasons)})"
