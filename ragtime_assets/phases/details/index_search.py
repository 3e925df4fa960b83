"""Asking the podcast indexes for an episode, all at once, each with a time limit of its own.

An index that is slow or fails is a failed step of the trace; the others go on. How well what they find fits is
`matching.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

from ragtime_assets.domain.artifacts.audio_file import Tier
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode, Match
from ragtime_assets.domain.episode.matching import FLOOR, are_two, match
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.text.links import same_page
from ragtime_assets.errors import AudioNotFound, RagtimeError, SourceUnavailable, TimedOut, TransientError
from ragtime_assets.ports import PodcastIndex

INDEX_SECONDS = 10.0
_MOST_LINKS = 5
"""How many candidates are worth a download each."""
_SEVERAL = "several episodes fit"

T = TypeVar("T")
Candidate = tuple[IndexedEpisode, Match]


class IndexAudioFinder:
    """The audio that podcast indexes know of; an `AudioFinder`."""

    tier: Tier = "index"

    def __init__(self, indexes: Sequence[PodcastIndex], seconds: float = INDEX_SECONDS) -> None:
        """Each index may take this many seconds."""
        self._indexes = indexes
        self._seconds = seconds

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """The candidates' audio, the best match first; raises an error that says why when there is none."""
        if not self._indexes:
            return
        asked = _ask_all(details, self._indexes, trace, self._seconds)
        links = list(islice(_links(_ranked(asked)), _MOST_LINKS))
        if asked and not links:
            raise _nothing(details, asked)
        yield from links


def best_match(
    wanted: EpisodeDetails, indexes: Sequence[PodcastIndex], trace: Trace, seconds: float = INDEX_SECONDS
) -> Candidate | None:
    """The episode that fits best of all that the indexes find; None when none fits at all."""
    return best_match_or_fault(wanted, indexes, trace, seconds)[0]


def best_match_or_fault(
    wanted: EpisodeDetails, indexes: Sequence[PodcastIndex], trace: Trace, seconds: float = INDEX_SECONDS
) -> tuple[Candidate | None, TransientError | None]:
    """The episode that fits best of all that the indexes find, and what kept one of them from answering."""
    asked = _ask_all(wanted, indexes, trace, seconds)
    faults = (one.error for one in asked if isinstance(one.error, TransientError))
    return next(iter(_ranked(asked)), None), next(faults, None)


def look_up(
    url: str, indexes: Sequence[PodcastIndex], trace: Trace, seconds: float = INDEX_SECONDS
) -> IndexedEpisode | None:
    """The episode whose page of an index `url` is; None when it is none, an error when the index cannot say."""
    if not indexes:
        return None
    with trace.step("index pages", url=url) as step:
        for index in indexes:
            found = _within(seconds, index.name, partial(index.lookup, url))
            if found:
                step.output = f"{index.name} has “{found.title}” of {found.show or 'an unnamed show'}"
                return found
        step.told = False
    return None


@dataclass(frozen=True)
class _Asked:
    """What came of asking one index."""

    index: str
    found: Sequence[Candidate] = ()
    error: RagtimeError | None = None

    @property
    def outcome(self) -> str:
        """It in words."""
        if self.error:
            return self.error.message
        best = max((fit for _, fit in self.found), key=lambda fit: fit.score, default=None)
        return (
            f"{len(self.found)} found, the best scores {best.score:g} ({'; '.join(best.reasons)})" if best else "none"
        )


def _ask_all(wanted: EpisodeDetails, indexes: Sequence[PodcastIndex], trace: Trace, seconds: float) -> list[_Asked]:
    if not indexes:
        return []
    if not wanted.has_title:
        trace.note("indexes", "not asked: the title is the name of a file, which nobody else needs to know")
        return []
    with ThreadPoolExecutor(len(indexes), thread_name_prefix="index") as askers:
        return list(askers.map(partial(_ask, wanted, trace, seconds), indexes))


def _ask(wanted: EpisodeDetails, trace: Trace, seconds: float, index: PodcastIndex) -> _Asked:
    try:
        with trace.step(f"index {index.name}", title=wanted.title, show=wanted.show or "") as step:
            found = _within(seconds, index.name, partial(index.search, wanted))
            asked = _Asked(index.name, [(episode, match(wanted, episode)) for episode in found])
            step.output = asked.outcome
            return asked
    except RagtimeError as error:
        return _Asked(index.name, error=error)


def _within(seconds: float, name: str, call: Callable[[], T]) -> T:
    """What `call` gives, if it does so in time; else it is left to itself, in a thread that holds up no exit."""
    from multiprocessing import TimeoutError as TookTooLong
    from multiprocessing.pool import ThreadPool

    with ThreadPool(1) as worker:
        try:
            return worker.apply_async(call).get(seconds)
        except TookTooLong as error:
            raise TimedOut(f"{name} did not answer within {seconds:g} seconds") from error


def _ranked(asked: Sequence[_Asked]) -> list[Candidate]:
    """All that may be the wanted episode: the sure ones first, then by score, then in the order of the indexes."""
    offered = [candidate for one in asked for candidate in one.found if candidate[1].score >= FLOOR]
    return _best_first(_only_one_sure(_best_first(offered)))


def _best_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: (not candidate[1].sure, -candidate[1].score))


def _only_one_sure(ranked: Sequence[Candidate]) -> Iterator[Candidate]:
    """The candidates; of several episodes that look sure, only one that fits better than the others is."""
    sure = [candidate for candidate in ranked if candidate[1].sure]
    others = [candidate for candidate in sure if are_two(sure[0][0], candidate[0])]
    is_clear = all(fit.score < sure[0][1].score for _, fit in others)
    for candidate in ranked:
        doubtful = candidate in others or (candidate in sure and not is_clear)
        yield (candidate[0], _doubted(candidate[1])) if doubtful else candidate


def _doubted(fit: Match) -> Match:
    return fit.model_copy(update={"sure": False, "reasons": (*fit.reasons, _SEVERAL)})


def _links(candidates: Sequence[Candidate]) -> Iterator[AudioLink]:
    """Each address once, with its best match."""
    given: list[str] = []
    for episode, fit in candidates:
        url = episode.audio_url
        if url and not any(same_page(url, other) for other in given):
            given.append(url)
            yield AudioLink(url, match=fit)


def _nothing(details: EpisodeDetails, asked: Sequence[_Asked]) -> RagtimeError:
    """Why there is no candidate: worth another try if an index may answer later."""
    said = "; ".join(f"{one.index}: {one.outcome}" for one in asked)
    message = f"no podcast index leads to the audio of “{details.title}” ({said})"
    later = any(isinstance(one.error, TransientError) for one in asked)
    return SourceUnavailable(message) if later else AudioNotFound(message)
