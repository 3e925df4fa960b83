"""The episode's audio: every tier tried in order until one gives a file that can be decoded.

Bytes decide, not headers; what plays and may be another episode's is refused until a person says yes
(`audio/doubts.py`). Where a tier looks is its finder's business: `audio/known_addresses.py`,
`details/index_search.py`, the browser and the agent behind the port. How a file is downloaded, looked into and kept is
behind the other ports.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ragtime_assets.domain.artifacts.audio_file import AudioFacts, AudioFile, Tier, TierAttempt
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.fetched import AudioLink, Download
from ragtime_assets.domain.episode.media import HEAD, is_web_page
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.figures import plural, size
from ragtime_assets.errors import (
    AudioNotFound,
    AudioUnsure,
    InvalidAudio,
    RagtimeError,
    SourceGone,
    SourceUnavailable,
    StorageFull,
    TimedOut,
    TooLarge,
    TransientError,
)
from ragtime_assets.phases.audio.doubts import APPROVED, KNOWN, is_approved, refuse_doubtful
from ragtime_assets.ports import AudioFinder, AudioProbe, Blobs, Fetcher, Progress


@dataclass(frozen=True)
class Taking:
    """How a file is taken: downloaded, looked into, kept."""

    fetcher: Fetcher
    probe: AudioProbe
    blobs: Blobs
    work: Path
    max_seconds: int
    progress: Progress
    deadline: Deadline
    """When the hunt is over, whatever is left to try."""
    takes_unsure: bool = False
    """Whether a person is asked before what was taken is listened to, so that what is not sure may be taken."""


def make_audio_file(details: EpisodeDetails, finders: Sequence[AudioFinder], taking: Taking, trace: Trace) -> AudioFile:
    """The first address that works, kept as a blob; raises an error with every attempt when none does."""
    return _Hunt(details, taking, trace).through(finders)


@dataclass
class _Hunt:
    """One hunt for one episode's audio, with what was tried."""

    details: EpisodeDetails
    taking: Taking
    trace: Trace
    attempts: list[TierAttempt] = field(default_factory=list[TierAttempt])
    errors: list[RagtimeError] = field(default_factory=list[RagtimeError])
    unsure: AudioFile | None = None
    """The first that plays and may be another episode's; taken when nothing better is found."""

    def through(self, finders: Sequence[AudioFinder]) -> AudioFile:
        tried: set[str] = set()
        for finder in finders:
            if self.taking.deadline.left() <= 0:
                break
            if finder.tier == "agent" and self._is_unsure():
                break  # it costs, and what it finds would need the same yes
            for link in self._links(finder):
                if link.url not in tried and self.taking.deadline.left() > 0:
                    tried.add(link.url)
                    found = self._taken(finder, link, len(tried))
                    if found is not None:
                        return found
                if finder.tier not in KNOWN and self._is_unsure(finder.tier):
                    break  # those after it are no surer
        left = len({one.url for one in self.details.audio} - tried)
        failure = _failure(self.details, self.attempts, self.errors, left, self.taking.deadline.left() <= 0)
        if self.unsure is not None and isinstance(failure, AudioUnsure):
            return self.unsure.model_copy(update={"attempts": tuple(self.attempts)})
        raise failure

    def _is_unsure(self, tier: Tier | None = None) -> bool:
        """Whether there is audio that waits for a yes, found by `tier` if one is named."""
        failed = zip(self.attempts, self.errors, strict=True)
        return any(isinstance(error, AudioUnsure) and tier in (None, attempt.tier) for attempt, error in failed)

    def _links(self, finder: AudioFinder) -> Iterator[AudioLink]:
        """What the tier offers; that it cannot look is an attempt that failed, and the next tier's turn."""
        started = time.monotonic()
        try:
            yield from finder.links(self.details, self.trace)
        except RagtimeError as error:
            self._failed(finder, self.details.page_url, started, error)

    def _taken(self, finder: AudioFinder, link: AudioLink, number: int) -> AudioFile | None:
        path = self.taking.work / f"audio-{number}"
        started = time.monotonic()
        download: Download | None = None
        facts: AudioFacts | None = None
        try:
            with self.trace.step(f"tier {finder.tier}", url=link.url) as step:
                download = self.taking.fetcher.download(link.url, path, self.taking.progress, link.headers)
                facts = _facts(download, self.taking)
                refuse_doubtful(self.details, finder.tier, link, facts.duration)
                step.output = f"{size(download.bytes)} of {facts.codec}"
        except StorageFull:
            path.unlink(missing_ok=True)
            raise
        except RagtimeError as error:
            self._failed(finder, link.url, started, error, download)
            if isinstance(error, AudioUnsure) and self.taking.takes_unsure and not self.unsure and download and facts:
                self.unsure = self._kept(finder, link, download, facts, error.details["doubt"])
            path.unlink(missing_ok=True)
            return None
        self.attempts.append(_attempt(finder, link.url, started, download))
        return self._kept(finder, link, download, facts)

    def _failed(
        self, finder: AudioFinder, url: str, started: float, error: RagtimeError, download: Download | None = None
    ) -> None:
        self.errors.append(error)
        self.attempts.append(_attempt(finder, url, started, download, error))

    def _kept(
        self, finder: AudioFinder, link: AudioLink, download: Download, facts: AudioFacts, doubt: str | None = None
    ) -> AudioFile:
        try:
            self.taking.blobs.put(download.path, download.sha256)
        finally:
            download.path.unlink(missing_ok=True)
        return AudioFile(
            engine=_engine(finder.tier, link.url),
            sha256=download.sha256,
            bytes=download.bytes,
            facts=facts,
            url=link.url,
            tier=finder.tier,
            attempts=tuple(self.attempts),
            match=APPROVED if is_approved(self.details, link.url) else link.match,
            doubt=doubt,
        )


