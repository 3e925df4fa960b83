"""The first two tiers of audio: the address that the details name first, then what the feed offers beside it.

Before them, where the episode had audio before, comes the address that gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import islice, takewhile

from ragtime_assets.domain.artifacts.audio_file import AudioFile, Tier
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, AudioOrigin, EpisodeDetails
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.indexed_episode import Match
from ragtime_assets.domain.episode.matching import FLOOR, SURE
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import PermanentError
from ragtime_assets.phases.feeds.older_items import item_called
from ragtime_assets.ports import FeedReader, Fetcher

MOST = 5
"""How many addresses are tried of a page, of an item as it was, and of the item as it is now: no publisher has more."""

FROM_FEEDS = frozenset({"enclosure", "alternate"})
_BY_ORIGIN: dict[AudioOrigin, Match] = {
    "agent": Match(score=FLOOR, sure=False, reasons=("a model took it for the episode's",)),
    "index": Match(score=SURE, sure=True, reasons=("a podcast index has it for the episode's",)),
}
"""How sure the addresses are that no publisher gave."""


class LastAudioFinder:
    """The address that gave the audio last time, unless the details name one since that was not tried then."""

    def __init__(self, load: Callable[[], AudioFile]) -> None:
        """`load` gives the audio as it was; raises when there is none."""
        self._load = load

    @property
    def tier(self) -> Tier:
        """The one that found it."""
        return self._last.tier if self._last else "direct"

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """The one address, or none."""
        last = self._last
        if last is None:
            return
        failed = {attempt.url for attempt in last.attempts if attempt.outcome == "failed"}
        before = takewhile(lambda audio: audio.url != last.url, details.audio)
        if all(audio.url in failed for audio in before):
            yield AudioLink(last.url, match=last.match)

    @cached_property
    def _last(self) -> AudioFile | None:
        with suppress(PermanentError):
            return self._load()
        return None


class DirectAudioFinder:
    """The episode's address as it is known, then the others that its page named; an `AudioFinder`."""

    tier: Tier = "direct"

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """The addresses in the order in which the details give them."""
        others = (audio for audio in details.audio[1:] if audio.origin not in FROM_FEEDS)
        return (_link(audio) for audio in (*details.audio[:1], *islice(others, MOST - 1)))


def _link(audio: AudioCandidate) -> AudioLink:
    return AudioLink(audio.url, match=_BY_ORIGIN.get(audio.origin))


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
        offered = (audio for audio in details.audio if audio.origin in FROM_FEEDS)
        yield from (AudioLink(audio.url) for audio in islice(offered, MOST))
        if details.feed_url and details.guid:
            with trace.step("read feed again", url=details.feed_url) as step:
                feed = self._fetcher.fetch(details.feed_url)
                item = item_called(details.guid, feed, self._feeds, self._fetcher.fetch)
                fresh = [audio for audio in item.audio if audio.url not in known]
                step.output = f"{len(fresh)} new addresses"
            yield from (AudioLink(audio.url) for audio in fresh[:MOST])
