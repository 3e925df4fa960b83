"""How Dagster hears of what a step did: for a run of one episode, and for a run of many.

Of many episodes those that can go on do, whoever launched the run: each that was made is logged, a step that has more
steps of the run downstream yields its output for the others, and the last step raises for all that failed in the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.graph import ARTIFACTS, downstream
from ragtime_assets.domain.money.spending import Total
from ragtime_assets.orchestration.checks import Checking
from ragtime_assets.orchestration.failures import Stop, step_failure
from ragtime_assets.orchestration.metadata import KEPT_FROM, Metadata, metadata_of, spent
from ragtime_assets.orchestration.steps.outcome import Failed, Made, Outcome
from ragtime_assets.orchestration.steps.run import selected, stops_so_far
from ragtime_assets.orchestration.tags import ERROR_TAG, NO_ERROR, naming
from ragtime_assets.studio import Kept

ONLY_LOGGED = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
"""On an output: Dagster writes no materializations for it, which it would for every episode of the run."""

Results = Iterator[dg.MaterializeResult[Any]]


class Telling(Protocol):
    """Tells Dagster what became of the episodes of a step."""

    def made(self, made: Sequence[Made]) -> None:
        """These artifacts of the step are there."""
        ...

    def results(self, outcomes: Mapping[str, Outcome]) -> Results:
        """The step is through: its output, or its failure."""
        ...


class OneEpisode:
    """A run of one episode: what fails raises, a halt yields nothing, so that Dagster skips what is downstream."""

    def __init__(self, context: dg.AssetExecutionContext, kept: Kept, checking: Checking) -> None:
        """Tell of this step."""
        self._context = context
        self._kept = kept
        self._checking = checking

    def made(self, made: Sequence[Made]) -> None:
        """The output of the step will say so; its run gets the name of the episode."""
        if ERROR_TAG in self._context.run.tags:  # Dagster copies the tags of a run that is executed again by hand
            tag(self._context, {ERROR_TAG: NO_ERROR})
        for one in made:
            if one.envelope.asset == EpisodeDetails.asset:
                tag(self._context, naming(opened(EpisodeDetails, one.envelope)))

    def results(self, outcomes: Mapping[str, Outcome]) -> Results:
        """The materialization, or the failure; nothing for a halt."""
        for key, outcome in outcomes.items():
            if isinstance(outcome, Failed):
                tag(self._context, {ERROR_TAG: outcome.failure.error_class})
                stop = Stop(self._context.asset_key.to_user_string(), key, outcome.failure)
                raise step_failure([stop], self._kept.settings.serve_url)
            if isinstance(outcome, Made):
                yield dg.MaterializeResult(
                    asset_key=self._context.asset_key,
                    metadata=metadata_of_made(outcome, self._kept, costs_of([outcome], self._kept)),
                    data_version=dg.DataVersion(outcome.envelope.digest),
                )
                self._checking(key)


class ManyEpisodes:
    """A run of many episodes: a batch for requests, or a backfill of Dagster's."""

    def __init__(self, context: dg.AssetExecutionContext, kept: Kept, checking: Checking) -> None:
        """Tell of this step."""
        self._context = context
        self._kept = kept
        self._checking = checking

    def made(self, made: Sequence[Made]) -> None:
        """Log them now: Dagster would do so only when the step is through, and for every episode."""
        costs = costs_of(made, self._kept)
        for one in made:
            envelope = one.envelope
            self._context.log_event(
                dg.AssetMaterialization(
                    asset_key=self._context.asset_key,
                    partition=envelope.key,
                    metadata=metadata_of_made(one, self._kept, costs),
                    tags={"dagster/data_version": envelope.digest, "dagster/code_version": envelope.code_version},
                )
            )
            self._checking(envelope.key)

    def results(self, outcomes: Mapping[str, Outcome]) -> Results:
        """The output for the episodes that go on; the last step of the run raises for those that failed in it."""
        if self._is_last:
            failed: dict[str, Stop] = {}
            for stop in stops_so_far(self._context, self._kept):
                if not stop.failure.halt:
                    failed.setdefault(stop.key, stop)
            if failed:
                classes = {stop.failure.error_class for stop in failed.values()}
                tag(self._context, {ERROR_TAG: ", ".join(sorted(classes))})
                stops = [failed[key] for key in self._context.partition_keys if key in failed]
                raise step_failure(stops, self._kept.settings.serve_url)
        yield dg.MaterializeResult(asset_key=self._context.asset_key, metadata=ONLY_LOGGED)

    @property
    def _is_last(self) -> bool:
        """Whether no step of this run is downstream of this one."""
        asset = self._context.asset_key.to_user_string()
        return selected(self._context).isdisjoint(downstream(frozenset({asset})) - {asset})


def tag(context: dg.AssetExecutionContext, tags: dict[str, str]) -> None:
    """Put tags on the run that this step belongs to."""
    context.instance.add_run_tags(context.run.run_id, tags)


def costs_of(made: Sequence[Made], kept: Kept) -> dict[str, Total]:
    """By episode, what these artifacts of one asset cost the run that made them."""
    found: dict[str, Total] = {}
    for run_id in {one.envelope.run_id for one in made}:
        its = [one.envelope for one in made if one.envelope.run_id == run_id]
        found |= kept.ledger.by_key([envelope.key for envelope in its], its[0].asset, run_id)
    return found


def metadata_of_made(made: Made, kept: Kept, costs: Mapping[str, Total]) -> Metadata:
    """The facts of the artifact, what it cost, and whether another run had made it."""
    envelope = made.envelope
    artifact = opened(ARTIFACTS[envelope.asset], envelope)
    facts = metadata_of(artifact, envelope, kept.store, kept.settings.serve_url)
    cost = spent(costs[envelope.key]) if envelope.key in costs else {}
    before = {KEPT_FROM: dg.MetadataValue.dagster_run(made.kept_from)} if made.kept_from else {}
    return facts | cost | before
