"""The first two tiers of audio: the address that the details name first, then what the feed offers beside it."""

from __future__ import annotations

from collections.abc import Iterator

from ragtime_assets.domain.artifacts.audio_file import Tier
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.ports import FeedReader, Fetcher

FROM_FEEDS = frozenset({"enclosure", "alternate"})


class DirectAudioFinder:
    """The episode's address as it is known, then the others that its page named; an `AudioFinder`."""

    tier: Tier = "direct"

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """The addresses in the order in which the details give them."""
        others = (audio for audio in details.audio[1:] if audio.origin not in FROM_FEEDS)
        return (AudioLink(audio.url) for audio in (*details.audio[:1], *others))


class FeedAudioFinder:
    """The enclosures of the feed's item: as they were when the details were read, then as they are now."""

    tier: Tier = "feed"

    def __init__(self, fetcher: Fetcher, feeds: FeedReader) -> None:
        """Read feeds again with these."""
        self._fetcher = fetcher
        self._feeds = feeds

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """The known enclosures, then those that the feed has now."""
        known = {audio.url for audio in details.audio}
        yield from (AudioLink(audio.url) for audio in details.audio if audio.origin in FROM_FEEDS)
        if details.feed_url and details.guid:
            with trace.step("read feed again", url=details.feed_url) as step:
                item = self._feeds.item(self._fetcher.fetch(details.feed_url), details.guid)
                fresh = [audio for audio in item.audio if audio.url not in known]
                step.output = f"{len(fresh)} new addresses"
            yield from (AudioLink(audio.url) for audio in fresh)
