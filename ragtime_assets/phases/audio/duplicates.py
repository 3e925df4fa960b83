"""Whether an episode is in the corpus already, under another key: asked before audio is fetched, and before speech.

Not an asset of its own: `audio_file` asks, because what is learned before it must stop it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Protocol
from urllib.parse import urldefrag

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.identity import (
    AUDIO_IDENTITY,
    Submission,
    audio_identity,
    canonical_url,
    item_identity,
)
from ragtime_assets.domain.text.links import same_page
from ragtime_assets.errors import DuplicateEpisode, InvalidSubmission


class Identities(Protocol):
    """Who owns which episode."""

    def claim(self, key: str, identities: Sequence[str]) -> str:
        """Claim all of them for `key`, or none: the key that owns the episode."""
        ...


def claimed_before_audio(key: str, submission: Submission, details: EpisodeDetails, identities: Identities) -> None:
    """Claim what the details tell of the episode; raises DuplicateEpisode when another key has it."""
    _claim(key, learned(submission, details), identities)


def claimed_before_speech(key: str, audio: AudioFile, identities: Identities) -> None:
    """Claim the audio itself; raises DuplicateEpisode when another key has it."""
    _claim(key, [audio_identity(audio.sha256)], identities)


def claimed_audio(identities: Iterable[str]) -> list[str]:
    """The digests of the audio files among what an episode had claimed."""
    return [one.removeprefix(AUDIO_IDENTITY) for one in identities if one.startswith(AUDIO_IDENTITY)]


def learned(submission: Submission, details: EpisodeDetails) -> list[str]:
    """Every identity that the details give the episode."""
    found = {submission.identity}
    if details.podcast_guid and details.guid:
        found.add(item_identity(details.podcast_guid, details.guid))
    page = _own_page(submission, details)
    return sorted(found | {page} if page else found)


def _own_page(submission: Submission, details: EpisodeDetails) -> str | None:
    """The page that is this episode's alone: not the show's, nor the shell in which a script shows one by its route."""
    with suppress(InvalidSubmission, ValueError):  # a page may call itself anything
        page = canonical_url(details.canonical_url) if details.canonical_url else None
        shell = canonical_url(urldefrag(submission.url).url)
        return None if page == shell != submission.identity or same_page(details.show_url, page) else page
    return None


def _claim(key: str, identities: Sequence[str], owners: Identities) -> None:
    owner = owners.claim(key, identities)
    if owner != key:
        raise DuplicateEpisode(f"{DuplicateEpisode.SAYS}{owner}", owner=owner)
