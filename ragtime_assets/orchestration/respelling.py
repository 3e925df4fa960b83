"""Whether a run only has to spell a transcript anew: then nothing is heard again, and no model reads it again."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

import dagster as dg

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.outstanding import only_respelled
from ragtime_assets.errors import ArtifactCorrupt, ArtifactTooNew
from ragtime_assets.orchestration.steps import Episode
from ragtime_assets.orchestration.tags import AGAIN_TAG
from ragtime_assets.phases.reading.respelled import Spelling

A = TypeVar("A", bound=Artifact)


def heard_before(context: dg.AssetExecutionContext, episode: Episode) -> Transcript | None:
    """The transcript that is there, if it was made from the present audio and is asked for to be spelled anew.

    A person who launches a run by hand wants it heard again, and so does `ragtime redo`.
    """
    before = _to_respell(context, episode, Transcript)
    return before[0] if before and before[1].inputs == episode.digests else None


def asks_nobody(context: dg.AssetExecutionContext, episode: Episode, kind: type[Artifact]) -> bool:
    """Whether the run only follows a correction of a name: what a model said before counts, and nothing is asked."""
    return _to_respell(context, episode, kind) is not None


def read_before(
    context: dg.AssetExecutionContext, episode: Episode, kind: type[A]
) -> tuple[A, Spelling] | tuple[None, None]:
    """What was read of the same hearing when its names were spelled otherwise, and how they are spelled now."""
    kept, transcript = episode.kept, episode.input(Transcript)
    before = _to_respell(context, episode, kind)
    if before is None or not _is_of(before[1], episode, transcript):
        return None, None
    rules = kept.name_rules
    artifact, there = before
    return artifact, Spelling(rules.in_force(), rules.undone_since(there.created_at), transcript.language)


def _is_of(there: Envelope, episode: Episode, transcript: Transcript) -> bool:
    """Whether an artifact was made from this hearing, in whatever spelling, and from what else is upstream now."""
    follows = {Transcript.asset, Chunks.asset}
    now = {asset: digest for asset, digest in episode.digests.items() if asset not in follows}
    before = {asset: digest for asset, digest in there.inputs.items() if asset not in follows}
    known = (*transcript.also_spelled, episode.digests[Transcript.asset])
    return now == before and there.inputs.get(Transcript.asset) in known


def _to_respell(context: dg.AssetExecutionContext, episode: Episode, kind: type[A]) -> tuple[A, Envelope] | None:
    """The artifact that is there, if it only has to be spelled anew; one that cannot be read is made anew."""
    if AGAIN_TAG not in context.run.tags:
        return None
    with suppress(ArtifactCorrupt, ArtifactTooNew):
        there = episode.kept.store.envelope(kind.asset, episode.key)
        wishes = episode.kept.submissions.wishes([episode.key])[episode.key]
        if there is not None and only_respelled(there.asset, wishes, there.created_at):
            return opened(kind, there), there
    return None
