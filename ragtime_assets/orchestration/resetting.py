"""Removing a whole corpus: its tables, its files, its vectors, and what Dagster knows of it, and nothing of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from ragtime_assets.corpus import snapshots
from ragtime_assets.domain.figures import plural, size
from ragtime_assets.domain.masking import masked
from ragtime_assets.orchestration.approving import approval
from ragtime_assets.orchestration.care.liveness import OUR_ASSETS, is_ours
from ragtime_assets.orchestration.cursors import read_from_the_start
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.partitions import NAME as PARTITIONS
from ragtime_assets.studio import Studio
from ragtime_assets.studio.corpus_export import folder_of
from ragtime_assets.studio.unfinished import noted


@dataclass(frozen=True)
class Extent:
    """What a corpus is, as people read it before they remove it."""

    episodes: int
    feeds: int
    artifacts: int
    blobs: int
    bytes: int
    collections: int
    runs: int
    places: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """How much goes, and from where."""
        yield f"{plural(self.episodes, 'episode')} and {plural(self.feeds, 'feed')}, with their tables"
        yield f"{plural(self.artifacts, 'file')} of artifacts, and {plural(self.blobs, 'blob')} ({size(self.bytes)})"
        yield f"{plural(self.collections, 'collection')} of vectors, and the export"
        yield f"{plural(self.runs, 'run')} in Dagster's history, and its partitions"
        yield from (f"in {place}" for place in self.places)


def extent(studio: Studio) -> Extent:
    """What there is to remove."""
    settings = studio.settings
    blobs = list(studio.store.blobs())
    with open_instance(settings) as instance:
        runs = len(_our_runs(instance))
    vectors = settings.qdrant_url or str(settings.root / "index")
    places = (studio.database.url.render_as_string(), str(settings.artifacts), vectors, str(settings.instance_folder))
    return Extent(
        episodes=len(studio.submissions.episodes()),
        feeds=len(studio.subscriptions.followed()),
        artifacts=sum(1 for _ in studio.store.files()),
        blobs=len(blobs),
        bytes=sum(one.bytes for one in blobs),
        collections=len(studio.index.collections.all()),
        runs=runs,
        places=tuple(map(masked, places)),
    )


def reset(studio: Studio) -> None:
    """Remove it all; nobody may work on the corpus meanwhile. Begun again after a kill, it goes on.

    Dagster forgets first how far our sensors have read: a fresh table of requests begins at one again.
    """
    with noted(studio.settings, "a reset", "ragtime reset"):
        for one in studio.index.collections.all():
            studio.index.opened(one).drop()
        with open_instance(studio.settings) as instance:
            _forget_in_dagster(instance)
        snapshots.drop(studio.database)
        for file in list(studio.store.files()):
            studio.store.remove_file(file)
        for blob in list(studio.store.blobs()):
            studio.store.discard(blob.digest)
        folder_of(studio).remove()


def _forget_in_dagster(instance: dg.DagsterInstance) -> None:
    """Take out our runs, assets and partitions; other code locations may share the instance."""
    read_from_the_start(instance)
    for run_id in _our_runs(instance):
        instance.delete_run(run_id)
    instance.wipe_assets([*(dg.AssetKey(asset) for asset in sorted(OUR_ASSETS)), approval.key])
    for key in instance.get_dynamic_partitions(PARTITIONS):
        instance.delete_dynamic_partition(PARTITIONS, key)


def _our_runs(instance: dg.DagsterInstance) -> list[str]:
    return [run.run_id for run in instance.get_runs() if is_ours(run)]
