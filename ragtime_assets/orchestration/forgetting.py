"""Forgetting an episode: everything that was made of it goes; its key stays taken, so that it is never reused."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import dagster as dg

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX, read_trace
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.errors import ArtifactCorrupt, EpisodeBusy, RagtimeError
from ragtime_assets.orchestration.status import runs_in_flight
from ragtime_assets.phases.audio.duplicates import claimed_audio
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio import Index, Kept, Studio
from ragtime_assets.studio.corpus_export import LOCK, folder_of

_EXPORT_SECONDS = 60
"""How long it is waited for an export that is being written."""


@dataclass(frozen=True)
class Forgotten:
    """What was removed."""

    key: str
    artifacts: int
    blobs: int


def forget(studio: Studio, instance: dg.DagsterInstance, key: str) -> Forgotten:
    """Remove everything that was made of an episode; raises EpisodeBusy while a run is in flight."""
    return forget_from(studio, studio.index, instance, key)


def forget_from(
    kept: Kept, index: Index, instance: dg.DagsterInstance, key: str, patience: float = _EXPORT_SECONDS
) -> Forgotten:
    """The same for who has no studio; an export that is being written is waited for so many seconds.

    The tombstone comes first, so that who is killed is found half-way: forgetting again goes on, and so does the
    sweep of `ragtime up`. Forgetting what is forgotten removes nothing.
    """
    if not kept.tombstones.there(key):
        kept.submissions.episode(key)
    for run in runs_in_flight(kept, instance, key):
        raise EpisodeBusy(f"run {run.run_id} is in flight for {key}", remedy=f"ragtime cancel {key}, then forget it.")
    try:
        with kept.locks.hold(f"episode-{key}", "ragtime forget"):
            kept.submissions.bury(key)
            gone = _forget(kept, index, key)
    except LockTaken as taken:
        raise EpisodeBusy(f"run {taken.holder or 'unknown'} is working on {key}") from None
    _take_out_of_export(kept, key, patience)
    kept.tombstones.finish(key)
    return gone


def finish_forgetting(kept: Kept, index: Index, instance: dg.DagsterInstance) -> list[str]:
    """Go on with what a killed `ragtime forget` left half-way; the keys. What cannot be done now is tried again."""
    done: list[str] = []
    for key in kept.tombstones.unfinished():
        with suppress(RagtimeError):
            forget_from(kept, index, instance, key, patience=0)
            done.append(key)
    return done


def _take_out_of_export(kept: Kept, key: str, patience: float) -> None:
    """Not while an export is written: it may have read the episode already."""
    until = time.monotonic() + patience
    while True:
        try:
            with kept.locks.hold(LOCK, "ragtime forget"):
                folder_of(kept).forget(key)
                return
        except LockTaken as taken:
            if time.monotonic() > until:
                raise EpisodeBusy(
                    f"{key} is forgotten, but may be in the export that {taken.holder or 'somebody'} writes",
                    remedy="When that is through, materialize corpus_export again: the episode is then gone from it.",
                ) from None
        time.sleep(0.1)


def _forget(kept: Kept, index: Index, key: str) -> Forgotten:
    """Each step may be done again; the artifacts go after the blobs that they alone name."""
    shots = _screenshots(kept, key)
    blobs = {*claimed_audio(kept.identities.of(key)), *_blobs(kept, key), *shots}
    kept.passages.keep_only(key, frozenset())
    index.vectors.forget([key])
    kept.registry.forget(key)
    kept.corrections.forget(key)
    kept.approvals.forget(key)
    kept.journals.forget(key)
    for digest in blobs:
        kept.store.discard(digest)
    artifacts = kept.store.remove(key)
    kept.identities.release(key)
    kept.artifact_index.forget(key)
    return Forgotten(key, artifacts, len(blobs))


def _blobs(kept: Kept, key: str) -> Iterator[str]:
    """The audio, and the vectors unless an episode with the same words has the same ones.

    An artifact that cannot be read keeps no episode from being forgotten.
    """
    with suppress(ArtifactCorrupt):
        if audio := kept.store.envelope(AudioFile.asset, key):
            yield opened(AudioFile, audio).sha256
    with suppress(ArtifactCorrupt):
        vectors = kept.store.envelope(Embeddings.asset, key)
        if vectors and not kept.artifact_index.is_shared(key, vectors):
            yield opened(Embeddings, vectors).vectors


def _screenshots(kept: Kept, key: str) -> frozenset[str]:
    """The screenshots that no other episode shows too: two that look at one page see the same."""
    own = _shown(kept.store.attachment(asset, key, TRACE_SUFFIX) for asset in PHASES)
    if not own:
        return own
    others = (text for asset in PHASES for other, text in kept.store.attachments(asset, TRACE_SUFFIX) if other != key)
    return own - _shown(others)


def _shown(traces: Iterable[str | None]) -> frozenset[str]:
    return frozenset(step.screenshot for text in traces for step in read_trace(text) if step.screenshot)
