"""Episode pages, made of a head and a body, and what is read of them."""

from __future__ import annotations

import json

from ragtime_assets.adapters.pages.reader import EpisodePageReader
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import Document, PageFacts

URL = "https://www.pod.example/episodes/one"


def read(head: str = "", body: str = "", url: str = URL, lang: str = "en-GB") -> PageFacts:
    html = f"<!doctype html><html lang='{lang}'><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    return EpisodePageReader().read(Document(url, html.encode(), "text/html"))


def details(head: str = "", body: str = "", url: str = URL) -> EpisodeDetails:
    found = read(head, body, url).details
    assert found is not None
    return found


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


EPISODE = {
    "@context": "https://schema.org",
    "@type": "PodcastEpisode",
    "url": URL,
    "name": "Ella &amp; Louis",
    "description": "<p>Live</p>",
    "datePublished": "2025-03-04T05:06:07+02:00",
    "timeRequired": "PT1H2M3.5S",
    "episodeNumber": 7,
    "inLanguage": "de-DE",
    "image": {"@type": "ImageObject", "url": "/one.jpg"},
    "partOfSeason": {"@type": "PodcastSeason", "seasonNumber": "2"},
    "partOfSeries": {"@type": "PodcastSeries", "name": "Jazz Hour", "webFeed": "https://pod.example/feed"},
    "associatedMedia": {"@type": "AudioObject", "contentUrl": "/1.mp3", "encodingFormat": "audio/mpeg"},
}
