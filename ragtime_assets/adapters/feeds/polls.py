"""Asking a feed's server politely: only for what changed, and for its wishes about the next time.

What belongs here: HTTP's words for it. What does not: what follows from the answer (`phases/feeds/polling.py`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.adapters.web.http import GuardedHttp
from ragtime_assets.adapters.web.http_answers import max_age
from ragtime_assets.domain.episode.feed_pages import older_pages
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.identity import checked_url
from ragtime_assets.domain.episode.subscription import FeedAnswer, FeedListing
from ragtime_assets.errors import InvalidSubmission, PermanentError


class FeedPolls:
    """Asks by conditional GET; a `FeedServer`."""

    def __init__(self, http: GuardedHttp, feeds: PodcastFeedReader) -> None:
        """Ask through `http`, read with `feeds`."""
        self._http = http
        self._feeds = feeds

    def ask(
        self,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        back_to: datetime | None = None,
    ) -> FeedAnswer:
        """The feed at `url`, with its older pages `back_to` a time, or that it is as it was; raises what went wrong."""
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        found = self._http.revisit(url, {name: value for name, value in validators.items() if value})
        return FeedAnswer(
            url=_subscribable(found.url, url),
            listing=self._listing(found.document, back_to) if found.document else None,
            etag=found.headers.get("etag"),
            last_modified=found.headers.get("last-modified"),
            fresh_for=max_age(found.headers.get("cache-control")),
        )

    def _listing(self, feed: Document, back_to: datetime | None) -> FeedListing:
        listing = self._feeds.listing(feed)
        if back_to is None:
            return listing
        older: list[Document] = []
        pages = older_pages(feed, self._feeds.next_page, self._http.fetch)
        try:
            while _reaches(listing, back_to) and (page := next(pages, None)):
                older.append(page)
                listing = self._feeds.listing(page)
        except PermanentError as error:
            return replace(self._feeds.listing(feed, older), unread=error.message)
        return self._feeds.listing(feed, older)


def _reaches(listing: FeedListing, back_to: datetime) -> bool:
    """Whether all items of a page are from after a time, so that older ones may be, too."""
    return all(item.published is None or item.published >= back_to for item in listing.items)


def _subscribable(url: str, before: str) -> str:
    """`url`, if one could subscribe to it; a redirect to a URL with a password in it is followed, not kept."""
    try:
        return checked_url(url)
    except InvalidSubmission:
        return before
