"""Asking a feed's server politely: only for what changed, and for its wishes about the next time.

What belongs here: HTTP's words for it. What does not: what follows from the answer (`phases/feeds/polling.py`).
"""

from __future__ import annotations

from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.adapters.web.http import GuardedHttp
from ragtime_assets.adapters.web.http_answers import max_age
from ragtime_assets.domain.episode.identity import checked_url
from ragtime_assets.domain.episode.subscription import FeedAnswer
from ragtime_assets.errors import InvalidSubmission


class FeedPolls:
    """Asks by conditional GET; a `FeedServer`."""

    def __init__(self, http: GuardedHttp, feeds: PodcastFeedReader) -> None:
        """Ask through `http`, read with `feeds`."""
        self._http = http
        self._feeds = feeds

    def ask(self, url: str, etag: str | None = None, last_modified: str | None = None) -> FeedAnswer:
        """The feed at `url`, or that it is as it was; raises what the server or the feed is guilty of."""
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        found = self._http.revisit(url, {name: value for name, value in validators.items() if value})
        return FeedAnswer(
            url=_subscribable(found.url, url),
            listing=self._feeds.listing(found.document) if found.document else None,
            etag=found.headers.get("etag"),
            last_modified=found.headers.get("last-modified"),
            fresh_for=max_age(found.headers.get("cache-control")),
        )


def _subscribable(url: str, before: str) -> str:
    """`url`, if one could subscribe to it; a redirect to a URL with a password in it is followed, not kept."""
    try:
        return checked_url(url)
    except InvalidSubmission:
        return before
