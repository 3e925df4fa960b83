"""Items of a feed that has several pages: on the first, else on those behind it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.feed_pages import older_pages
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.errors import NotAnEpisode, PermanentError
from ragtime_assets.ports import FeedReader


def item_called(guid: str, feed: Document, feeds: FeedReader, fetch: Callable[[str], Document]) -> EpisodeDetails:
    """The item with this guid, on whichever page it is; raises NotAnEpisode, or that a page may come later."""
    try:
        return feeds.item(feed, guid)
    except NotAnEpisode:
        found = _first(feed, feeds, fetch, lambda page: feeds.item(page, guid))
        if found is None:
            raise
        return found


def item_about(
    about: Callable[[Document], EpisodeDetails | None],
    feed: Document,
    feeds: FeedReader,
    fetch: Callable[[str], Document],
) -> EpisodeDetails | None:
    """The item that `about` finds on a page of the feed, the newest page first."""
    return about(feed) or _first(feed, feeds, fetch, about)


def _first(
    feed: Document,
    feeds: FeedReader,
    fetch: Callable[[str], Document],
    find: Callable[[Document], EpisodeDetails | None],
) -> EpisodeDetails | None:
    # A page that is gone, or is no feed, ends the feed there.
    with suppress(PermanentError):
        for page in older_pages(feed, feeds.next_page, fetch):
            with suppress(NotAnEpisode):
                found = find(page)
                if found is not None:
                    return found
    return None
