"""Subscriptions to feeds: what a feed lists, and which of its items are taken.

Pure values; asking the server is `adapters/feeds/polls.py`'s, keeping what it said `corpus/subscriptions.py`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol, TypeVar

from ragtime_assets.domain.artifact import Record

State = Literal["active", "gone", "removed"]

_UNDATED = datetime.min.replace(tzinfo=UTC)


class Selection(Record):
    """Which items of the back catalogue are taken; what appears after a feed was first read always is."""

    since: datetime
    everything: bool = False
    latest: int = 0
    older: bool = True
    """Whether the feed's older pages, where it has several, were not read for this selection yet."""

    def widened(self, other: Selection) -> Selection:
        """What either of the two takes."""
        wider = Selection(
            since=min(self.since, other.since),
            everything=self.everything or other.everything,
            latest=max(self.latest, other.latest),
            older=self.older,
        )
        return wider if wider == self else wider.model_copy(update={"older": True})

    def applied(self) -> Selection:
        """The selection once the latest items were taken: an older one must not move up when one is withdrawn."""
        return self.model_copy(update={"latest": 0, "older": False})

    @property
    def back_to(self) -> datetime | None:
        """How far back the feed's older pages are to be read; None where that was done."""
        if not self.older:
            return None
        return _UNDATED if self.everything or self.latest else self.since


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
    """The surest of its names that no older item of the feed has."""
    published: datetime | None
    has_audio: bool
    aliases: tuple[str, ...] = ()
    """Its other names, the surest first: what it was called when the feed said less of it."""
    audio_url: str | None = None
    """Of an item without a guid: where its audio is."""
    is_archived: bool = False
    """Whether it stands on an older page, so that it is not new, whenever it is first seen."""


@dataclass(frozen=True)
class FeedListing:
    """Everything that a feed lists, in its own order, each guid once."""

    title: str | None
    podcast_guid: str | None
    """As the feed itself states it."""
    new_url: str | None
    items: tuple[FeedItem, ...]
    nameless: int = 0
    """How many items have nothing by which they could be told apart."""
    doubled: int = 0
    """How many items carry the guid of an older one, and are known by something else."""
    unread: str | None = None
    """Why the feed's older pages were read no further."""


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


class Dated(Protocol):
    """Something that was published, at a time that may not be known."""

    @property
    def published(self) -> datetime | None:
        """When."""
        ...


D = TypeVar("D", bound=Dated)


def oldest_first(items: Sequence[D]) -> list[D]:
    """By date; undated ones before all others, in the reverse of their order in the feed."""
    return sorted(reversed(items), key=lambda item: item.published or _UNDATED)


def distinct(names: Iterable[Sequence[str]]) -> list[str | None]:
    """Of each item's names, oldest item first, the surest that no older item has; None where all are taken."""
    given: set[str] = set()
    chosen: list[str | None] = []
    for mine in names:
        name = next((one for one in mine if one not in given), None)
        chosen.append(name)
        if name is not None:
            given.add(name)
    return chosen


def taken(ordered: Sequence[FeedItem], selection: Selection, appeared: Collection[str]) -> frozenset[str]:
    """The guids to take of items `ordered` oldest first, of which some `appeared` after the first reading."""
    sought = (item.guid for item in ordered if selection.everything or item.guid in appeared or _dated(item, selection))
    return frozenset(sought) | _latest((item.guid for item in ordered if item.has_audio), selection.latest)


def _dated(item: FeedItem, selection: Selection) -> bool:
    return item.published is not None and item.published >= selection.since


def _latest(guids: Iterable[str], count: int) -> frozenset[str]:
    return frozenset(list(guids)[-count:]) if count else frozenset()
