"""Whether a run only has to spell a transcript anew: then nothing is heard again."""

from __future__ import annotations

import dagster as dg

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.outstanding import only_respelled
from ragtime_assets.orchestration.steps import Episode
from ragtime_assets.orchestration.tags import AGAIN_TAG


def heard_before(context: dg.AssetExecutionContext, episode: Episode) -> Transcript | None:
    """The transcript that is there, if it was made from the present audio and is asked for to be spelled anew.

    A person who launches a run by hand wants it heard again, and so does `ragtime redo`.
    """
    kept = episode.kept
    there = kept.store.envelope(Transcript.asset, episode.key)
    if there is None or there.inputs != episode.digests or AGAIN_TAG not in context.run.tags:
        return None
    wishes = kept.submissions.wishes([episode.key])[episode.key]
    return opened(Transcript, there) if only_respelled(Transcript.asset, wishes, there.created_at) else None
