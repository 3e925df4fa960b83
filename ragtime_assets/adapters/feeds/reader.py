"""Podcast feeds: RSS 2.0 and Atom with the itunes, podcast, content and Podlove extensions.

What belongs here: which item is meant. What an item says is read in `items.py`; XML is `xml.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from ragtime_assets.adapters.feeds.items import audio_candidates, item_details, item_guid, item_link, item_title
from ragtime_assets.adapters.feeds.naming import NamedItem, called, named_items, once_called
from ragtime_assets.adapters.feeds.xml import Node, name, parse
from ragtime_assets.adapters.pages.markup import plain_text
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.called import are_same, is_cut_off
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.subscription import FeedItem, FeedListing
from ragtime_assets.domain.text.dates import days_apart, may_be_one_day
from ragtime_assets.domain.text.lines import decoded, one_line
from ragtime_assets.domain.text.links import same_page, web_url
from ragtime_assets.domain.text.titles import comparable
from ragtime_assets.errors import InvalidFeed, NotAnEpisode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]{1,2000}")
_NESTED = re.compile(r"https?://")
_MOST_NESTED = 5
_AFTER_ADDRESS = ".,;:!?)]}"
_BY_LINK, _BY_ENCLOSURE, _BY_TITLE = 0.95, 0.9, 0.8


class PodcastFeedReader:
    """Finds items in feeds; a `FeedReader`."""

    def item(self, feed: Document, guid: str | None = None) -> EpisodeDetails:
        """The details of the item that is known by `guid`, or of the only one; raises NotAnEpisode or InvalidFeed."""
        if guid is None:
            return self._sole(feed)
        channel, items = _channel_and_items(feed)
        named, guid = called(items), guid.strip()
        found = named.get(guid) or once_called(items, guid)
        if found is not None:
            return _details(feed, channel, found, named, confidence=1.0)
        raise NotAnEpisode(
            f"{feed.url} holds {len(items)} items, and none has the guid {guid[:200]!r}",
            remedy="Check the guid in the feed; publishers drop old items from it.",
            items=len(items),
        )

    def next_page(self, feed: Document) -> str | None:
        """The page with older items (RFC 5005), if the feed names one; raises InvalidFeed for one that is torn."""
        channel, _ = _parts(_whole(feed))
        links = {at.get("rel"): at.get("href") for at in channel.all("atom:link")}
        return web_url(feed.url, links.get("next") or links.get("prev-archive"))

    def listing(self, feed: Document, older: Sequence[Document] = ()) -> FeedListing:
        """All items, with those of `older` pages, each name once, as far as it takes to choose; raises InvalidFeed."""
        channel, nodes = _parts(_whole(feed))
        archived = [node for page in older for node in _parts(_whole(page))[1]]
        items = named_items(channel, [*nodes, *archived], feed.url)
        named = called(items)
        behind = frozenset(map(id, archived))
        return FeedListing(
            title=one_line(plain_text(channel.text("title", "itunes:title", "atom:title"))) or None,
            podcast_guid=_uuid(channel.text("podcast:guid")),
            new_url=web_url(feed.url, channel.text("itunes:new-feed-url")),
            items=tuple(_listed(feed, name, item, id(item.node) in behind) for name, item in named.items()),
            nameless=sum(not item.names for item in items),
            doubled=sum(item_guid(item.node) not in (None, name) for name, item in named.items()),
        )

    def _sole(self, feed: Document) -> EpisodeDetails:
        channel, items = _items(feed, _whole(feed))
        if len(items) != 1:
            raise NotAnEpisode(
                f"{feed.url} is a feed of {len(items)} items, not one episode",
                remedy=f"Name one: ragtime submit --feed {feed.url} --guid G.",
                items=len(items),
            )
        return _details(feed, channel, items[0], called(items), confidence=1.0)

    def matching(
        self, feed: Document, page: Document, titles: Collection[str] = (), published: datetime | None = None
    ) -> EpisodeDetails | None:
        """The item whose own page it is, else whose audio the page names, else with its title; None if unclear."""
        channel, items = _channel_and_items(feed)
        at_home = same_page(item_link(channel, feed.url), page.url)
        for fits, confidence in _ways(feed, page, () if at_home else titles):
            found = [item for item in items if fits(item)]
            if len(found) > 1 and published:
                found = _nearest(found, published)
            if len(found) == 1:
                return _details(feed, channel, found[0], called(items), confidence=confidence)
        return None


def _details(
    feed: Document, channel: Node, item: NamedItem, named: Mapping[str, NamedItem], confidence: float
) -> EpisodeDetails:
    guid = next((name for name, one in named.items() if one is item), None)
    return item_details(feed, channel, item.node, guid=guid, page=item.page, confidence=confidence)


def _listed(feed: Document, name: str, item: NamedItem, is_archived: bool) -> FeedItem:
    others = tuple(other for other in item.names if other != name)
    has_audio = bool(audio_candidates(item.node, feed.url))
    return FeedItem(name, item.published, has_audio, others, item.audio_url, is_archived)


def _ways(
    feed: Document, page: Document, titles: Collection[str]
) -> Iterator[tuple[Callable[[NamedItem], bool], float]]:
    """The ways to tell the item that a page is about, the surest first."""
    yield lambda item: same_page(item.page, page.url), _BY_LINK
    named = _addresses(_unescaped(decoded(page.body, page.charset)))
    yield lambda item: any(audio.url in named for audio in audio_candidates(item.node, feed.url)), _BY_ENCLOSURE
    wanted = {comparable(title) for title in titles} - {""}
    if wanted:
        yield lambda item: comparable(item_title(item.node)) in wanted, _BY_TITLE
        yield lambda item: any(are_same(title, item_title(item.node)) for title in titles), _BY_TITLE
        yield lambda item: any(_is_one_cut_off(title, item_title(item.node)) for title in titles), _BY_TITLE


def _is_one_cut_off(one: str, other: str) -> bool:
    return is_cut_off(one, other) or is_cut_off(other, one)


def _nearest(items: Sequence[NamedItem], published: datetime) -> list[NamedItem]:
    """Those nearest to the day of a page, if they may be of that day."""
    dated = [(item.published, item) for item in items if item.published]
    least = min((days_apart(at, published) for at, _ in dated), default=0.0)
    return [item for at, item in dated if may_be_one_day(at, published) and days_apart(at, published) == least]


def _addresses(text: str) -> frozenset[str]:
    """Every address in `text`, also where another leads to it: found once, however many items are compared with it."""
    found: set[str] = set()
    for whole in _ADDRESS.findall(text):
        starts = [0, *(at.start() for at in _NESTED.finditer(whole, 1))][-_MOST_NESTED:]
        found.update(form for at in starts for form in (whole[at:], whole[at:].rstrip(_AFTER_ADDRESS)))
    return frozenset(found)


def _unescaped(body: str) -> str:
    """`body` with URLs as they are meant, whether they stand in HTML or in JSON."""
    return body.replace("\\/", "/").replace("\\u0026", "&").replace("&amp;", "&")


def _uuid(text: str | None) -> str | None:
    """`text` as a podcast's guid has to be written; None when it is none."""
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None


def _whole(feed: Document) -> Element:
    """The tree, for those who have to know that these are all items: a torn feed lists the others another time."""
    tree = parse(feed)
    if tree.is_torn:
        raise InvalidFeed(f"{feed.url} ends in the middle: nobody knows what else it lists", url=feed.url)
    return tree.root


def _channel_and_items(feed: Document) -> tuple[Node, list[NamedItem]]:
    return _items(feed, parse(feed).root)


def _items(feed: Document, root: Element) -> tuple[Node, list[NamedItem]]:
    channel, nodes = _parts(root)
    return channel, named_items(channel, nodes, feed.url)


def _parts(root: Element) -> tuple[Node, list[Node]]:
    if name(root.tag) == "atom:feed":
        return Node(root), _nodes(root, "atom:entry")
    channel = next((child for child in root if name(child.tag) == "channel"), root)
    return Node(channel), _nodes(channel, "item") or _nodes(root, "item")


def _nodes(parent: Iterable[Element], tag: str) -> list[Node]:
    return [Node(child) for child in parent if name(child.tag) == tag]
