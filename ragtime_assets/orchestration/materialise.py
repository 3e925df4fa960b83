"""The one helper behind all ten assets: guards, inputs, work, saving, metadata, failures, per episode.

Three kinds of run come through here. A live run has one episode: what fails raises, a duplicate yields nothing, so
that Dagster skips what is below. A batch run (tagged `dagster/defer_asset_events`) has many: Dagster writes no asset
events, each finished episode is logged here, the others go on, and the last step raises for those that failed. A
backfill run from the UI has many without the tag: the step raises after all of its episodes were tried.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import dagster as dg

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.episode.trace import EXCHANGE_SUFFIX, TRACE_SUFFIX, Trace, written_trace
from ragtime_assets.domain.graph import ARTIFACTS, REPORT, read_by
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.errors import ArtifactCorrupt, EpisodeBusy, InputMissing, OutputInvalid, RagtimeError
from ragtime_assets.orchestration.failures import PhaseFailure, catching, observation, reported_failure, step_failure
from ragtime_assets.orchestration.metadata import metadata_of, spent
from ragtime_assets.orchestration.progress import LiveProgress, LiveTrace
from ragtime_assets.ports import LockTaken, Progress
from ragtime_assets.studio import Studio

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller
    from ragtime_assets.corpus.journal import EpisodeJournal

DEFER_TAG = "dagster/defer_asset_events"
AGAIN_TAG = "ragtime/again"
"""Names what a run for requests makes although it is there; whatever else was made meanwhile is kept."""
PARENT_TAG = "dagster/parent_run_id"
ROOT_TAG = "dagster/root_run_id"
RESUME_TAG = "dagster/is_resume_retry"
RETRY_NUMBER_TAG = "dagster/retry_number"

A = TypeVar("A", bound=Artifact)
Prepared = TypeVar("Prepared")
Results = Iterator[dg.MaterializeResult[Any]]


@dataclass(frozen=True)
class Episode:
    """One episode as a phase gets it: its key, what is upstream, and those who hear of progress and of steps."""

    key: str
    envelopes: Mapping[str, Envelope]
    progress: Progress
    trace: Trace
    journal: EpisodeJournal
    payer: Payer
    studio: Studio

    def input(self, kind: type[A]) -> A:
        """The upstream artifact of this kind."""
        found = self.optional(kind)
        if found is None:
            raise InputMissing(f"{kind.asset} of {self.key} is not there: nothing to work on")
        return found

    def optional(self, kind: type[A]) -> A | None:
        """The upstream artifact of this kind, if it is there."""
        envelope = self.envelopes.get(kind.asset)
        return None if envelope is None else opened(kind, envelope)

    @cached_property
    def caller(self) -> ModelCaller | None:
        """Who calls the phase's model for this episode; None when the phase is keyless."""
        return self.studio.caller(self.payer, self.trace, self.studio.submissions.bindings(self.key))

    @property
    def digests(self) -> dict[str, str]:
        """What the phase's artifact is made from."""
        return {asset: envelope.digest for asset, envelope in self.envelopes.items()}


def materialise(
    context: dg.AssetExecutionContext, studio: Studio, kind: type[Artifact], make: Callable[[Episode], Artifact]
) -> Results:
    """Make this artifact for each episode of the step, one after the other."""
    step = _Step(context, studio, kind)
    with step.episodes() as ready:
        for key, episode in ready.items():
            with step.catching(key), step.traced(episode), episode.journal.sealed_by_verdict():
                started = time.monotonic()
                step.save(episode, make(episode), time.monotonic() - started)
    studio.tracing.flush()
    yield from step.results()


def materialise_together(
    context: dg.AssetExecutionContext,
    studio: Studio,
    kind: type[Artifact],
    prepare: Callable[[Episode], Prepared],
    make: Callable[[Mapping[str, Prepared]], Mapping[str, Artifact]],
) -> Results:
    """Prepare each episode of the step on its own, then make this artifact for all of them in one go."""
    step = _Step(context, studio, kind)
    with step.episodes() as ready:
        prepared: dict[str, Prepared] = {}
        for key, episode in ready.items():
            with step.catching(key):
                prepared[key] = prepare(episode)
        if prepared:
            _make_together(step, ready, prepared, make)
    yield from step.results()


