"""The fyyd index, version 0.2 of its interface: reading needs no key."""

from __future__ import annotations

import re
from typing import TypeVar

from ragtime_assets.adapters.indexes.answers import (
    Answer,
    ask,
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
from ragtime_assets.errors import InvalidContent, RagtimeError
from ragtime_assets.ports import Fetcher

_MOST_FOUND = 50


class _Envelope(Answer):
    status: int
    msg: str = ""


class _Episode(Answer):
    title: str
    podcast_id: int | None = None
    guid: str | None = None
    url: str | None = None
    url_fyyd: str | None = None
    enclosure: str | None = None
    pubdate: str | None = None
    duration: float | None = None


class _Podcast(Answer):
    title: str | None = None
    xmlURL: str | None = None


class _Found(_Envelope):
    data: tuple[_Episode, ...]


class _OneEpisode(_Envelope):
    data: _Episode


class _OnePodcast(_Envelope):
    data: _Podcast


E = TypeVar("E", bound=_Envelope)


class FyydIndex:
    """Asks fyyd; a `PodcastIndex`."""

    name = "fyyd"

    def __init__(self, fetcher: Fetcher, url: str, api_key: str | None = None) -> None:
        """`url` is where the interface is."""
        self._fetcher = fetcher
        self._url = url
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    def search(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
        """Episodes found by guid, else by title within the show."""
        if wanted.guid and (found := self._find(guid=wanted.guid)):
            return found
        title, show = query_words(wanted.title), query_words(wanted.show)
        if not title:
            return []
        return self._find(title=title, podcast_title=show) if show else self._find(title=title)

    def lookup(self, url: str) -> IndexedEpisode | None:
        """The episode of a page on fyyd.de, with the show it belongs to."""
        parts = parts_of(url, "fyyd.de")
        number = re.match(r"/episode/(\d{1,18})(?:/|$)", parts.path) if parts else None
        if not number:
            return None
        episode = self._ask("episode", _OneEpisode, episode_id=number.group(1)).data
        return _indexed(episode, self._podcast(episode.podcast_id))

    def _find(self, **query: str) -> list[IndexedEpisode]:
        found = self._ask("search/episode", _Found, **query, count=_MOST_FOUND).data
        return [_indexed(episode, _Podcast()) for episode in found if line(episode.title)]

    def _podcast(self, number: int | None) -> _Podcast:
        """The show of an episode; the episode stands without it."""
        try:
            return self._ask("podcast", _OnePodcast, podcast_id=number).data if number else _Podcast()
        except RagtimeError:
            return _Podcast()

    def _ask(self, path: str, shape: type[E], **query: str | int) -> E:
        url = f"{self._url}/{path}"
        answer = ask(self._fetcher, self.name, url, shape, query, self._headers)
        if answer.status != 1:
            raise InvalidContent(f"fyyd refused at {url}: {line(answer.msg) or 'it does not say why'}")
        return answer


def _indexed(episode: _Episode, podcast: _Podcast) -> IndexedEpisode:
    return IndexedEpisode(
        index=FyydIndex.name,
        title=line(episode.title) or "",
        show=line(podcast.title),
        guid=opaque(episode.guid),
        published=moment(episode.pubdate),
        duration=length(episode.duration),
        audio_url=link(episode.enclosure),
        page_url=link(episode.url) or link(episode.url_fyyd),
        feed_url=link(podcast.xmlURL),
    )
