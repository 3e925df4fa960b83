"""The run that a step belongs to: how many episodes it is about, what it makes, and what has stopped in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import dagster as dg

from ragtime_assets.errors import ArtifactCorrupt
from ragtime_assets.orchestration.failures import Stop, stops_in
from ragtime_assets.orchestration.steps.asked import Asked
from ragtime_assets.orchestration.tags import DEFER_TAG
from ragtime_assets.studio import Kept


def is_of_many(context: dg.AssetExecutionContext) -> bool:
    """Whether the run is of many episodes: a batch stays one when a single episode of it is left."""
    return context.run.tags.get(DEFER_TAG) == "true" or len(context.partition_keys) > 1


def selected(context: dg.AssetExecutionContext) -> frozenset[str]:
    """The assets that this run makes."""
    chosen = {key.to_user_string() for key in context.job_def.asset_layer.executable_asset_keys}
    steps = context.run.step_keys_to_execute
    return frozenset(chosen.intersection(steps) if steps else chosen)


def stops_so_far(context: dg.AssetExecutionContext, kept: Kept) -> list[Stop]:
    """What stopped episodes in the run of this step, and before it in those that the run resumes."""
    return stops_left_by(context.instance, kept, context.run, selected(context))


def stops_left_by(instance: dg.DagsterInstance, kept: Kept, run: dg.DagsterRun, steps: Collection[str]) -> list[Stop]:
    """What stopped episodes in a run of these steps, and before it in those that it resumes.

    A step of many episodes succeeds though some of them stopped in it, so Dagster does not repeat it.
    """
    return [*_stops_before(instance, kept, run, steps), *stops_in(instance, run.run_id)]


def _stops_before(
    instance: dg.DagsterInstance, kept: Kept, run: dg.DagsterRun, steps: Collection[str]
) -> Iterator[Stop]:
    for run_id in Asked.by(run.tags).resumes:
        for stop in stops_in(instance, run_id):
            if stop.asset not in steps and not _was_made_since(kept, stop):
                yield stop


def _was_made_since(kept: Kept, stop: Stop) -> bool:
    """Whether another run made what was stopped then."""
    try:
        there = kept.store.envelope(stop.asset, stop.key)
    except ArtifactCorrupt:
        return False
    return there is not None and stop.at is not None and there.created_at > stop.at
