"""The audio of an episode as a local file, for the phase that listens."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.errors import ArtifactCorrupt
from ragtime_assets.ports import Blobs


@contextmanager
def local_audio(blobs: Blobs, audio: AudioFile) -> Generator[Path]:
    """Where the audio lies while the context is open; raises ArtifactCorrupt, and says how to get it again.

    It may have been dropped with the days of RAGTIME_KEEP_AUDIO_DAYS, or left out of a backup.
    """
    try:
        with blobs.local_copy(audio.sha256) as path:
            yield path
    except ArtifactCorrupt as error:
        raise ArtifactCorrupt(
            f"the audio cannot be heard: {error.message}",
            remedy="ragtime redo KEY --from audio_file fetches it again; RAGTIME_KEEP_AUDIO_DAYS drops audio.",
        ) from error
