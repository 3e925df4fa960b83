"""Subscriptions to feeds: what a feed lists, and which of its items are taken.

Pure values; asking the server is `adapters/feeds/polls.py`'s, keeping what it said `corpus/subscriptions.py`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from ragtime_assets.domain.artifact import Record

State = Literal["active", "gone", "removed"]

_UNDATED = datetime.min.replace(tzinfo=UTC)


class Selection(Record):
    """Which items of the back catalogue are taken; what appears after a feed was first read always is."""

    since: datetime
    everything: bool = False
    latest: int = 0

    def widened(self, other: Selection) -> Selection:
        """What either of the two takes."""
        return Selection(
            since=min(self.since, other.since),
            everything=self.everything or other.everything,
            latest=max(self.latest, other.latest),
        )

    def applied(self) -> Selection:
        """The selection once the latest items were taken: an older one must not move up when one is withdrawn."""
        return self.model_copy(update={"latest": 0})


@dataclass(frozen=True)
class Subscription:
    """A feed that somebody follows."""

    id: int
    url: str
    title: str | None
    podcast_guid: str | None
    """Settled when the feed is first read, and kept wherever it moves; None until then."""
    selection: Selection
    state: State
    etag: str | None
    last_modified: str | None
    due_at: datetime
    polled_at: datetime | None
    failures: int
    error: str | None


@dataclass(frozen=True)
class FeedItem:
    """As much of an item as decides whether it is taken."""

    guid: str
    published: datetime | None
    has_audio: bool


@dataclass(frozen=True)
class FeedListing:
    """Everything that a feed lists, in its own order, each guid once."""

    title: str | None
    podcast_guid: str | None
    """As the feed itself states it."""
    new_url: str | None
    items: tuple[FeedItem, ...]
    nameless: int = 0
    """How many items have neither a guid nor audio by which they could be told apart."""


@dataclass(frozen=True)
class FeedAnswer:
    """What a feed's server said."""

    url: str
    """Where the feed is from now on: only permanent redirects were followed to get here."""
    listing: FeedListing | None
    """None when nothing changed since it was last asked."""
    etag: str | None = None
    last_modified: str | None = None
    fresh_for: float | None = None
    """Seconds for which the server asks not to be asked again."""


def oldest_first(items: Sequence[FeedItem]) -> list[FeedItem]:
    """By date; undated ones before all others, in the reverse of their order in the feed."""
    return sorted(reversed(items), key=lambda item: item.published or _UNDATED)


def taken(ordered: Sequence[FeedItem], selection: Selection, appeared: Collection[str]) -> frozenset[str]:
    """The guids to take of items `ordered` oldest first, of which some `appeared` after the first reading."""
    sought = (item.guid for item in ordered if selection.everything or item.guid in appeared or _dated(item, selection))
    return frozenset(sought) | _latest((item.guid for item in ordered if item.has_audio), selection.latest)


def _dated(item: FeedItem, selection: Selection) -> bool:
    return item.published is not None and item.published >= selection.since


def _latest(guids: Iterable[str], count: int) -> frozenset[str]:
    return frozenset(list(guids)[-count:]) if count else frozenset()
