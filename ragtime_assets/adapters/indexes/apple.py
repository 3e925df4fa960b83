"""Apple's podcast index: the iTunes search and lookup services.

About twenty calls a minute are welcome there, so the show is only looked up when the plain search did not find
the episode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs

from ragtime_assets.adapters.indexes.answers import (
    Answer,
    ask,
    best_named,
    length,
    line,
    link,
    opaque,
    parts_of,
    query_words,
)
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.titles import comparable, looks_like_host
from ragtime_assets.errors import SourceGone
from ragtime_assets.ports import Fetcher

_MOST_FOUND = 50
_MOST_SHOWS = 10
_MOST_EPISODES = 200


class _Row(Answer):
    """A show or an episode; both come mixed."""

    collectionId: int | None = None
    collectionName: str | None = None
    feedUrl: str | None = None
    trackId: int | None = None
    trackName: str | None = None
    trackViewUrl: str | None = None
    episodeGuid: str | None = None
    episodeUrl: str | None = None
    trackTimeMillis: float | None = None
    releaseDate: str | None = None


class _Rows(Answer):
    results: tuple[_Row, ...]


class AppleIndex:
    """Asks Apple; a `PodcastIndex`."""

    name = "apple"

    def __init__(self, fetcher: Fetcher, url: str) -> None:
        """`url` is where the services are."""
        self._fetcher = fetcher
        self._url = url

    def search(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
        """Episodes found by title and show, then those of the show itself."""
        words = query_words(wanted.title, wanted.show)
        if not words:
            return []
        found = _episodes(self._search(words, "podcastEpisode", _MOST_FOUND))
        if wanted.show and not looks_like_host(wanted.show) and not _is_among(wanted, found):
            found += self._of_show(wanted.show)
        return found

    def lookup(self, url: str) -> IndexedEpisode | None:
        """The episode of a page on podcasts.apple.com."""
        parts = parts_of(url, "podcasts.apple.com", "itunes.apple.com")
        show = re.search(r"/id(\d{1,18})(?:/|$)", parts.path) if parts else None
        episode = parse_qs(parts.query).get("i", [""])[0] if parts else ""
        if not show or not re.fullmatch(r"\d{1,18}", episode):
            return None
        rows = self._lookup(int(show.group(1)))
        found = _episodes(rows, only=int(episode))
        if not found:
            raise SourceGone(
                f"apple does not list episode {episode} among the {_MOST_EPISODES} latest of show {show.group(1)}"
            )
        return found[0]

    def _of_show(self, name: str) -> list[IndexedEpisode]:
        rows = self._search(query_words(name), "podcast", _MOST_SHOWS)
        show = best_named(name, ((row.collectionName or "", row) for row in rows if row.collectionId))
        return _episodes(self._lookup(show.collectionId)) if show and show.collectionId else []

    def _search(self, words: str, entity: str, limit: int) -> tuple[_Row, ...]:
        query: dict[str, str | int] = {"term": words, "media": "podcast", "entity": entity, "limit": limit}
        return ask(self._fetcher, self.name, f"{self._url}/search", _Rows, query).results

    def _lookup(self, show: int) -> tuple[_Row, ...]:
        query: dict[str, str | int] = {"id": show, "entity": "podcastEpisode", "limit": _MOST_EPISODES}
        return ask(self._fetcher, self.name, f"{self._url}/lookup", _Rows, query).results


def _is_among(wanted: EpisodeDetails, found: Iterable[IndexedEpisode]) -> bool:
    names = (comparable(wanted.title), comparable(wanted.show or ""))
    return any(
        wanted.guid is not None
        and wanted.guid == one.guid
        or (comparable(one.title), comparable(one.show or "")) == names
        for one in found
    )


def _episodes(rows: Iterable[_Row], only: int | None = None) -> list[IndexedEpisode]:
    """The episodes among the rows; what has neither guid nor audio is a show."""
    rows = list(rows)
    feeds = {row.collectionId: row.feedUrl for row in rows if row.feedUrl}
    return [
        _episode(row, title, feeds.get(row.collectionId))
        for row in rows
        if (row.episodeGuid or row.episodeUrl) and (title := line(row.trackName)) and only in (None, row.trackId)
    ]


def _episode(row: _Row, title: str, feed_url: str | None) -> IndexedEpisode:
    return IndexedEpisode(
        index=AppleIndex.name,
        title=title,
        show=line(row.collectionName),
        guid=opaque(row.episodeGuid),
        published=moment(row.releaseDate),
        duration=length(row.trackTimeMillis / 1000) if row.trackTimeMillis else None,
        audio_url=link(row.episodeUrl),
        page_url=link(row.trackViewUrl),
        feed_url=link(feed_url),
    )
