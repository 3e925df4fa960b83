"""What is kept for nobody: audio past its days, and blobs that no artifact names, as a `redo` of audio leaves one.

Done twice, the second time finds nothing. A file younger than a day is left alone: an artifact that names it may still
be about to be saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ragtime_assets.adapters.storage.artifact_store import Blob, opened
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.figures import plural, size
from ragtime_assets.domain.outstanding import outstanding
from ragtime_assets.errors import ArtifactCorrupt, ArtifactTooNew
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio.blobs import named_in, names_blobs
from ragtime_assets.studio.kept import Kept

SETTLED = timedelta(days=1)


@dataclass(frozen=True)
class OldAudio:
    """The audio of an episode that is kept longer than it is to be."""

    key: str
    blob: Blob


@dataclass(frozen=True)
class Untidy:
    """What may go."""

    orphans: tuple[Blob, ...]
    audio: tuple[OldAudio, ...]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.orphans or self.audio)

    def lines(self) -> Iterator[str]:
        """How much it is, as people read it."""
        orphans, audio = (sum(blob.bytes for blob in some) for some in (self.orphans, [one.blob for one in self.audio]))
        yield f"{plural(len(self.orphans), 'file')} that no artifact names ({size(orphans)})"
        yield f"the audio of {plural(len(self.audio), 'episode')}, older than RAGTIME_KEEP_AUDIO_DAYS ({size(audio)})"


def look(kept: Kept, now: datetime) -> Untidy:
    """What may go now."""
    blobs = {one.digest: one for one in kept.store.blobs()}
    return Untidy(tuple(_orphans(kept, blobs, now)), tuple(_old_audio(kept, blobs, now)))


def tidy(kept: Kept, found: Untidy, now: datetime) -> Untidy:
    """Remove it; what went. What was written again, or is worked on, since it was found stays."""
    orphans = tuple(one for one in found.orphans if _is_settled(kept.store.blob(one.digest), now))
    for one in orphans:
        kept.store.discard(one.digest)
    return Untidy(orphans, tuple(one for one in found.audio if _dropped(kept, one)))


def _orphans(kept: Kept, blobs: dict[str, Blob], now: datetime) -> Iterator[Blob]:
    unnamed = {digest: one for digest, one in blobs.items() if _is_settled(one, now)}
    for file in kept.store.files() if unnamed else ():
        if names_blobs(file):
            for digest in named_in(kept.store.read_file(file) or b""):
                unnamed.pop(digest, None)
    yield from unnamed.values()


def _old_audio(kept: Kept, blobs: dict[str, Blob], now: datetime) -> Iterator[OldAudio]:
    """The audio of episodes that were heard, where nothing waits to hear it again."""
    days = kept.settings.keep_audio_days
    if days is None:
        return
    old = {
        key: made
        for key, made in kept.artifact_index.of().items()
        if AudioFile.asset in made and made[AudioFile.asset].created_at < now - timedelta(days=days)
    }
    wishes = kept.submissions.wishes(old)
    for key, made in old.items():
        heard = made.get(Transcript.asset)
        if heard is None or Transcript.asset in outstanding(made, wishes.get(key, ()), {}):
            continue
        blob = blobs.get(_audio_of(kept, key) or "")
        if blob is not None:
            yield OldAudio(key, blob)


def _audio_of(kept: Kept, key: str) -> str | None:
    try:
        envelope = kept.store.envelope(AudioFile.asset, key)
        return None if envelope is None else opened(AudioFile, envelope).sha256
    except (ArtifactCorrupt, ArtifactTooNew):  # it is named where it matters
        return None


def _dropped(kept: Kept, old: OldAudio) -> bool:
    """Drop it unless a run works on the episode, or fetched it again."""
    try:
        with kept.locks.hold(f"episode-{old.key}", "ragtime clean"):
            if kept.store.blob(old.blob.digest) != old.blob:
                return False
            kept.store.discard(old.blob.digest)
            return True
    except LockTaken:
        return False


def _is_settled(blob: Blob | None, now: datetime) -> bool:
    return blob is not None and now - blob.written_at > SETTLED
