"""What there is of one episode, as far as renderers read it."""

from __future__ import annotations

from dataclasses import dataclass

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import Chapter, EpisodeDetails
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript


@dataclass(frozen=True)
class Contents:
    """One episode that was listened to; what its later phases have not made yet is None."""

    key: str
    details: EpisodeDetails
    transcript: Transcript
    audio: AudioFile | None = None
    summary: Summary | None = None
    chunks: Chunks | None = None
    entities: Entities | None = None
    links: EntityLinks | None = None

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The publisher's chapters, on the times of this audio."""
        return self.transcript.chapters

    @property
    def published(self) -> str | None:
        """The day of publication where it was published, as 2024-05-31."""
        return self.details.day
