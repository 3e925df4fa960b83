"""One poll of one feed: ask, follow it where it moved, keep what it lists, and say when it is due again.

What belongs here: the decisions. Who asks whom is behind the ports; which items are taken is
`domain/episode/subscription.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from ragtime_assets.domain.episode.subscription import FeedAnswer, Subscription
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import same_page
from ragtime_assets.errors import RagtimeError, SourceGone, SourceUnavailable

INTERVAL = timedelta(minutes=60)
LONGEST = timedelta(hours=24)
_MOST_DOUBLINGS = 10


@dataclass(frozen=True)
class Poll:
    """What became of one poll, as people read it."""

    feed: int
    url: str
    status: str
    due_at: datetime
    new: int = 0
    note: str = ""


class FeedServer(Protocol):
    """Asks for feeds."""

    def ask(
        self,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        back_to: datetime | None = None,
    ) -> FeedAnswer:
        """The feed at `url`, unless it is as it was; SourceGone is `lasting` when the feed itself was withdrawn.

        Where the feed has several pages, the older ones are read too, as far as they reach `back_to` a time.
        """
        ...


class Subscriptions(Protocol):
    """Keeps what polls found out."""

    def clock(self) -> datetime:
        """What time it is for all who poll."""
        ...

    def record(self, feed: Subscription, answer: FeedAnswer, due_at: datetime) -> int:
        """Keep every item, submit those that are taken, and only then keep the validators; how many are new."""
        ...

    def fail(self, feed: Subscription, error: str, due_at: datetime, *, gone: bool) -> None:
        """Keep why the poll failed; a feed that is gone is never polled again."""
        ...


def poll_feed(feed: Subscription, server: FeedServer, subscriptions: Subscriptions) -> Poll:
    """Ask once and keep the answer; a feed's own failure is kept, not raised."""
    try:
        back_to = feed.selection.back_to
        answer = server.ask(feed.url, feed.etag, feed.last_modified, back_to)
        answer, note = _at_new_address(answer, server, back_to)
    except RagtimeError as error:
        return _failed(feed, error, subscriptions)
    due_at = next_due(subscriptions.clock(), answer.fresh_for)
    new = subscriptions.record(feed, answer, due_at)
    moved = "moved, " if answer.url != feed.url else ""
    return Poll(feed.id, answer.url, f"{moved}{'read' if answer.listing else 'unchanged'}", due_at, new, note)


def next_due(now: datetime, fresh_for: float | None) -> datetime:
    """After an hour, or as much later as the server asks; within a day all the same."""
    return now + max(INTERVAL, _bounded(fresh_for))


def due_after_failure(now: datetime, failures: int, retry_after: float | None) -> datetime:
    """Twice as late with each of the `failures` in a row, or as late as the server asks; within a day."""
    doubled = INTERVAL * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    return now + min(LONGEST, max(doubled, _bounded(retry_after)))


def _bounded(seconds: float | None) -> timedelta:
    return timedelta(seconds=min(seconds or 0, LONGEST.total_seconds()))


def _at_new_address(answer: FeedAnswer, server: FeedServer, back_to: datetime | None) -> tuple[FeedAnswer, str]:
    """The answer of the address that the feed names as its new one, if a feed is there; and what to tell."""
    new_url = answer.listing.new_url if answer.listing else None
    if new_url is None or same_page(new_url, answer.url):
        return answer, _told(answer)
    try:
        there = server.ask(new_url, back_to=back_to)
    except RagtimeError as error:
        # A slip in a feed must not end the subscription: it stays where it can be read.
        return replace(answer, etag=None, last_modified=None), f"its new-feed-url fails: {one_line(error.message)}"
    if there.listing and there.listing.new_url and same_page(there.listing.new_url, answer.url):
        return answer, f"its new-feed-url {new_url} leads back"
    return there, _told(there)


def _told(answer: FeedAnswer) -> str:
    listing = answer.listing
    if listing is None:
        return ""
    notes = (
        (listing.nameless, "items have nothing to know them by"),
        (listing.doubled, "items have the guid of an older one, and are known by their link, or title and date"),
    )
    told = [f"{count} {words}" for count, words in notes if count]
    if listing.unread:
        told.append(f"its older pages were read no further: {one_line(listing.unread)}")
    return "; ".join(told)


def _failed(feed: Subscription, error: RagtimeError, subscriptions: Subscriptions) -> Poll:
    message = one_line(f"{type(error).__name__}: {error.message}")
    gone = isinstance(error, SourceGone) and bool(error.details.get("lasting"))
    retry_after = error.retry_after if isinstance(error, SourceUnavailable) else None
    due_at = due_after_failure(subscriptions.clock(), feed.failures + 1, retry_after)
    subscriptions.fail(feed, message, due_at, gone=gone)
    return Poll(feed.id, feed.url, "gone" if gone else "failed", due_at, note=message)
