"""The episode's audio: every address tried in order until one gives a file that can be decoded.

Bytes decide, not headers. How a file is downloaded, looked into and kept is behind the ports.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ragtime_assets.domain.audio_file import AudioFacts, AudioFile, Tier, TierAttempt
from ragtime_assets.domain.episode_details import AudioCandidate, EpisodeDetails
from ragtime_assets.domain.media import HEAD, is_web_page
from ragtime_assets.errors import (
    AudioNotFound,
    InvalidAudio,
    RagtimeError,
    SourceUnavailable,
    StorageFull,
    TooLarge,
    TransientError,
)
from ragtime_assets.ports import AudioProbe, Blobs, Download, Fetcher, Progress


def make_audio_file(
    details: EpisodeDetails,
    fetcher: Fetcher,
    probe: AudioProbe,
    blobs: Blobs,
    work: Path,
    max_seconds: int,
    progress: Progress,
) -> AudioFile:
    """The first candidate that works, kept as a blob; raises AudioNotFound with every attempt when none does."""
    attempts: list[TierAttempt] = []
    errors: list[RagtimeError] = []
    for number, candidate in enumerate(_candidates(details)):
        path = work / f"audio-{number}"
        started = time.monotonic()
        download: Download | None = None
        try:
            download = fetcher.download(candidate.url, path, progress)
            facts = _facts(download, probe, max_seconds)
        except StorageFull:
            path.unlink(missing_ok=True)
            raise
        except RagtimeError as error:
            path.unlink(missing_ok=True)
            errors.append(error)
            attempts.append(_attempt(candidate, started, download, error))
            continue
        attempts.append(_attempt(candidate, started, download))
        return _kept(candidate, download, facts, blobs, attempts)
    raise _failure(details, attempts, errors)


def _candidates(details: EpisodeDetails) -> list[AudioCandidate]:
    """Each address once, in the order in which the details give them."""
    first: dict[str, AudioCandidate] = {}
    for candidate in details.audio:
        first.setdefault(candidate.url, candidate)
    return list(first.values())


def _tier(candidate: AudioCandidate) -> Tier:
    return "feed" if candidate.origin in {"enclosure", "alternate"} else "direct"


def _facts(download: Download, probe: AudioProbe, max_seconds: int) -> AudioFacts:
    if download.bytes == 0:
        raise InvalidAudio("the server sent an empty file")
    with download.path.open("rb") as file:
        if is_web_page(file.read(HEAD)):
            raise InvalidAudio("the server sent a web page instead of audio")
    facts = probe.probe(download.path)
    if facts.duration > max_seconds:
        raise TooLarge(
            f"the audio lasts {facts.duration:.0f} seconds, longer than {max_seconds} (RAGTIME_MAX_AUDIO_SECONDS)"
        )
    return facts


def _attempt(
    candidate: AudioCandidate, started: float, download: Download | None, error: RagtimeError | None = None
) -> TierAttempt:
    return TierAttempt(
        tier=_tier(candidate),
        url=candidate.url,
        outcome="failed" if error else "ok",
        seconds=round(time.monotonic() - started, 3),
        bytes=download.bytes if download else 0,
        error=f"{type(error).__name__}: {error.message}" if error else None,
    )


def _kept(
    candidate: AudioCandidate, download: Download, facts: AudioFacts, blobs: Blobs, attempts: Sequence[TierAttempt]
) -> AudioFile:
    try:
        blobs.put(download.path, download.sha256)
    finally:
        download.path.unlink(missing_ok=True)
    return AudioFile(
        engine="http",
        sha256=download.sha256,
        bytes=download.bytes,
        facts=facts,
        url=candidate.url,
        tier=_tier(candidate),
        attempts=tuple(attempts),
    )


def _failure(
    details: EpisodeDetails, attempts: Sequence[TierAttempt], errors: Sequence[RagtimeError]
) -> SourceUnavailable | AudioNotFound:
    """The error for when nothing worked: worth another try only if every attempt was."""
    if not attempts:
        return AudioNotFound(f"“{details.title}” names no address of its audio", attempts=[])
    lines = [f"- {attempt.tier} {attempt.url}: {attempt.error}" for attempt in attempts]
    message = "\n".join([f"none of the {len(attempts)} addresses of “{details.title}” gave its audio:", *lines])
    facts = [attempt.model_dump(mode="json") for attempt in attempts]
    if all(isinstance(error, TransientError) for error in errors):
        asked = [error.retry_after for error in errors if isinstance(error, SourceUnavailable) and error.retry_after]
        return SourceUnavailable(message, retry_after=max(asked, default=None), attempts=facts)
    remedies = {error.remedy for error in errors}
    return AudioNotFound(message, remedy=remedies.pop() if len(remedies) == 1 else None, attempts=facts)
