"""The artifact index made anew from the files; the vector index: what that takes, and what the artifacts have already.

A fresh collection is built beside the one that answers. Episodes that have vectors of the engine that is set are
published into it from their artifacts, which pays for nothing; the others have to be embedded, which runs do. The last
one in makes it the collection that answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.graph import REPORT, downstream, read_by
from ragtime_assets.domain.money.spending import NOTHING, Cost
from ragtime_assets.domain.outstanding import outstanding
from ragtime_assets.errors import ArtifactCorrupt, InputMissing, RagtimeError
from ragtime_assets.phases.search_index import Inputs, check_inputs, points_of

if TYPE_CHECKING:
    from ragtime_assets.domain.artifact import Envelope
    from ragtime_assets.domain.points import Points
    from ragtime_assets.domain.vector_collections import VectorCollection, VectorKind
    from ragtime_assets.studio import Kept, Studio

AT_ONCE = 25
NOTED_AT_ONCE = 500
SAMPLE = 16
"""Passages that are embedded to see how quick this machine is."""
_SECONDS_A_CALL = 1.0


@dataclass(frozen=True)
class Plan:
    """What it takes to have everything that is published in a fresh collection."""

    kind: VectorKind
    live: VectorCollection | None
    embedded: tuple[str, ...]
    """Episodes that have vectors of this kind."""
    lacking: tuple[str, ...]
    """Those that have to be embedded."""
    asked: frozenset[str] = frozenset()
    """Those of them that wait for it already."""
    chunks: int = 0
    """How many passages these have."""
    seconds: float = 0.0
    """About how long it takes to embed these."""
    cost: Cost = Cost(NOTHING)
    """About what that costs; unknown where nobody knows the price."""


@dataclass
class Reindexed:
    """What the artifact index was brought to."""

    artifacts: int = 0
    dropped: int = 0
    """Rows that had no file."""
    unreadable: list[ArtifactCorrupt] = field(default_factory=list[ArtifactCorrupt])


def reindex_artifacts(kept: Kept) -> Reindexed:
    """Bring the artifact index to what the artifact files say."""
    done, seen = Reindexed(), set[tuple[str, str]]()
    envelopes = kept.store.envelopes(done.unreadable.append)
    while some := list(islice(envelopes, NOTED_AT_ONCE)):
        kept.artifact_index.record(some)
        seen.update((one.key, one.asset) for one in some)
    noted = ((key, asset) for key, assets in kept.artifact_index.of().items() for asset in assets)
    gone = [(key, asset) for key, asset in noted if (key, asset) not in seen and not kept.store.holds(asset, key)]
    kept.artifact_index.drop(gone)
    done.artifacts, done.dropped = len(seen), len(gone)
    return done


def plan(studio: Studio) -> Plan:
    """What it takes, as the engine is set now; an engine of this machine is tried on some passages to see its pace."""
    kind = studio.index.kind
    made = {key: one for key, one in studio.artifact_index.of().items() if SearchIndex.asset in one}
    published = set(studio.passages.episodes())
    keys = sorted(published & made.keys())
    has = {key for key in keys if (one := made[key].get(Embeddings.asset)) and one.engine == kind.engine}
    lacking = tuple(key for key in keys if key not in has)
    wishes = studio.submissions.wishes(lacking)
    asked = {key for key in lacking if Embeddings.asset in outstanding(made[key], wishes.get(key, ()), {})}
    chunks, signs = studio.passages.extent(lacking)
    seconds, cost = _price(studio, len(lacking), chunks, signs)
    embedded = tuple(key for key in keys if key in has)
    return Plan(kind, studio.index.collections.live(), embedded, lacking, frozenset(asked), chunks, seconds, cost)


def ask(studio: Studio, wanted: Plan, by: str) -> int:
    """Ask for a run of each episode that has to be embedded and does not wait for one; how many that are."""
    keys = [key for key in wanted.lacking if key not in wanted.asked]
    again = downstream(frozenset({Embeddings.asset, REPORT}))
    assets = [asset for asset in (*read_by(REPORT), REPORT) if asset in again]
    studio.submissions.request(keys, by=by, assets=assets, bind={Embeddings.asset: studio.settings.embedder})
    return len(keys)


def rebuild(
    studio: Studio, wanted: Plan, progress: Callable[[int, int], object] = lambda _done, _of: None
) -> dict[str, RagtimeError]:
    """Publish what is embedded into a fresh collection, or go on with one that was begun; what could not be, and why.

    Runs publish meanwhile, into both. An episode that changes while it is read here is published again.
    """
    building = studio.index.collections.begin(wanted.kind)
    missing = set(studio.index.collections.missing(building.name))
    todo = [key for key in wanted.embedded if key in missing]
    failed: dict[str, RagtimeError] = {}
    for first in range(0, len(todo), AT_ONCE):
        _publish(studio, building, todo[first : first + AT_ONCE], failed)
        progress(min(first + AT_ONCE, len(todo)), len(todo))
    studio.index.collections.published(building.name, ())
    return failed


def _publish(studio: Studio, building: VectorCollection, keys: Sequence[str], failed: dict[str, RagtimeError]) -> None:
    """Publish these, and those again that a run made anew, or somebody forgot, between reading and publishing."""
    while keys:
        read: dict[str, tuple[Mapping[str, str], Points]] = {}
        for key in keys:
            try:
                read[key] = _read(studio, key)
            except RagtimeError as error:
                failed[key] = error
        if not read:
            return
        studio.index.vectors.publish_into(building, {key: points for key, (_, points) in read.items()})
        keys = [key for key, (digests, _) in read.items() if _digests(studio, key) != digests]
        forgotten = [key for key in keys if not _digests(studio, key)]
        if forgotten:
            studio.index.vectors.forget(forgotten)
            keys = [key for key in keys if key not in forgotten]


def _read(studio: Studio, key: str) -> tuple[Mapping[str, str], Points]:
    """What the points of an episode are made from, and they."""
    from ragtime_assets.adapters.storage.artifact_store import opened

    there = dict(_envelopes(studio, key))
    missing = [asset for asset in read_by(SearchIndex.asset) if asset not in there]
    if missing:
        raise InputMissing(f"{', '.join(missing)} of {key} is not there", remedy=f"ragtime retry {key}")
    inputs = Inputs(
        details=opened(EpisodeDetails, there[EpisodeDetails.asset]),
        chunks=opened(Chunks, there[Chunks.asset]),
        entities=opened(Entities, there[Entities.asset]),
        links=opened(EntityLinks, there[EntityLinks.asset]),
        embeddings=opened(Embeddings, there[Embeddings.asset]),
    )
    check_inputs(key, inputs, studio.index.vectors)
    return {asset: one.digest for asset, one in there.items()}, points_of(key, inputs, studio.store)


def _digests(studio: Studio, key: str) -> Mapping[str, str]:
    return {asset: one.digest for asset, one in _envelopes(studio, key)}


def _envelopes(studio: Studio, key: str) -> Iterator[tuple[str, Envelope]]:
    for asset in read_by(SearchIndex.asset):
        envelope = studio.store.envelope(asset, key)
        if envelope is not None:
            yield asset, envelope


def _price(studio: Studio, episodes: int, chunks: int, signs: int) -> tuple[float, Cost]:
    """How long it takes to embed so much, and what it costs."""
    from ragtime_assets.adapters.vectors.openai_embedder import BATCH, SIGNS_PER_TOKEN, OpenAIEmbedder

    embedder = studio.index.embedder
    if not episodes:
        return 0.0, Cost(NOTHING)
    if isinstance(embedder, OpenAIEmbedder):
        calls = max(episodes, chunks // BATCH)
        return calls * _SECONDS_A_CALL, embedder.cost_of(chunks + signs // SIGNS_PER_TOKEN)
    texts = studio.passages.some_texts(SAMPLE)
    embedder.passages(texts[:1])  # the model is loaded before the clock runs
    began = time.monotonic()
    embedder.passages(texts)
    return chunks * (time.monotonic() - began) / max(len(texts), 1), Cost(NOTHING)
