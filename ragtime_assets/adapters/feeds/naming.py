"""What the items of a feed are called, and which of their links are their own.

An item is known by its guid; where that is missing, or an older item has it, by its own page, by title and date, or
by where its audio lies. Which of an item's names is free is `domain/episode/subscription.py`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from ragtime_assets.adapters.feeds.items import audio_candidates, item_guid, item_link, item_published, item_title
from ragtime_assets.adapters.feeds.xml import Node
from ragtime_assets.domain.episode.identity import canonical_url, place_of
from ragtime_assets.domain.episode.subscription import distinct, oldest_first
from ragtime_assets.errors import InvalidSubmission


@dataclass(frozen=True)
class NamedItem:
    """An item with everything that it could be called."""

    node: Node
    names: tuple[str, ...]
    """The surest first."""
    page: str | None
    """Its link, if that is its own."""
    published: datetime | None
    audio_url: str | None
    """Of an item without a guid: where its audio is."""


def named_items(channel: Node, nodes: Sequence[Node], feed_url: str) -> list[NamedItem]:
    """The items in the order of the feed; one that is listed twice, the first time only."""
    own = _own_pages(channel, nodes, feed_url)
    items: dict[object, NamedItem] = {}
    for node in nodes:
        page, published = own.get(node), item_published(node)
        audio = () if item_guid(node) else audio_candidates(node, feed_url)
        audio_url = audio[0].url if audio else None
        names = tuple(dict.fromkeys(_names(node, page, published, audio_url)))
        items.setdefault(names or node, NamedItem(node, names, page, published, audio_url))
    return list(items.values())


def called(items: Sequence[NamedItem]) -> dict[str, NamedItem]:
    """The items by the name that each has for itself, in the order of the feed."""
    ordered = oldest_first(items)
    names = dict(zip(map(id, ordered), distinct(item.names for item in ordered), strict=True))
    return {name: item for item in items if (name := names[id(item)]) is not None}


def once_called(items: Sequence[NamedItem], name: str) -> NamedItem | None:
    """The one item that has `name` among others, or whose audio lay there under another query."""
    found = [item for item in items if name in item.names]
    if not found and (place := place_of(name)):
        found = [item for item in items if place_of(item.audio_url) == place]
    return found[0] if len(found) == 1 else None


def _names(node: Node, page: str | None, published: datetime | None, audio_url: str | None) -> Iterator[str]:
    guid, title = item_guid(node), item_title(node)
    if guid:
        yield guid
    if page:
        yield canonical_url(page)
    if title and published:
        yield f"{title} ({published.astimezone(UTC):%Y-%m-%d %H:%M})"
    if audio_url:
        yield place_of(audio_url) or audio_url
        yield audio_url


def _own_pages(channel: Node, nodes: Sequence[Node], feed_url: str) -> dict[Node, str]:
    """The links that lead to one item only, and not to where the feed says it is at home."""
    homes = {_page(url) for url in (item_link(channel, feed_url), feed_url)}
    linked: defaultdict[str, list[tuple[Node, str]]] = defaultdict(list)
    for node in nodes:
        link = item_link(node, feed_url)
        page = _page(link)
        if link and page and page not in homes:
            linked[page].append((node, link))
    return {node: link for links in linked.values() if _one_item(links) for node, link in links}


def _one_item(links: Sequence[tuple[Node, str]]) -> bool:
    return len(links) == 1 or len({(item_guid(node), item_title(node)) for node, _ in links}) == 1


def _page(url: str | None) -> str | None:
    with suppress(InvalidSubmission, ValueError):
        return canonical_url(url) if url else None
    return None
