"""The episode's audio: where it came from, what it is, and every way that was tried."""

from __future__ import annotations

from typing import ClassVar, Literal

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.artifacts.episode_details import Chapter
from ragtime_assets.domain.episode.indexed_episode import Match

Tier = Literal["direct", "feed", "index", "browser", "agent"]
NEVER_SURE = frozenset[Tier]({"browser", "agent"})
"""The tiers that take what a page plays, whatever that is."""


class TierAttempt(Record):
    """One way to the audio, and how it ended."""

    tier: Tier
    url: str
    outcome: Literal["ok", "failed"]
    seconds: float
    bytes: int = 0
    error: str | None = None


class AudioFacts(Record):
    """What the bytes themselves say."""

    container: str
    codec: str
    duration: float
    sample_rate: int
    channels: int
    chapters: tuple[Chapter, ...] = ()


class AudioFile(Artifact):
    """The audio, kept as a blob under its sha256."""

    asset: ClassVar[str] = "audio_file"
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"attempts"})

    sha256: str
    bytes: int
    facts: AudioFacts
    url: str
    tier: Tier
    attempts: tuple[TierAttempt, ...]
    match: Match | None = None
    """How the episode was recognised, when its audio came from an index."""

    @property
    def recognised(self) -> str | None:
        """How it was recognised as the episode's, in words; None when it is where the publisher says."""
        if self.match:
            return self.match.told
        return f"NOT SURE (found by the {self.tier})" if self.tier in NEVER_SURE else None

    @property
    def low_confidence(self) -> bool:
        """Whether it may be another episode's, and no person said that it is not."""
        return not self.match.sure if self.match else self.tier in NEVER_SURE
