"""What is known about an episode before its audio is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX, TraceStep
from ragtime_assets.domain.facts import Count, Fact, Link, Prose, Table

FILE_ENGINE = "direct"
"""Reads an audio file, of which only the address is known."""
Outcome = Literal["ok", "partial"]
SourceKind = Literal["canonical", "aggregator", "unknown"]
AudioOrigin = Literal[
    "enclosure", "alternate", "json_ld", "open_graph", "media_element", "player", "direct", "index", "agent"
]


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


MOST_CHAPTERS = 1_000


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


def _with_timed_trace(payload: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 kept (action, target, outcome) of each step, and no time."""
    at = datetime.fromtimestamp(0, UTC).isoformat()
    steps = [
        {"at": at, "tool": step["action"], "arguments": {"target": step["target"]}, "output": step["outcome"]}
        for step in payload.get("trace", ())
    ]
    return payload | {"trace": steps}


class EpisodeDetails(Artifact):
    """The episode as its publisher describes it."""

    asset: ClassVar[str] = "episode_details"
    schema_version: ClassVar[int] = 2
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"trace", "as_read", "show_url"})
    shown: ClassVar[frozenset[str]] = frozenset(
        {"title", "show", "description", "published", "canonical_url", "season", "episode"}
    )
    """What may be corrected without anything downstream being made again."""
    upgrades: ClassVar[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {1: _with_timed_trace}
    files: ClassVar[Mapping[str, str]] = {"trace": TRACE_SUFFIX}

    url: str
    title: str
    show: str | None = None
    description: str = ""
    canonical_url: str | None = None
    """The episode's own page: no other episode of the show is there."""
    show_url: str | None = None
    """The page that the feed names as its own home."""
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
    as_read: dict[str, Any] = {}
    """What was read of the fields that people corrected."""

    def digest(self) -> str:
        """The digest of what was read, whatever people would rather have shown."""
        if not self.as_read:
            return super().digest()
        read = {name: value for name, value in self.as_read.items() if name in self.shown}
        return type(self).model_validate(self.model_dump(mode="json") | read | {"as_read": {}}).digest()

    @property
    def page_url(self) -> str:
        """Where a person reads about the episode."""
        return self.canonical_url or self.url

    @property
    def day(self) -> str | None:
        """The day of publication where it was published, as 2024-05-31."""
        return self.published.date().isoformat() if self.published else None

    @property
    def own_page(self) -> str | None:
        """The episode's own page on the web; None where only its feed is known, or its file."""
        page = self.page_url
        is_page = self.engine != FILE_ENGINE and page != self.feed_url
        return page if is_page and page.startswith(("http://", "https://")) else None

    @property
    def has_title(self) -> bool:
        """Whether somebody wrote the title; the name of a file is none, and nobody else's business."""
        return self.engine != FILE_ENGINE or "title" in self.as_read

    @property
    def approved_audio(self) -> str | None:
        """The address that a person gave for the audio."""
        return self.audio[0].url if "audio" in self.as_read and self.audio else None

    def tells(self) -> Iterator[Fact]:
        """Who, what and when, and how it was found out."""
        yield Fact("title", self.title)
        yield Fact("show", self.show or "unknown")
        yield Fact("outcome", self.outcome, brief=True)
        yield Fact("audio_addresses", Count(len(self.audio), "audio address", "audio addresses"), brief=True)
        yield Fact("publisher_transcripts", len(self.transcripts))
        yield Fact("page", Link(self.page_url))
        yield Fact("preview", Prose(self.description or "no show notes"))
        tried = tuple((one.tool, " ".join(one.arguments.values()), one.outcome, one.output) for one in self.trace)
        yield Fact("tried", Table(("step", "on", "outcome", "said"), tried))
        if self.published:
            yield Fact("published", self.published)
        if self.language:
            yield Fact("language", self.language)
