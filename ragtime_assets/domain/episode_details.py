"""What is known about an episode before its audio is touched."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from ragtime_assets.domain.artifact import Artifact, Record

Outcome = Literal["ok", "partial"]
SourceKind = Literal["canonical", "aggregator", "unknown"]
AudioOrigin = Literal["enclosure", "alternate", "json_ld", "open_graph", "media_element", "player", "direct"]


class AudioCandidate(Record):
    """An address that may hold the episode's audio, and where it was read."""

    url: str
    origin: AudioOrigin
    media_type: str | None = None
    length: int | None = None


class PublisherTranscript(Record):
    """A transcript that the publisher offers."""

    url: str
    media_type: str
    language: str | None = None
    rel: str | None = None


class Chapter(Record):
    """A titled stretch of the audio."""

    start: float
    title: str
    end: float | None = None
    url: str | None = None
    image: str | None = None


class Person(Record):
    """Somebody the publisher credits."""

    name: str
    role: str = "host"
    group: str = "cast"
    href: str | None = None
    img: str | None = None


class Source(Record):
    """What kind of place the episode was read from."""

    kind: SourceKind
    provider: str | None = None


class TraceStep(Record):
    """One thing that was tried while looking for the details."""

    action: str
    target: str
    outcome: str


class EpisodeDetails(Artifact):
    """The episode as its publisher describes it."""

    asset: ClassVar[str] = "episode_details"
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"trace"})

    url: str
    title: str
    show: str | None = None
    description: str = ""
    canonical_url: str | None = None
    feed_url: str | None = None
    podcast_guid: str | None = None
    guid: str | None = None
    published: datetime | None = None
    language: str | None = None
    duration: float | None = None
    image: str | None = None
    season: int | None = None
    episode: int | None = None
    audio: tuple[AudioCandidate, ...] = ()
    transcripts: tuple[PublisherTranscript, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chapters_url: str | None = None
    persons: tuple[Person, ...] = ()
    source: Source
    outcome: Outcome
    confidence: float
    trace: tuple[TraceStep, ...] = ()

    @property
    def page_url(self) -> str:
        """Where a person reads about the episode."""
        return self.canonical_url or self.url
