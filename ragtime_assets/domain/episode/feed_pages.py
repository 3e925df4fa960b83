"""Feeds in several pages, the older behind the newer (RFC 5005): which pages there are, and when to stop asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ragtime_assets.domain.episode.fetched import Document

MOST_PAGES = 100
"""Behind the first; no honest feed needs more, and a page that always names another one ends here."""


def older_pages(
    feed: Document, next_page: Callable[[Document], str | None], fetch: Callable[[str], Document]
) -> Iterator[Document]:
    """The pages behind the first, each under the feed's own address; raises what `fetch` and `next_page` raise."""
    visited, before, url = {feed.url}, feed, next_page(feed)
    for _ in range(MOST_PAGES):
        if url is None or url in visited:
            return
        visited.add(url)
        page = fetch(url)
        if page.body == before.body:
            return  # a server that pays no heed to the number of the page
        before, url = page, next_page(page)
        yield replace(page, url=feed.url)
