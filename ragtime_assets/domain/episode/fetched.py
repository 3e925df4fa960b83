"""What comes from the web: documents, files, what a page says of itself, addresses that may give audio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.indexed_episode import Match


@dataclass(frozen=True)
class Document:
    """A page, feed or caption file as it was fetched."""

    url: str
    """Where it was in the end, after redirects."""
    body: bytes
    media_type: str
    charset: str | None = None


@dataclass(frozen=True)
class Download:
    """A file that was streamed to disk."""

    url: str
    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True)
class AudioLink:
    """An address that may give the audio, what its server wants to see, and how it was matched."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Sent to the address's own host only."""
    match: Match | None = None


@dataclass(frozen=True)
class PageFacts:
    """What an episode page says of itself, deterministic readings only."""

    details: EpisodeDetails | None
    feed_urls: tuple[str, ...] = ()
    guid: str | None = None
    """What the episode is called in its feed, if the page says so."""
    titles: tuple[str, ...] = ()
    """What the page is called, in its head and in its text, the surest first."""
    site: str | None = None
    """What the site calls itself, which may be the show's name."""
    published: datetime | None = None
    sends_to: str | None = None
    """Where the page sends who opens it, by a tag in place of a redirect."""
