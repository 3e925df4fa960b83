"""An episode in the words of schema.org, for search engines, feed readers and note takers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ragtime_assets.domain.links import episode_url
from ragtime_assets.serve.views.episode import EpisodeView, Moment


def json_ld(view: EpisodeView, base: str) -> str:
    """As a page holds it: no sign in it ends the element that it stands in."""
    document = podcast_episode(view, base)
    return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def podcast_episode(view: EpisodeView, base: str) -> dict[str, Any]:
    """A PodcastEpisode, with a Clip for every chapter, or for every key moment where there are no chapters."""
    described = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "@id": episode_url(base, view.key),
        "url": view.url or episode_url(base, view.key),
        "name": view.title,
        "description": view.summary.line if view.summary else view.description,
        "datePublished": view.published,
        "inLanguage": view.language,
        "duration": _duration(view.duration),
        "partOfSeries": {"@type": "PodcastSeries", "name": view.show} if view.show else None,
        "associatedMedia": {"@type": "AudioObject", "contentUrl": base + view.audio} if view.audio else None,
        "mentions": [{"@type": "Thing", "name": one.name} for one in view.entities],
        "hasPart": list(_clips(view, base)),
    }
    return {name: value for name, value in described.items() if value}


def _clips(view: EpisodeView, base: str) -> Iterator[dict[str, Any]]:
    moments: tuple[Moment, ...] = view.chapters or view.key_moments
    ends = [*(one.second for one in moments[1:]), view.duration]
    for one, end in zip(moments, ends, strict=False):
        clip = {
            "@type": "Clip",
            "name": one.title,
            "startOffset": round(one.second, 2),
            "endOffset": round(end, 2) if end and end > one.second else None,
            "url": episode_url(base, view.key, one.second),
        }
        yield {name: value for name, value in clip.items() if value is not None}


def _duration(seconds: float | None) -> str | None:
    """As ISO 8601 writes it."""
    return None if seconds is None else f"PT{round(seconds)}S"