def _make_together(
    step: _Step,
    ready: Mapping[str, Episode],
    prepared: Mapping[str, Prepared],
    make: Callable[[Mapping[str, Prepared]], Mapping[str, Artifact]],
) -> None:
    """Make this artifact for all of these; each alone if one of them is what makes it fail."""
    with catching() as caught:
        started = time.monotonic()
        made = make(prepared)
        each = (time.monotonic() - started) / len(prepared)
        for key in prepared:
            step.save(ready[key], made[key], each)
    if caught.failure is None:
        return
    if not caught.failure.permanent or len(prepared) == 1:
        step.note(caught.failure, prepared)
        return
    for key, one in prepared.items():
        _make_together(step, ready, {key: one}, make)


@dataclass
class _Step:
    """One step of one run, while it works through its episodes."""

    context: dg.AssetExecutionContext
    studio: Studio
    kind: type[Artifact]
    done: dict[str, Envelope] = field(default_factory=dict[str, Envelope])
    failed: dict[str, PhaseFailure] = field(default_factory=dict[str, PhaseFailure])

    @property
    def asset(self) -> str:
        return self.kind.asset

    @cached_property
    def keys(self) -> Sequence[str]:
        return self.context.partition_keys

    @property
    def run(self) -> dg.DagsterRun:
        return self.context.run

    @property
    def attempt(self) -> int:
        """Which attempt of its run this is; Dagster's retries count from none."""
        return 1 + int(self.run.tags.get(RETRY_NUMBER_TAG, 0))

    @property
    def is_batch(self) -> bool:
        return self.run.tags.get(DEFER_TAG) == "true"

    @property
    def code_version(self) -> str:
        return str(self.context.assets_def.code_versions_by_key[self.context.asset_key])

    @contextmanager
    def episodes(self) -> Iterator[dict[str, Episode]]:
        """The episodes that need work and can have it, each guarded until the step is through with all of them."""
        ready: dict[str, Episode] = {}
        with ExitStack() as guards:
            for key in self.keys:
                with self.catching(key):
                    inputs = self._inputs(key)
                    if inputs is None:
                        continue
                    guards.enter_context(self._guard(key))
                    live = LiveProgress(self.context, self.asset, key)
                    trace = Trace(LiveTrace(self.context, self.asset, key, brief=self.is_batch))
                    journal = self.studio.journals.of(key, self.asset)
                    payer = Payer(key, self.asset, self.run.run_id, self.attempt)
                    episode = Episode(key, inputs, live, trace, journal, payer, self.studio)
                    finished = self._finished(episode)
                    if finished is None:
                        ready[key] = episode
                    else:
                        self._commit(episode, finished)
            yield ready

    @contextmanager
    def catching(self, *keys: str) -> Iterator[None]:
        """Note an error on each of these episodes instead of raising it."""
        with catching() as caught:
            yield
        if caught.failure is not None:
            self.note(caught.failure, keys)

    def note(self, failure: PhaseFailure, keys: Iterable[str]) -> None:
        """The failure of each of these episodes."""
        for key in keys:
            self.failed[key] = failure.about(key)
            self.context.log_event(observation(self.asset, key, self.failed[key]))

    @contextmanager
    def traced(self, episode: Episode) -> Iterator[None]:
        """Keep what was tried beside the artifact, whether there will be one or not, and what a model said wrong."""
        try:
            with self.studio.tracing.span(self.asset, key=episode.key):
                yield
        except OutputInvalid as error:
            exchange = error.details.pop("exchange", None)
            if exchange:
                error.details["exchange"] = self._attached(episode, EXCHANGE_SUFFIX, exchange)
            raise
        finally:
            if episode.trace.steps:
                self._attached(episode, TRACE_SUFFIX, written_trace(episode.trace.steps))

    def _attached(self, episode: Episode, suffix: str, text: str) -> str | None:
        with suppress(RagtimeError):  # what ended the phase is what people need to hear
            return self.studio.store.attach(self.asset, episode.key, suffix, text)
        return None

    def save(self, episode: Episode, artifact: Artifact, seconds: float) -> None:
        """Commit the artifact."""
        envelope = self.studio.store.save(
            episode.key,
            artifact,
            inputs=episode.digests,
            code_version=self.code_version,
            run_id=self.run.run_id,
            seconds=seconds,
        )
        self._commit(episode, envelope)

    def results(self) -> Results:
        """Tell Dagster what was made; raises for what failed."""
        failures = {key: one for key, one in self.failed.items() if not one.halt}
        if self.is_batch:
            if self.asset == REPORT and (failures := self._reported() | failures):
                raise step_failure("the batch", failures)
            yield dg.MaterializeResult(asset_key=self.context.asset_key)
        elif len(self.done) == len(self.keys):
            yield self._result()
        else:
            self._log_each()
            if failures:
                raise step_failure(self.asset, failures)

    def _reported(self) -> dict[str, PhaseFailure]:
        """What the reports of this step tell of the steps before it."""
        told: dict[str, PhaseFailure] = {}
        for key, envelope in self.done.items():
            failed = opened(EpisodeReport, envelope).first_failed
            if failed is not None:
                told[key] = reported_failure(failed)
        return told

    def _guard(self, key: str) -> ExitStack:
        guard = ExitStack()
        try:
            guard.enter_context(self.studio.locks.hold(f"episode-{key}", self.run.run_id))
        except LockTaken as taken:
            raise EpisodeBusy(f"run {taken.holder or 'unknown'} is working on {key}") from None
        return guard

    def _inputs(self, key: str) -> dict[str, Envelope] | None:
        """What the phase works on; None for an episode of a batch that an earlier step already told why it failed."""
        store = self.studio.store
        found = {asset: store.envelope(asset, key) for asset in read_by(self.asset)}
        missing = [asset for asset, envelope in found.items() if envelope is None]
        if missing and self.asset != REPORT:
            if self.is_batch:
                return None
            raise InputMissing(f"{', '.join(missing)} of {key} is not there, so {self.asset} has nothing to work on")
        return {asset: envelope for asset, envelope in found.items() if envelope is not None}

    def _finished(self, episode: Episode) -> Envelope | None:
        """The artifact, if a run that died, or that this one waited for, has made just what this one would make."""
        try:
            envelope = self.studio.store.envelope(self.asset, episode.key)
        except ArtifactCorrupt:  # what cannot be read is not finished, and is about to be made anew
            return None
        if envelope is None or envelope.inputs != episode.digests or envelope.code_version != self.code_version:
            return None
        tags = self.run.tags
        family = (tags.get(ROOT_TAG), tags.get(PARENT_TAG)) if self._is_resumed else ()
        if envelope.run_id in family or self._keeps_what_is_there:
            return envelope
        indexed = self.studio.artifact_index.of([episode.key]).get(episode.key, {}).get(self.asset)
        return envelope if indexed is None else None

    @property
    def _keeps_what_is_there(self) -> bool:
        """Whether this run fills gaps, which another may have filled since; launched again by hand, it makes all."""
        again = self.run.tags.get(AGAIN_TAG)
        by_hand = PARENT_TAG in self.run.tags and not self._is_resumed
        return again is not None and not by_hand and self.asset not in again.split(",")

    @property
    def _is_resumed(self) -> bool:
        return self.run.tags.get(RESUME_TAG) == "true"

    def _commit(self, episode: Episode, envelope: Envelope) -> None:
        """The artifact is saved: nothing of it is replayed from now on, and everybody hears of it."""
        episode.journal.seal()
        self.studio.artifact_index.record([envelope])
        self.done[envelope.key] = envelope
        if self.is_batch:
            self.context.log_event(self._materialization(envelope))

    def _result(self) -> dg.MaterializeResult[Any]:
        if len(self.done) > 1:
            for key, envelope in self.done.items():
                self.context.add_asset_metadata(self._metadata(envelope), self.context.asset_key, partition_key=key)
            return dg.MaterializeResult(asset_key=self.context.asset_key)
        envelope = next(iter(self.done.values()))
        return dg.MaterializeResult(
            asset_key=self.context.asset_key,
            metadata=self._metadata(envelope),
            data_version=dg.DataVersion(envelope.digest),
        )

    def _log_each(self) -> None:
        for envelope in self.done.values():
            self.context.log_event(self._materialization(envelope))

    def _materialization(self, envelope: Envelope) -> dg.AssetMaterialization:
        return dg.AssetMaterialization(
            asset_key=self.context.asset_key,
            partition=envelope.key,
            metadata=self._metadata(envelope),
            tags={"dagster/data_version": envelope.digest, "dagster/code_version": envelope.code_version},
        )

    def _metadata(self, envelope: Envelope) -> dict[str, dg.MetadataValue]:
        facts = metadata_of(opened(ARTIFACTS[envelope.asset], envelope), envelope, self.studio.store)
        return facts | spent(self.studio.ledger.total(key=envelope.key, phase=self.asset, run_id=envelope.run_id))
