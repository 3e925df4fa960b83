"""Feeds of one show, and pages that one of their items may be about."""

from __future__ import annotations

from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.domain.episode.fetched import Document

FEED_URL = "https://pod.example/feed.xml"
PODCAST = "https://podcastindex.org/namespace/1.0"
PODCAST_BY_GITHUB = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
READER = PodcastFeedReader()


def rss(*items: str, channel: str = "<title>Jazz Hour</title>", podcast: str = PODCAST) -> Document:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:podcast="{podcast}" xmlns:psc="http://podlove.org/simple-chapters"'
        f' xmlns:atom="http://www.w3.org/2005/Atom"><channel>{channel}{"".join(items)}</channel></rss>'
    )
    return document(body.encode())


def document(body: bytes, charset: str | None = None, url: str = FEED_URL) -> Document:
    return Document(url, body, "application/rss+xml", charset)


def item(guid: str = "g1", title: str = "One", more: str = "", audio: str = "https://cdn.example/1.mp3") -> str:
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid>"
        f"<enclosure url='{audio}' length='123' type='audio/mpeg'/>{more}</item>"
    )


def page(body: str = "", url: str = "https://www.pod.example/one/?utm_source=x") -> Document:
    return Document(url, body.encode(), "text/html")
