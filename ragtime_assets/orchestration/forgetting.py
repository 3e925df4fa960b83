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
from ragtime_assets.errors import ArtifactCorrupt, EpisodeBusy
from ragtime_assets.orchestration.status import runs_in_flight
from ragtime_assets.phases.audio.duplicates import claimed_audio
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio import Studio
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
    studio.submissions.episode(key)
    for run in runs_in_flight(studio, instance, key):
        raise EpisodeBusy(f"run {run.run_id} is in flight for {key}", remedy=f"ragtime cancel {key}, then forget it.")
    try:
        with studio.locks.hold(f"episode-{key}", "ragtime forget"):
            gone = _forget(studio, key)
    except LockTaken as taken:
        raise EpisodeBusy(f"run {taken.holder or 'unknown'} is working on {key}") from None
    _take_out_of_export(studio, key)
    return gone


def _take_out_of_export(studio: Studio, key: str) -> None:
    """Not while an export is written: it may have read the episode already."""
    until = time.monotonic() + _EXPORT_SECONDS
    while True:
        try:
            with studio.locks.hold(LOCK, "ragtime forget"):
                folder_of(studio).forget(key)
                return
        except LockTaken as taken:
            if time.monotonic() > until:
                raise EpisodeBusy(
                    f"{key} is forgotten, but may be in the export that {taken.holder or 'somebody'} writes",
                    remedy="When that is through, materialize corpus_export again: the episode is then gone from it.",
                ) from None
        time.sleep(0.1)


def _forget(studio: Studio, key: str) -> Forgotten:
    shots = _screenshots(studio, key)
    blobs = {*claimed_audio(studio.identities.release(key)), *_blobs(studio, key), *shots}
    studio.passages.keep_only(key, frozenset())
    studio.index.vectors.forget([key])
    studio.registry.forget(key)
    studio.corrections.forget(key)
    studio.approvals.forget(key)
    studio.journals.forget(key)
    artifacts = studio.store.remove(key)
    for digest in blobs:
        studio.store.discard(digest)
    studio.artifact_index.forget(key)
    studio.submissions.bury(key)
    return Forgotten(key, artifacts, len(blobs))


def _blobs(studio: Studio, key: str) -> Iterator[str]:
    """The audio, and the vectors unless an episode with the same words has the same ones.

    An artifact that cannot be read keeps no episode from being forgotten.
    """
    with suppress(ArtifactCorrupt):
        if audio := studio.store.envelope(AudioFile.asset, key):
            yield opened(AudioFile, audio).sha256
    with suppress(ArtifactCorrupt):
        vectors = studio.store.envelope(Embeddings.asset, key)
        if vectors and not studio.artifact_index.is_shared(key, vectors):
            yield opened(Embeddings, vectors).vectors


def _screenshots(studio: Studio, key: str) -> frozenset[str]:
    """The screenshots that no other episode shows too: two that look at one page see the same."""
    own = _shown(studio.store.attachment(asset, key, TRACE_SUFFIX) for asset in PHASES)
    if not own:
        return own
    others = (text for asset in PHASES for other, text in studio.store.attachments(asset, TRACE_SUFFIX) if other != key)
    return own - _shown(others)


def _shown(traces: Iterable[str | None]) -> frozenset[str]:
    return frozenset(step.screenshot for text in traces for step in read_trace(text) if step.screenshot)
