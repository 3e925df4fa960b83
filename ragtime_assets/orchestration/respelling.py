"""Whether a run only has to spell a transcript anew: then nothing is heard again, and no model reads it again."""

from __future__ import annotations

from typing import TypeVar

import dagster as dg

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.outstanding import only_respelled
from ragtime_assets.orchestration.steps import Episode
from ragtime_assets.orchestration.tags import AGAIN_TAG
from ragtime_assets.phases.reading.respelled import Spelling

A = TypeVar("A", bound=Artifact)


def heard_before(context: dg.AssetExecutionContext, episode: Episode) -> Transcript | None:
    """The transcript that is there, if it was made from the present audio and is asked for to be spelled anew.

    A person who launches a run by hand wants it heard again, and so does `ragtime redo`.
    """
    there = episode.kept.store.envelope(Transcript.asset, episode.key)
    if there is None or there.inputs != episode.digests or not _only_respells(context, episode, there):
        return None
    return opened(Transcript, there)


def read_before(
    context: dg.AssetExecutionContext, episode: Episode, kind: type[A]
) -> tuple[A, Spelling] | tuple[None, None]:
    """What was read of the same hearing when its names were spelled otherwise, and how they are spelled now."""
    kept, transcript = episode.kept, episode.input(Transcript)
    there = kept.store.envelope(kind.asset, episode.key)
    if there is None or not _only_respells(context, episode, there) or not _is_of(there, episode, transcript):
        return None, None
    rules = kept.name_rules
    spelling = Spelling(rules.in_force(), rules.undone_since(there.created_at), transcript.language)
    return opened(kind, there), spelling


def _is_of(there: Envelope, episode: Episode, transcript: Transcript) -> bool:
    """Whether an artifact was made from this hearing, in whatever spelling, and from what else is upstream now."""
    follows = {Transcript.asset, Chunks.asset}
    now = {asset: digest for asset, digest in episode.digests.items() if asset not in follows}
    before = {asset: digest for asset, digest in there.inputs.items() if asset not in follows}
    known = (*transcript.also_spelled, episode.digests[Transcript.asset])
    return now == before and there.inputs.get(Transcript.asset) in known


def _only_respells(context: dg.AssetExecutionContext, episode: Episode, there: Envelope) -> bool:
    wishes = episode.kept.submissions.wishes([episode.key])[episode.key]
    return AGAIN_TAG in context.run.tags and only_respelled(there.asset, wishes, there.created_at)
