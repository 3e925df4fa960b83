"""How the phases hang together: pure data that the asset graph, `retry` and `status` all read."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript

UPSTREAM: dict[type[Artifact], tuple[type[Artifact], ...]] = {
    EpisodeDetails: (),
    AudioFile: (EpisodeDetails,),
    Transcript: (EpisodeDetails, AudioFile),
    Summary: (Transcript,),
    Chunks: (Transcript,),
    Entities: (EpisodeDetails, Transcript, Chunks),
    EntityLinks: (EpisodeDetails, Entities),
    Embeddings: (Chunks,),
    SearchIndex: (EpisodeDetails, Chunks, Entities, EntityLinks, Embeddings),
    EpisodeReport: (Summary, SearchIndex),
}
"""Each artifact, in an order in which they can be made, and what it is made from."""

PHASES: tuple[str, ...] = tuple(artifact.asset for artifact in UPSTREAM)
ARTIFACTS: dict[str, type[Artifact]] = {artifact.asset: artifact for artifact in UPSTREAM}
REPORT = EpisodeReport.asset


@cache
def upstream(asset: str) -> tuple[str, ...]:
    """The assets that `asset` is made from."""
    return tuple(artifact.asset for artifact in UPSTREAM[ARTIFACTS[asset]])


def read_by(asset: str) -> tuple[str, ...]:
    """The assets that `asset` reads: the report tells of all, whichever there are; the others read what is upstream."""
    return PHASES[:-1] if asset == REPORT else upstream(asset)


def downstream(assets: frozenset[str]) -> frozenset[str]:
    """`assets` and everything that is made from them."""
    found = set(assets)
    for asset in PHASES:
        if found.intersection(upstream(asset)):
            found.add(asset)
    return frozenset(found)


def again_from(asset: str) -> tuple[str, ...]:
    """`asset` and all that is downstream of it, in the order of the graph."""
    wanted = downstream(frozenset({asset}))
    return tuple(phase for phase in PHASES if phase in wanted)


def redone_for(corrected: Collection[str]) -> frozenset[str]:
    """What is made again when these fields of an episode's details are corrected: what shows them, or all of it."""
    if EpisodeDetails.shown.issuperset(corrected):
        return frozenset({EpisodeDetails.asset, SearchIndex.asset, REPORT})
    return downstream(frozenset({EpisodeDetails.asset}))
