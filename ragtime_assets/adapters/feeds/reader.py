"""Podcast feeds: RSS 2.0 and Atom with the itunes, podcast, content and Podlove extensions.

What belongs here: which item is meant. What an item says is read in `items.py`; XML is `xml.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from ragtime_assets.adapters.feeds.items import (
    audio_candidates,
    item_details,
    item_guid,
    item_link,
    item_published,
    item_title,
)
from ragtime_assets.adapters.feeds.xml import Node, name, parse
from ragtime_assets.adapters.pages.markup import plain_text
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.identity import is_guid
from ragtime_assets.domain.episode.subscription import FeedItem, FeedListing
from ragtime_assets.domain.text.lines import decoded, one_line
from ragtime_assets.domain.text.links import same_page, web_url
from ragtime_assets.domain.text.titles import comparable
from ragtime_assets.errors import NotAnEpisode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BY_LINK, _BY_ENCLOSURE, _BY_TITLE = 0.95, 0.9, 0.8


class PodcastFeedReader:
    """Finds items in feeds; a `FeedReader`."""

    def item(self, feed: Document, guid: str) -> EpisodeDetails:
        """The details of the item with this guid; raises NotAnEpisode or InvalidFeed."""
        channel, items = _channel_and_items(feed)
        for item in items:
            if item_guid(item, feed.url) == guid.strip():
                return item_details(feed, channel, item, confidence=1.0)
        raise NotAnEpisode(
            f"{feed.url} holds {len(items)} items, and none has the guid {guid[:200]!r}",
            remedy="Check the guid in the feed; publishers drop old items from it.",
            items=len(items),
        )

    def listing(self, feed: Document) -> FeedListing:
        """All items, each guid once, as far as it takes to choose among them; raises InvalidFeed."""
        channel, items = _channel_and_items(feed)
        found: dict[str, FeedItem] = {}
        nameless = 0
        for item in items:
            guid = item_guid(item, feed.url)
            if guid is None or not is_guid(guid):
                nameless += 1
            elif guid not in found:
                found[guid] = FeedItem(guid, item_published(item), bool(audio_candidates(item, feed.url)))
        return FeedListing(
            title=one_line(plain_text(channel.text("title", "itunes:title", "atom:title"))) or None,
            podcast_guid=_uuid(channel.text("podcast:guid")),
            new_url=web_url(feed.url, channel.text("itunes:new-feed-url")),
            items=tuple(found.values()),
            nameless=nameless,
        )

    def sole(self, feed: Document) -> EpisodeDetails:
        """The details of the feed's only item; raises NotAnEpisode when there is none, or a choice."""
        channel, items = _channel_and_items(feed)
        if len(items) != 1:
            raise NotAnEpisode(
                f"{feed.url} is a feed of {len(items)} items, not one episode",
                remedy=f"Name one: ragtime submit --feed {feed.url} --guid G.",
                items=len(items),
            )
        return item_details(feed, channel, items[0], confidence=1.0)

    def matching(self, feed: Document, page: Document, title: str | None) -> EpisodeDetails | None:
        """The item that links to the page, else whose audio the page names, else with its title; None if unclear."""
        channel, items = _channel_and_items(feed)
        for fits, confidence in _ways(feed, page, title):
            found = [item for item in items if fits(item)]
            if len(found) == 1:
                return item_details(feed, channel, found[0], confidence=confidence)
        return None


def _ways(feed: Document, page: Document, title: str | None) -> Iterator[tuple[Callable[[Node], bool], float]]:
    """The ways to tell the item that a page is about, the surest first."""
    yield lambda item: same_page(item_link(item, feed.url), page.url), _BY_LINK
    body = _unescaped(decoded(page.body, page.charset))
    yield lambda item: any(audio.url in body for audio in audio_candidates(item, feed.url)), _BY_ENCLOSURE
    wanted = comparable(title or "")
    if wanted:
        yield lambda item: comparable(item_title(item)) == wanted, _BY_TITLE


def _unescaped(body: str) -> str:
    """`body` with URLs as they are meant, whether they stand in HTML or in JSON."""
    return body.replace("\\/", "/").replace("\\u0026", "&").replace("&amp;", "&")


def _uuid(text: str | None) -> str | None:
    """`text` as a podcast's guid has to be written; None when it is none."""
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None


def _channel_and_items(feed: Document) -> tuple[Node, list[Node]]:
    root = parse(feed)
    if name(root.tag) == "atom:feed":
        return Node(root), _nodes(root, "atom:entry")
    channel = next((child for child in root if name(child.tag) == "channel"), root)
    return Node(channel), _nodes(channel, "item") or _nodes(root, "item")


def _nodes(parent: Iterable[Element], tag: str) -> list[Node]:
    return [Node(child) for child in parent if name(child.tag) == tag]
