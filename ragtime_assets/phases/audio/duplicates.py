"""Whether an episode is in the corpus already, under another key: asked before audio is fetched, and before speech.

Not an asset of its own: `audio_file` asks, because what is learned before it must stop it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.identity import Submission, canonical_url, item_identity
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
    _claim(key, [f"sha256:{audio.sha256}"], identities)


def learned(submission: Submission, details: EpisodeDetails) -> list[str]:
    """Every identity that the details give the episode."""
    found = {submission.identity}
    if details.podcast_guid and details.guid:
        found.add(item_identity(details.podcast_guid, details.guid))
    if details.canonical_url:
        with suppress(InvalidSubmission, ValueError):  # a page may call itself anything
            found.add(canonical_url(details.canonical_url))
    return sorted(found)


def _claim(key: str, identities: Sequence[str], owners: Identities) -> None:
    owner = owners.claim(key, identities)
    if owner != key:
        raise DuplicateEpisode(f"duplicate of {owner}", owner=owner)
