"""The episode's audio: where it came from, what it is, and every way that was tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.artifacts.episode_details import Chapter
from ragtime_assets.domain.episode.indexed_episode import Match
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX
from ragtime_assets.domain.facts import Fact, Link, Table
from ragtime_assets.domain.figures import clock, size

Tier = Literal["direct", "feed", "yt-dlp", "index", "browser", "agent"]
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
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"attempts", "doubt"})
    files: ClassVar[Mapping[str, str]] = {"trace": TRACE_SUFFIX}

    sha256: str
    bytes: int
    facts: AudioFacts
    url: str
    tier: Tier
    attempts: tuple[TierAttempt, ...]
    match: Match | None = None
    """How the episode was recognised, when its audio came from an index."""
    doubt: str | None = None
    """Why it may be another episode's; it was taken all the same, for a person decides before it is listened to."""

    @property
    def recognised(self) -> str | None:
        """How it was recognised as the episode's, in words; None when it is where the publisher says."""
        if self.doubt:
            return f"NOT SURE ({self.doubt})"
        if self.match:
            return self.match.told
        return f"NOT SURE (found by the {self.tier})" if self.tier in NEVER_SURE else None

    @property
    def low_confidence(self) -> bool:
        """Whether it may be another episode's, and no person said that it is not."""
        if self.doubt:
            return True
        return not self.match.sure if self.match else self.tier in NEVER_SURE

    def tells(self) -> Iterator[Fact]:
        """What the audio is, and every way to it that was tried."""
        yield Fact("duration", clock(self.facts.duration), brief=True)
        yield Fact("duration_seconds", self.facts.duration)
        yield Fact("codec", f"{self.facts.codec} in {self.facts.container}", brief=True)
        yield Fact("size", size(self.bytes), brief=True)
        yield Fact("audio", Link(self.url))
        yield Fact("tier", self.tier)
        if self.recognised:
            yield Fact("recognised", self.recognised, brief=True)
        yield Fact("sha256", self.sha256)
        tried = tuple((one.tier, one.url, one.outcome, one.error or size(one.bytes)) for one in self.attempts)
        yield Fact("tried", Table(("tier", "address", "outcome", "said"), tried), heading="Audio")