def _engine(tier: str, url: str) -> str:
    if tier not in {"direct", "feed"}:
        return tier
    return "file" if urlsplit(url).scheme == "file" else "http"


def _facts(download: Download, taking: Taking) -> AudioFacts:
    if download.bytes == 0:
        raise InvalidAudio("the server sent an empty file")
    with download.path.open("rb") as file:
        if is_web_page(file.read(HEAD)):
            raise InvalidAudio("the server sent a web page instead of audio")
    facts = taking.probe.probe(download.path)
    if facts.duration > taking.max_seconds:
        raise TooLarge(
            f"the audio lasts {facts.duration:.0f} seconds, longer than {taking.max_seconds} "
            "(RAGTIME_MAX_AUDIO_SECONDS)"
        )
    return facts


def _attempt(
    finder: AudioFinder, url: str, started: float, download: Download | None, error: RagtimeError | None = None
) -> TierAttempt:
    return TierAttempt(
        tier=finder.tier,
        url=url,
        outcome="failed" if error else "ok",
        seconds=round(time.monotonic() - started, 3),
        bytes=download.bytes if download else 0,
        error=f"{type(error).__name__}: {error.message}" if error else None,
    )


def _failure(
    details: EpisodeDetails, attempts: Sequence[TierAttempt], errors: Sequence[RagtimeError], left: int, is_late: bool
) -> SourceUnavailable | TimedOut | AudioUnsure | AudioNotFound:
    """The error for when nothing worked: it may pass if that of an address may that was known, if any was.

    Of the addresses that were known, `left` many were not tried: one episode has a handful of tries, or time ran out.
    """
    if not attempts and is_late:
        return TimedOut(f"no time was left to look for the audio of “{details.title}”", attempts=[])
    if not attempts:
        return AudioNotFound(f"“{details.title}” names no address of its audio, and no tier found one", attempts=[])
    lines = [f"- {attempt.tier} {attempt.url}: {attempt.error}" for attempt in attempts]
    others = f", and {plural(left, 'more address', 'more addresses')} that it names were not tried" if left else ""
    message = f"none of the {len(attempts)} ways to the audio of “{details.title}” led to it{others}:"
    message = "\n".join([message, *lines])
    facts = [attempt.model_dump(mode="json") for attempt in attempts]
    known = [error for attempt, error in zip(attempts, errors, strict=True) if attempt.tier in KNOWN]
    passing = [error for error in known or errors if isinstance(error, TransientError)]
    if passing:
        asked = [error.retry_after for error in passing if isinstance(error, SourceUnavailable) and error.retry_after]
        return SourceUnavailable(message, retry_after=max(asked, default=None), attempts=facts)
    unsure = next((error for error in errors if isinstance(error, AudioUnsure)), None)
    if unsure is not None:
        return AudioUnsure(message, remedy=unsure.remedy, attempts=facts)
    if left and is_late:
        return TimedOut(message, attempts=facts)
    return AudioNotFound(message, remedy=_remedy(known), attempts=facts)


def _remedy(known: Sequence[RagtimeError]) -> str | None:
    """What to do where one thing is wrong with all addresses that were known, and it is not that they are dead."""
    remedies = {error.remedy for error in known}
    dead = (SourceGone.remedy, InvalidAudio.remedy)
    return remedies.pop() if len(remedies) == 1 and remedies.isdisjoint(dead) else None
