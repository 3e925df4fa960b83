"""The podcastindex.org index: every call is signed with a key, a secret and the time.

It searches shows and not episodes, so the feed is found first. A feed's own `url` is RSS: only an episode's
enclosure is audio.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

from pydantic import BeforeValidator

from ragtime_assets.adapters.indexes.answers import (
    Answer,
    ask,
    best_named,
    length,
    line,
    link,
    media_type,
    opaque,
    parts_of,
    query_words,
    unix_time,
)
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.errors import InvalidContent, SourceGone
from ragtime_assets.ports import Fetcher

_MOST_SHOWS = 10
_MOST_EPISODES = 1_000
_NOT_THERE = frozenset({400, 404})


def _none_if_empty(value: Any) -> Any:
    """Where nothing was found, an empty list stands in place of the object."""
    return None if value == [] else value


class _Envelope(Answer):
    status: str | bool
    description: str = ""


class _Feed(Answer):
    id: int
    title: str = ""
    url: str | None = None
    podcastGuid: str | None = None


class _Episode(Answer):
    title: str | None = None
    link: str | None = None
    guid: str | None = None
    datePublished: int | None = None
    duration: float | None = None
    enclosureUrl: str | None = None
    enclosureType: str | None = None
    feedTitle: str | None = None
    feedUrl: str | None = None
    podcastGuid: str | None = None


class _Feeds(_Envelope):
    feeds: tuple[_Feed, ...]


class _OneFeed(_Envelope):
    feed: Annotated[_Feed | None, BeforeValidator(_none_if_empty)]


class _Episodes(_Envelope):
    items: tuple[_Episode, ...]


class _OneEpisode(_Envelope):
    episode: Annotated[_Episode | None, BeforeValidator(_none_if_empty)]


E = TypeVar("E", bound=_Envelope)


class PodcastIndexOrg:
    """Asks podcastindex.org; a `PodcastIndex`."""

    name = "podcastindex"

    def __init__(
        self, fetcher: Fetcher, url: str, key: str, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        """`url` is where the interface is."""
        self._fetcher = fetcher
        self._url = url
        self._key = key
        self._secret = secret
        self._clock = clock

    def search(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
        """The episode with the wanted guid, else those of its feed."""
        found = self._by_guid(wanted)
        if found:
            return found
        feed = self._feed(wanted)
        if feed is None:
            return []
        items = self._ask("episodes/byfeedid", _Episodes, id=feed.id, max=_MOST_EPISODES)
        return _indexed(items.items if items else (), feed)

    def lookup(self, url: str) -> IndexedEpisode | None:
        """The episode of a page on podcastindex.org."""
        parts = parts_of(url, "podcastindex.org")
        number = parse_qs(parts.query).get("episode", [""])[0] if parts else ""
        if not parts or not re.match(r"/podcast/\d+(?:/|$)", parts.path) or not re.fullmatch(r"\d{1,18}", number):
            return None
        answer = self._ask("episodes/byid", _OneEpisode, id=number)
        found = _indexed([answer.episode]) if answer and answer.episode else []
        if not found:
            raise SourceGone(f"podcastindex has no episode {number}")
        return found[0]

    def _by_guid(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
        within = {"podcastguid": wanted.podcast_guid, "feedurl": wanted.feed_url}
        for name, value in within.items():
            if wanted.guid and value:
                answer = self._ask("episodes/byguid", _OneEpisode, guid=wanted.guid, **{name: value})
                if answer and answer.episode:
                    return _indexed([answer.episode])
        return []

    def _feed(self, wanted: EpisodeDetails) -> _Feed | None:
        if wanted.feed_url:
            answer = self._ask("podcasts/byfeedurl", _OneFeed, url=wanted.feed_url)
            if answer and answer.feed:
                return answer.feed
        show = query_words(wanted.show)
        for path in ("search/bytitle", "search/byterm") if show else ():
            found = self._ask(path, _Feeds, q=show, max=_MOST_SHOWS)
            feed = best_named(show, ((feed.title, feed) for feed in (found.feeds if found else ())))
            if feed:
                return feed
        return None

    def _ask(self, path: str, shape: type[E], **query: str | int) -> E | None:
        """The answer; None when the index has not what was asked for."""
        url = f"{self._url}/{path}"
        try:
            answer = ask(self._fetcher, self.name, url, shape, query, self._signature())
        except SourceGone as error:
            if error.details.get("status") in _NOT_THERE:
                return None
            raise
        if str(answer.status).lower() != "true":
            raise InvalidContent(f"podcastindex refused at {url}: {line(answer.description) or 'it does not say why'}")
        return answer

    def _signature(self) -> dict[str, str]:
        date = str(int(self._clock()))
        # The interface asks for SHA-1; nothing else hangs on it.
        signed = hashlib.sha1(f"{self._key}{self._secret}{date}".encode(), usedforsecurity=False).hexdigest()
        return {"X-Auth-Key": self._key, "X-Auth-Date": date, "Authorization": signed}


def _indexed(episodes: Iterable[_Episode], feed: _Feed | None = None) -> list[IndexedEpisode]:
    feed = feed or _Feed(id=0)
    return [
        IndexedEpisode(
            index=PodcastIndexOrg.name,
            title=title,
            show=line(episode.feedTitle) or line(feed.title),
            guid=opaque(episode.guid),
            podcast_guid=opaque(episode.podcastGuid) or opaque(feed.podcastGuid),
            published=unix_time(episode.datePublished),
            duration=length(episode.duration),
            audio_url=link(episode.enclosureUrl),
            media_type=media_type(episode.enclosureType),
            page_url=link(episode.link),
            feed_url=link(episode.feedUrl) or link(feed.url),
        )
        for episode in episodes
        if (title := line(episode.title))
    ]
