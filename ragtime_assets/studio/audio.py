"""The audio of the corpus by its digest: only what a known episode names, never whatever lies in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.episode.identity import audio_identity
from ragtime_assets.errors import InputMissing
from ragtime_assets.studio.contents import found

if TYPE_CHECKING:
    from ragtime_assets.studio.kept import Kept


def known_audio(kept: Kept, digest: str) -> AudioFile:
    """What is known of the audio with this digest; raises InputMissing where no episode names it."""
    key = kept.identities.owner(audio_identity(digest))
    audio = found(kept, key, AudioFile) if key else None
    if audio is None or audio.sha256 != digest:
        raise InputMissing(
            "no episode has this audio",
            remedy="Open the episode's page again: its audio was fetched anew, or the episode was forgotten.",
        )
    return audio


def opened_audio(kept: Kept, audio: AudioFile) -> BinaryIO:
    """Its bytes; raises InputMissing where they are gone."""
    file = kept.store.open_blob(audio.sha256)
    if file is None:
        raise InputMissing(
            "the audio of this episode is not in the store any more",
            remedy="`ragtime redo KEY --from audio_file` fetches it again.",
        )
    return file
